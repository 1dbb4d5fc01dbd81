# SPDX-License-Identifier: EUPL-1.2
"""Content that ships with the program: forms, guides, calls, territory, translations, fonts, icons."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Return the path of a shipped file or folder; it exists in a checkout and in the frozen program alike."""
    return ROOT.joinpath(*parts)


def read_bytes(*parts: str) -> bytes:
    """Return the bytes of a shipped file; FileNotFoundError names the path if it does not ship."""
    return path(*parts).read_bytes()


def read_text(*parts: str) -> str:
    """Return the text (UTF-8) of a shipped file."""
    return path(*parts).read_text(encoding="utf-8")
