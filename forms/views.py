# SPDX-License-Identifier: EUPL-1.2
"""What the engine shows of a form being filled: plain, immutable values, made when asked for.

A `ref` is an absolute path in the primary instance with 1-based positions on every repeat level
(`/data/lignes[2]/montant`). The ref of a repeat as a list has no last position (`/data/lignes`), the ref of one of its
instances has one (`/data/lignes[2]`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import eq
from types import MappingProxyType
from typing import Final, NamedTuple, overload


class NodeKind(StrEnum):
    """What a node is to the person who fills the form."""

    QUESTION = "question"
    GROUP = "group"
    REPEAT = "repeat"  # the list: its children are instances
    REPEAT_INSTANCE = "repeat-instance"  # one entry of the list: its children are questions, groups, repeats


class ViolationKind(StrEnum):
    """Which rule an answer breaks."""

    REQUIRED = "required"
    CONSTRAINT = "constraint"
    TYPE = "type"  # text that is not of the bind's data type, e.g. "abc" in an int
    CHOICE = "choice"  # a value that the (filtered) list no longer offers


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule. `message` is the form's own text in the session's language, or "" if the form has none."""

    ref: str
    kind: ViolationKind
    message: str = ""


class Text(NamedTuple):
    """A text of the form in one language.

    `language` is the language actually shown: it differs from the session's when the translation is missing and the
    default language stands in. `media` maps image, big-image, audio, video to file names. `value` may hold the
    Markdown subset of XLSForm.
    """

    value: str
    language: str = ""
    media: Mapping[str, str] = MappingProxyType({})


class Choice(NamedTuple):
    """One entry of a choice list after the choice filter; `value` is what is stored."""

    value: str
    label: Text


class Choices(Sequence[Choice]):
    """The choices on offer, in order. Long lists stay columns of text; a `Choice` is made when one is asked for.

    `values` are what is stored; `pairs()` gives them with the text of their labels, which is all that a list shows.
    """

    __slots__ = ("_asked", "_labels", "_language", "_names", "_offered", "values")

    def __init__(
        self,
        values: Sequence[str] = (),
        labels: Sequence[Text] | None = None,
        names: Sequence[str] = (),
        language: str = "",
    ) -> None:
        """Give each value its label, or its name in `language`; a value without a name is called by itself."""
        self.values = values
        self._labels = labels
        self._names = names
        self._language = language
        self._offered: frozenset[str] | None = None
        self._asked = 0

    def pairs(self) -> list[tuple[str, str]]:
        """List (value, text of the label)."""
        if len(self.values) > _MANY and self._offered is None:
            self._offered = frozenset(self.values)  # who is shown a long list will answer from it
        if self._labels is not None:
            return [(value, label.value) for value, label in zip(self.values, self._labels, strict=True)]
        if "" in self._names:
            return [(value, name or value) for value, name in zip(self.values, self._names, strict=True)]
        return list(zip(self.values, self._names, strict=True))

    def offers(self, value: str) -> bool:
        """Tell whether a value is among them."""
        if self._offered is not None:
            return value in self._offered
        self._asked += 1
        if self._asked > _FEW:
            self._offered = frozenset(self.values)
        return value in self.values

    def __len__(self) -> int:
        """Count the choices."""
        return len(self.values)

    @overload
    def __getitem__(self, place: int) -> Choice: ...
    @overload
    def __getitem__(self, place: slice) -> list[Choice]: ...
    def __getitem__(self, place: int | slice) -> Choice | list[Choice]:
        """Make one choice, or some."""
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]
        value = self.values[place]
        if self._labels is not None:
            return Choice(value, self._labels[place])
        name = self._names[place]
        return Choice(value, Text(name, self._language) if name else Text(value))

    def __eq__(self, other: object) -> bool:
        """Compare with any sequence of choices."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # a list


_MANY: Final = 32
_FEW: Final = 4  # so many times a value is looked for without making a set


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node of the form as it stands now.

    `control` is the body element (input, select1, select, rank, range, trigger, upload; group or repeat otherwise),
    `data_type` the bind's XForms type (string, int, decimal, boolean, date, time, dateTime, geopoint, geotrace,
    geoshape, binary, barcode, odk:rank); `appearance` its words; `parameters` the body attributes that shape the
    widget (start, end, step, rows, mediatype, accept, max-pixels …). `relevant` already counts the ancestors.
    `value` is the stored string ("" = unanswered). `violation` is the rule that the present answer breaks: a missing
    required answer is only reported by `FormSession.validate`, never here. `count`, `can_add` and `can_remove` speak of
    repeats (can_remove also of a repeat instance).
    """

    ref: str
    kind: NodeKind
    control: str
    data_type: str
    appearance: tuple[str, ...]
    label: Text | None
    hint: Text | None
    guidance: Text | None
    relevant: bool
    readonly: bool
    required: bool
    value: str
    violation: Violation | None
    parameters: Mapping[str, str]
    count: int = 0
    can_add: bool = False
    can_remove: bool = False


