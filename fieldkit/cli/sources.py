# SPDX-License-Identifier: EUPL-1.2
"""A form as an author has it: an XForm in XML, or an XLSForm that is compiled first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import resources
from fieldkit.cli import files
from fieldkit.cli.errors import SourceError
from fieldkit.cli.workbooks import plain_text, refuse_bomb
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
        return _compile(path)
    return FormSource(path, files.read(path), _media_beside(path))


def _media_beside(path: Path, made: Mapping[str, bytes] = MappingProxyType({})) -> Callable[[str], bytes]:
    """Look for media files: those `made` by the compiler first, then beside the form."""
    folders = (path.parent, path.parent / "media", path.parent / f"{path.stem}-media")

    def read(name: str) -> bytes:
        if name in made:
            return made[name]
        for folder in folders:
            candidate = folder / Path(name).name
            if candidate.is_file():
                return candidate.read_bytes()
        raise FileNotFoundError(name)

    return read


def _compile(path: Path) -> FormSource:
    data = files.read(path)  # a missing file is told as such, not in pyxform's words
    refuse_bomb(path, data)
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    warnings: list[str] = []
    suffix = path.suffix.lower()
    try:
        source = BytesIO(plain_text(path, data) if suffix in {".md", ".csv"} else data)
        result = convert(source, warnings=warnings, form_name="data", file_type=suffix)
    except UnicodeDecodeError as error:
        raise SourceError(
            path, f"it is not written in UTF-8 (byte {error.start + 1}). Save it again as UTF-8."
        ) from error
    except PyXFormError as error:
        raise SourceError(path, _reading_cause(path, str(error))) from error
    except Exception as error:
        # pyxform lets the errors of its readers through (zip, openpyxl, xlrd): any of them means a broken source.
        cause = f"the compiler of XLSForms gave up on it ({_one_line(f'{type(error).__name__}: {error}')})"
        raise SourceError(path, cause) from error
    made = {} if result.itemsets is None else {"itemsets.csv": result.itemsets.encode()}
    told = tuple(_one_line(warning) for warning in warnings)
    return FormSource(path, result.xform.encode(), _media_beside(path, made), told)


def _reading_cause(path: Path, cause: str) -> str:
    """Say in plain words what pyxform says of a file that none of its readers takes."""
    if "'definition' was not recognized" in cause or cause.startswith("Error reading .xls"):
        return f"it is not a {path.suffix.lower()} file, or damaged."
    return _one_line(cause)


def _one_line(text: str) -> str:
    return " ".join(text.split())
