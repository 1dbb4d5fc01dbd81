# SPDX-License-Identifier: EUPL-1.2
"""A form as tables, and the script that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

JAVAROSA, WEB_FORMS = "javarosa", "xforms-engine"


@dataclass(frozen=True)
class Example:
    """A form as Markdown sheets, what is answered, and values that must then be there, so that it is no empty talk.

    `labels` are those of the questions named, at the end; `files` come with the form; `unlike` tells of a peer why it
    is not asked, `halfway` of which it is only the end that must agree.
    """

    name: str
    survey: str
    actions: tuple[tuple[str, ...], ...]
    outcome: dict[str, str]
    choices: str = ""
    settings: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    unlike: Mapping[str, str] = field(default_factory=dict)
    halfway: Mapping[str, str] = field(default_factory=dict)

    def xml(self) -> str:
        """Compile it."""
        from pyxform.xls2xform import convert

        def sheet(name: str, rows: str) -> str:
            lines = [line.strip() for line in rows.strip().splitlines()]
            return f"| {name} |\n" + "\n".join(f"| {line}" for line in lines) + "\n"

        sheets = {"survey": self.survey, "choices": self.choices, "settings": self.settings}
        text = "".join(sheet(name, rows) for name, rows in sheets.items() if rows)
        return convert(text, file_type=".md", form_name="data", validate=False).xform
