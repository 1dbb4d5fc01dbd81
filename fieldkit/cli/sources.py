# SPDX-License-Identifier: EUPL-1.2
"""A form as an author has it: an XForm in XML, or an XLSForm that is compiled first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import resources
from fieldkit.cli import files
from fieldkit.cli.errors import FileMissingError, SourceError
from fieldkit.shipped_forms import read_media

XLSFORM_SUFFIXES = (".md", ".xlsx", ".xls", ".csv")


@dataclass(frozen=True, slots=True)
class FormSource:
    """The XML of a form, where its media files are looked for, and what the compiler warned about."""

    path: Path
    xml: bytes
    media: Callable[[str], bytes]
    warnings: tuple[str, ...] = ()


def read_form(name: str) -> FormSource:
    """Read a form by file name (XForm XML, or XLSForm as .md, .xlsx, .xls, .csv), or a shipped form by its name.

    Media files are looked for beside the file, in `media/` and in `<name>-media/`. FileMissingError if there is no
    such file, SourceError if the XLSForm cannot be compiled.
    """
    path = Path(name)
    shipped = resources.path("forms", f"{name}.xml")
    if not path.exists() and path.name == name and shipped.is_file():
        return FormSource(shipped, shipped.read_bytes(), read_media)
    if path.suffix.lower() in XLSFORM_SUFFIXES:
        xml, warnings = _compile(path)
        return FormSource(path, xml, _media_beside(path), warnings)
    return FormSource(path, files.read(path), _media_beside(path))


def _media_beside(path: Path) -> Callable[[str], bytes]:
    folders = (path.parent, path.parent / "media", path.parent / f"{path.stem}-media")

    def read(name: str) -> bytes:
        for folder in folders:
            candidate = folder / Path(name).name
            if candidate.is_file():
                return candidate.read_bytes()
        raise FileNotFoundError(name)

    return read


def _compile(path: Path) -> tuple[bytes, tuple[str, ...]]:
    files.read(path)  # a missing file is told as such, not in pyxform's words
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    warnings: list[str] = []
    try:
        result = convert(path, warnings=warnings, form_name="data")
    except UnicodeDecodeError as error:
        raise SourceError(
            path, f"it is not written in UTF-8 (byte {error.start + 1}). Save it again as UTF-8."
        ) from error
    except PyXFormError as error:
        # pyxform tries every reader in turn; if none takes the file, it names its own argument.
        unknown = "'definition' was not recognized" in str(error)
        cause = f"it is not a {path.suffix.lower()} file, or damaged." if unknown else _one_line(str(error))
        raise SourceError(path, cause) from error
    except OSError as error:
        raise FileMissingError(path, error.strerror or str(error)) from error
    except Exception as error:
        # pyxform lets the errors of its readers through (zip, openpyxl, xlrd): any of them means a broken source.
        raise SourceError(path, _one_line(f"{type(error).__name__}: {error}")) from error
    return result.xform.encode(), tuple(_one_line(warning) for warning in warnings)


def _one_line(text: str) -> str:
    return " ".join(text.split())
