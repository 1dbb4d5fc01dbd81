# SPDX-License-Identifier: EUPL-1.2
"""A language for tests of the engine: write a form as a table (pyxform compiles it) or as XForm XML, then fill it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

import pytest

from forms import Changes, FormDef, FormSession, NodeView, load_form

SETTINGS = "form_id\nf"
NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
XMLNS = (
    'xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" '
    'xmlns:odk="http://www.opendatakit.org/xforms" xmlns:ev="http://www.w3.org/2001/xml-events"'
)


class Filling:
    """A session whose refs may be short: `age` for the one node called age, `r[2]/q` below the root."""

    def __init__(self, session: FormSession) -> None:
        self.session = session

    @property
    def form(self) -> FormDef:
        return self.session.form

    def ref(self, name: str) -> str:
        if name.startswith("/") or not name:
            return name
        found = [path for path in self.form.nodes if path.endswith("/" + name)]
        if "/" not in name and "[" not in name and len(found) == 1:
            return found[0]
        return f"{self.form.root.path}/{name}"

    def set(self, name: str, value: object) -> Changes:
        return self.session.answer(self.ref(name), str(value))

    def __getitem__(self, name: str) -> str:
        """Read a stored value."""
        return self.session.value(self.ref(name))

    def node(self, name: str) -> NodeView:
        return self.session.node(self.ref(name))

    def relevant(self, name: str) -> bool:
        return self.node(name).relevant

    def label(self, name: str) -> str | None:
        label = self.node(name).label
        return label.value if label is not None else None

    def broken(self, name: str) -> str | None:
        violation = self.node(name).violation
        return violation.kind.value if violation is not None else None

    def choices(self, name: str) -> list[str]:
        return [choice.value for choice in self.session.choices(self.ref(name))]

    def add(self, name: str) -> Changes:
        return self.session.add_repeat(self.ref(name))

    def remove(self, name: str) -> Changes:
        return self.session.remove_repeat(self.ref(name))

    def again(self, **options: object) -> Filling:
        """Load the draft in a new session."""
        options.setdefault("now", lambda: NOW)
        return Filling(FormSession(self.form, instance_xml=self.session.draft_xml(), **options))  # type: ignore[arg-type]


@cache
def compiled(survey: str, choices: str, settings: str) -> bytes:
    """Compile sheets, each given as lines of cells between `|`, the first line being the header."""
    from pyxform.xls2xform import convert

    lines: list[str] = []
    for name, sheet in (("survey", survey), ("choices", choices), ("settings", settings)):
        found = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in sheet.strip().splitlines()]
        width = len(found[0]) if found else 0
        lines += [f"| {name} |"] if found else []
        lines += [f"| | {' | '.join((cells + [''] * width)[:width])} |" for cells in found]
    return convert("\n".join(lines), validate=False, pretty_print=False, form_name="f").xform.encode()


def lookup(files: Mapping[str, bytes]) -> Callable[[str], bytes]:
    """Answer for attachments."""

    def find(name: str) -> bytes:
        if name not in files:
            raise FileNotFoundError(name)
        return files[name]

    return find


@pytest.fixture(scope="session")
def load_table() -> Callable[..., FormDef]:
    """Load a form from sheets."""

    def load(
        survey: str, choices: str = "", settings: str = SETTINGS, files: Mapping[str, bytes] | None = None
    ) -> FormDef:
        return load_form(compiled(survey, choices, settings), lookup(files or {}))

    return load


@pytest.fixture(scope="session")
def fill(load_table: Callable[..., FormDef]) -> Callable[..., Filling]:
    """Begin a new instance of a form given as sheets."""

    def begin(
        survey: str,
        choices: str = "",
        settings: str = SETTINGS,
        files: Mapping[str, bytes] | None = None,
        **options: object,
    ) -> Filling:
        options.setdefault("now", lambda: NOW)
        return Filling(FormSession(load_table(survey, choices, settings, files), **options))  # type: ignore[arg-type]

    return begin


def xform(instance: str, binds: str = "", body: str = "", head: str = "", root: str = 'id="x"') -> bytes:
    """Write an XForm by hand; `instance` is what is inside the root element `data`."""
    return (
        f'<?xml version="1.0"?><h:html {XMLNS}><h:head><h:title>Test</h:title><model><instance><data {root}>{instance}'
        "<meta><instanceID/></meta></data></instance>"
        f'{head}{binds}<bind nodeset="/data/meta/instanceID" jr:preload="uid" readonly="true()"/></model></h:head>'
        f"<h:body>{body}</h:body></h:html>"
    ).encode()


@pytest.fixture(scope="session")
def write_xform() -> Callable[..., bytes]:
    """Write an XForm by hand."""
    return xform


@pytest.fixture(scope="session")
def fill_xform() -> Callable[..., Filling]:
    """Begin a new instance of a form written by hand."""

    def begin(
        instance: str, binds: str = "", body: str = "", head: str = "", files: Mapping[str, bytes] | None = None
    ) -> Filling:
        form = load_form(xform(instance, binds, body, head), lookup(files or {}))
        return Filling(FormSession(form, now=lambda: NOW))

    return begin
