# SPDX-License-Identifier: EUPL-1.2
"""Filling a form in the window: sections, questions, tables, the review, and the recorder that keeps each answer."""
