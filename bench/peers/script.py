# SPDX-License-Identifier: EUPL-1.2
"""A workload's three parts while it is written: the form as sheets, the operations, what must come out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def number_text(number: float) -> str:
    """Write a number as XPath 1.0's string() does."""
    return str(int(number)) if float(number).is_integer() else repr(float(number))


class Script:
    """Sheets, steps and expected leaves (path -> value), all computed without any engine."""

    def __init__(self, name: str, **settings: str) -> None:
        """Begin a workload; `settings` are those of the XLSForm."""
        self.name = name
        self.survey: list[Row] = []
        self.lists: list[Row] = []
        self.settings = {"form_title": name, "form_id": name.replace("-", "_"), "version": "1", **settings}
        self.lines = [f"#workload {name}"]
        self.expected: dict[str, str] = {}

    # --- the form ---

    def question(self, kind: str, name: str, label: str | dict[str, str] = "", **cells: str) -> None:
        """Add a row of the survey sheet."""
        self.survey.append({"type": kind, "name": name, **_label(label), **cells})

    def choice(self, list_name: str, name: str, label: str | dict[str, str], **cells: str) -> None:
        """Add a row of the choices sheet."""
        self.lists.append({"list_name": list_name, "name": name, **_label(label), **cells})

    # --- the operations: README.md says what they mean ---

    def _write(self, *columns: object) -> None:
        self.lines.append("\t".join(map(str, columns)))

    def step(self, tag: str) -> None:
        """Begin a step: what follows is measured together, under this tag."""
        self._write("step", tag)

    def set(self, ref: str, kind: str, value: object, *, valid: bool = True) -> None:
        """Answer."""
        self._write("set", ref, kind, value, "valid" if valid else "invalid")
        if valid:
            self.expected[ref] = str(value)

    def relevant(self, ref: str, *, relevant: bool = True) -> None:
        """Read the relevance."""
        self._write("relevant", ref, int(relevant))

    def get(self, ref: str, value: str) -> None:
        """Read a value."""
        self._write("get", ref, value)
        self.expected[ref] = value

    def choices(self, ref: str, rows: list[tuple[str, str]]) -> None:
        """List what is offered: pairs of value and label."""
        self._write("choices", ref, len(rows), rows[0][0], *rows[-1])

    def add(self, ref: str) -> None:
        """Add an instance."""
        self._write("add", ref)

    def language(self, name: str) -> None:
        """Switch the language."""
        self._write("lang", name)

    def label(self, ref: str, text: str) -> None:
        """Read a label."""
        self._write("label", ref, text)

    # --- files ---

    def save(self, folder: Path) -> None:
        """Write NAME.xml (pyxform's output), NAME.ops and NAME.json (the expected leaves)."""
        from pyxform.xls2xform import convert

        sheets = {"survey": self.survey, "choices": self.lists, "settings": [self.settings]}
        workbook: dict[str, list[Row]] = {}
        for name, rows in sheets.items():
            if rows:
                workbook[name] = rows
                workbook[f"{name}_header"] = [{column: None for row in rows for column in row}]
        form = convert(workbook, form_name="data", validate=False).xform
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.xml").write_text(form, encoding="utf-8")
        (folder / f"{self.name}.json").write_text(json.dumps(self.expected, ensure_ascii=False), encoding="utf-8")
        (folder / f"{self.name}.ops").write_text("\n".join(self.lines) + "\n", encoding="utf-8")


def _label(label: str | dict[str, str]) -> Row:
    if isinstance(label, dict):
        return {f"label::{language}": text for language, text in label.items()}
    return {"label": label} if label else {}
