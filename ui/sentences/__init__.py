# SPDX-License-Identifier: EUPL-1.2
"""The sentences of errors, one module a room."""
