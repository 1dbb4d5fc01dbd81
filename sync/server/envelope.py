# SPDX-License-Identifier: EUPL-1.2
"""What the server reads of a submitted instance: which form, which instance, which files it speaks of.

It reads as tolerantly as ODK Central: XML cut short after the identity is taken as it is (contract, section 2.3), so
the bytes must be checked by whoever sends them. A document type or an entity is refused all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from sync.server.answers import Problem, invalid_xml

MAX_DEPTH = 100


@dataclass(slots=True)
class Envelope:
    """The identity of a submission and its leaf values by path (without the root's name), repeats in order."""

    form_id: str = ""
    version: str = ""
    instance_id: str = ""
    deprecated_id: str = ""
    instance_name: str = ""
    encrypted: bool = False
    leaves: list[tuple[str, str]] = field(default_factory=list)

    def expected_files(self, file_paths: frozenset[str]) -> tuple[str, ...]:
        """Return the file names that the instance speaks of; an encrypted one lists them in the clear."""
        paths = frozenset({"media/file", "encryptedXmlFile"}) if self.encrypted else file_paths
        return tuple(dict.fromkeys(value for path, value in self.leaves if path in paths and value))


class _Reader:
    """Collects an Envelope from expat's events."""

    def __init__(self) -> None:
        self.envelope = Envelope()
        self._path: list[str] = []
        self._text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path:
            self.envelope.form_id = attributes.get("id", "")
            self.envelope.version = attributes.get("version", "")
            self.envelope.encrypted = attributes.get("encrypted") == "yes"
        self._path.append(name.rpartition(":")[2])
        self._text.clear()
        if len(self._path) > MAX_DEPTH:
            raise invalid_xml("nested too deep")

    def text(self, data: str) -> None:
        self._text.append(data)

    def end(self, _name: str) -> None:
        value, below = "".join(self._text).strip(), "/".join(self._path[1:])
        self._text.clear()
        self._path.pop()
        self.envelope.leaves.append((below, value))
        match below:
            case "meta/instanceID":
                self.envelope.instance_id = value
            case "meta/deprecatedID":
                self.envelope.deprecated_id = value
            case "meta/instanceName":
                self.envelope.instance_name = value


def refuse_doctype(*_args: object) -> None:
    """Raise: no submission needs a document type, and entities are how XML attacks its reader."""
    raise invalid_xml("a document type is not allowed")


def read_envelope(xml: bytes) -> Envelope:
    """Return what could be read of a submission; Problem if not even the form's id could."""
    if b"\0" in xml:
        raise Problem("500", "Internal Server Error")  # what Central answers: its database takes no NUL
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.text
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        if not reader.envelope.form_id:
            raise invalid_xml(expat.ErrorString(error.code)) from None
    return reader.envelope