class Changes:
    """What one action changed, so that only that is drawn again.

    `refs`: nodes whose value, relevance, readonly, required, violation, label output or choices may differ (for an
    irrelevant group: the group's own ref, not each descendant). `added` and `removed`: refs of repeat instances; after
    a removal the following instances move up by one, so their list must be read again.

    The refs are written when they are first read, as they are then: an action whose changes nobody asks for does not
    pay for telling them.
    """

    __slots__ = ("_refs", "added", "removed")

    def __init__(
        self,
        refs: tuple[str, ...] | Callable[[], tuple[str, ...]] = (),
        added: tuple[str, ...] = (),
        removed: tuple[str, ...] = (),
    ) -> None:
        """Name the refs, or how to find them."""
        self._refs = refs
        self.added = added
        self.removed = removed

    @property
    def refs(self) -> tuple[str, ...]:
        """What may have to be drawn again, each once."""
        refs = self._refs
        if not isinstance(refs, tuple):
            refs = self._refs = refs()
        return refs

    def _all(self) -> tuple[tuple[str, ...], ...]:
        return self.refs, self.added, self.removed

    def __eq__(self, other: object) -> bool:
        """Compare what changed."""
        return isinstance(other, Changes) and self._all() == other._all()

    def __hash__(self) -> int:
        """Agree with `__eq__`."""
        return hash(self._all())

    def __repr__(self) -> str:
        """Show what changed."""
        return f"Changes(refs={self.refs}, added={self.added}, removed={self.removed})"


@dataclass(frozen=True, slots=True)
class Request:
    """What an action of the form asks of the window: the answer to `ref` comes from the machine, by `answer()`.

    `kind` is "setgeopoint" (the place where the machine is) or "recordaudio" (a recording in the background, of
    `quality` "voice-only", "low" or "normal", "" if the form does not say).
    """

    kind: str
    ref: str
    quality: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a part of the form is. Counts relevant questions that a person can answer (not notes, not readonly).

    `invalid` counts answers that break a constraint, a type or a list; a required question without answer is not
    invalid, it is `missing`.
    """

    asked: int
    answered: int
    invalid: int
    missing: int


class EntityProblem(StrEnum):
    """Why a server will not take a change of an entity, though it takes the record (ODK XForms Entities)."""

    NONE = ""
    BAD_ID = "bad-id"  # not a UUID
    NO_LABEL = "no-label"  # an entity is not made without one


@dataclass(frozen=True, slots=True)
class EntityChange:
    """What a record does to one entity of a list: makes it, updates it, or, with both, whichever is possible.

    `label` is "" if the record gives none; `properties` holds what it saves ("" empties a property), not what was not
    asked. The version and the branch are those that the record names, as text, "" if it names none.
    """

    dataset: str
    entity_id: str
    create: bool
    update: bool
    label: str
    properties: Mapping[str, str]
    base_version: str = ""
    trunk_version: str = ""
    branch_id: str = ""
    problem: EntityProblem = EntityProblem.NONE


@dataclass(frozen=True, slots=True)
class Finalized:
    """The result of finalizing: the bytes to keep and send, never to be serialized again.

    `entities` is what it changes in the lists on this computer: nothing if the form's entities are older than 2024.1.
    """

    xml: bytes
    instance_id: str
    instance_name: str
    attachments: tuple[str, ...]  # file names that the instance refers to
    entities: tuple[EntityChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What preloads and metadata ask of the machine: property names of ODK XForms, "Preload attributes"."""

    device_id: str = ""
    username: str = ""
    email: str = ""
    phone_number: str = ""
