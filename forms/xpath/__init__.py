# SPDX-License-Identifier: EUPL-1.2
"""Expressions: their tree (`tree`, `lexer`, `parser`), values (`values`) and functions (`functions`)."""
