# SPDX-License-Identifier: EUPL-1.2
"""The form as it is written: what no answer changes. Built by `parse`, completed by `compile` and `dag`.

Node     an element (or attribute) of the primary instance: its bind, its place
Scope    the form itself, or one repeat: the nodes that exist once per instance of it, numbered in `slots`
Body     a control, a group or a repeat of the body: what people see
Action   a setvalue (or setgeopoint) with its events
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.document import Element
from forms.views import NodeKind

Evaluator = Callable[..., Any]
"""A compiled expression: called with a frame (`tree.Frame`), and with a row's number if it reads one."""

Reach = tuple[int, tuple[int, ...]]
"""From the frame of a changed node to the frames of its reader: levels up, then the nested repeats to go down."""


@dataclass(slots=True, eq=False, repr=False)
class Readers:
    """Who depends on something, each with its reach: rules, questions, texts and lists to show again, repeat counts."""

    ranks: list[tuple[int, Reach]] = field(default_factory=list)
    checks: list[tuple[Node, Reach]] = field(default_factory=list)
    watchers: list[tuple[Body, Reach]] = field(default_factory=list)
    counts: list[tuple[Scope, Reach]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Bind:
    """The rules of one node, as written; "" where there is none (XForms "Bindings")."""

    data_type: str = "string"
    relevant: str = ""
    required: str = ""
    readonly: str = ""
    constraint: str = ""
    calculate: str = ""
    required_message: str = ""
    constraint_message: str = ""
    preload: str = ""
    preload_params: str = ""
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False, repr=False)
class Expression:
    """One compiled expression. `constant` is set when no node decides its value; `lingual` if the language does."""

    source: str
    template: int
    constants: tuple[Any, ...]
    result: str  # "text", "number" or "truth"
    dependencies: tuple[Dependency, ...] = ()
    constant: Any = None
    lingual: bool = False
    run: Evaluator = field(default=lambda _: None, repr=False)


@dataclass(frozen=True, slots=True)
class Dependency:
    """An expression reads `node`, in the frames that share with it an instance of `join`.

    `presence`: it also sees whether the node is there (counts, positions, lists), not only its value.
    """

    node: Node
    join: Scope
    presence: bool = False
    value: bool = True


@dataclass(slots=True, eq=False, repr=False)
class Scope:
    """The nodes that exist once in the form (`parent` None), or once in each instance of one repeat."""

    index: int
    node: Node
    parent: Scope | None = None
    place: int = 0  # which of the parent's nested repeats
    depth: int = 0
    nodes: list[Node] = field(default_factory=list)  # by slot; slot 0 is the scope's own element
    kids: list[Scope] = field(default_factory=list)
    template: Element | None = None  # what a new instance starts with
    explicit_template: bool = False  # marked by jr:template; else it is the first instance
    body: Body | None = None
    structure: Readers | None = None  # who counts or lists the instances
    moved: Readers | None = None  # who asks the position of an instance
    ranks: list[int] = field(default_factory=list)  # of the rules of its nodes
    totals: list[int] = field(default_factory=list)  # numbers of the sums kept in its frames
    added: list[Node] = field(default_factory=list)  # nodes that are part of a sum

    def __repr__(self) -> str:
        """Name the scope."""
        return f"<Scope {self.node.path}>"

    def chain(self) -> Iterator[Scope]:
        """Yield this scope, then those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """One element or attribute of the primary instance, once for all its instances."""

    name: str  # as in a ref: with the document's prefix if it has a namespace of its own; "@id" for an attribute
    tag: str  # {address}local
    path: str
    parent: Node | None
    scope: Scope
    slot: int
    is_repeat: bool = False
    is_attribute: bool = False
    children: list[Node] = field(default_factory=list)
    by_name: dict[str, Node] = field(default_factory=dict)
    bind: Bind = field(default_factory=Bind)
    body: Body | None = None
    relative: str = ""  # path below the scope's element
    last: int = 0  # the slots of its descendants in the same scope are slot + 1 … last
    below: list[Scope] = field(default_factory=list)  # the repeats directly below it, its own scope excluded
    # Rules.
    calculate: Expression | None = None
    relevant: Expression | None = None
    required: Expression | None = None
    readonly: Expression | None = None
    constraint: Expression | None = None
    always_required: bool = False
    always_readonly: bool = False
    numeric: bool = False  # some expression reads it as a number
    inherits_readonly: tuple[Node, ...] = ()  # ancestors whose readonly is computed
    asked: bool = False  # a control shows it
    # A question's flags (`tree`) while it is relevant: without an answer, with a good one; unless `lively`: then its
    # required or readonly is computed.
    idle: int = 0
    done: int = 0
    lively: bool = False
    judged: int = 0  # what an answer must fit: `checks.TYPE`, `CHOICE`, `CONSTRAINT`
    # Who reads it: ranks of rules in the same instance; everybody else; who sees whether it is there.
    near: tuple[int, ...] = ()
    readers: Readers | None = None
    presence: Readers | None = None
    quiet: bool = False  # a number that nobody reads as a text: its text is written when it is asked for
    triggers: tuple[Action, ...] = ()
    sums: tuple[tuple[int, int], ...] = ()  # (number of the total, levels up to where it is kept)

    def __repr__(self) -> str:
        """Name the node: a definition is a web, and must not be printed as a whole."""
        return f"<Node {self.path}>"

    def holds_nodes(self) -> bool:
        """Tell whether it has elements inside: then it has no value of its own."""
        return any(not child.is_attribute for child in self.children)

    def ancestors(self) -> Iterator[Node]:
        """Yield the nodes around it, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


Parts = tuple[str | tuple[str], ...]
"""A text in pieces: text itself, or (source of an output,)."""


@dataclass(slots=True, eq=False, repr=False)
class TextSource:
    """Where a label, hint or message comes from: an itext id (fixed or computed), or the element itself.

    `parts` is what the element says, once it was read.
    """

    itext: str = ""
    element: Element | None = None
    literal: str = ""
    computed: Expression | None = None
    outputs: dict[str, Expression] = field(default_factory=dict)
    parts: Parts | None = None


@dataclass(slots=True, eq=False, repr=False)
class Item:
    """One choice written in the body."""

    value: str
    label: TextSource | None


@dataclass(slots=True, eq=False, repr=False)
class Itemset:
    """A list of choices computed from nodes: an expression, and what of each node is stored and shown."""

    nodeset: str
    value: str
    label: str
    label_is_itext: bool = False
    # Filled when compiled: `rows` gives frames, row numbers of a table, or texts; `source` says which.
    rows: Expression | None = None
    source: str = ""  # "frames", "rows" or "texts"
    table: Any = None
    row_value: Expression | None = None
    row_label: Expression | None = None
    value_column: str = ""
    label_column: str = ""
    fixed: bool = False  # depends on nothing: always the same list
    outputs: dict[str, Expression] = field(default_factory=dict)  # what labels of its members compute


@dataclass(slots=True, eq=False, repr=False)
class Body:
    """One element of the body."""

    kind: NodeKind
    control: str
    ref: str  # without positions
    node: Node | None  # None: a group that belongs to no node
    scope: Scope
    parent: Body | None
    appearance: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    label: TextSource | None = None
    hint: TextSource | None = None
    children: list[Body] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    itemset: Itemset | None = None
    offered: frozenset[str] | None = None  # the values of a list that never changes
    searched: bool = False  # the window makes the list, from a file
    constraint_message: TextSource | None = None
    required_message: TextSource | None = None
    count_source: str = ""
    count: Expression | None = None
    no_add_remove: bool = False
    # The slots of the questions below it, in its own scope, and the repeats below it.
    slots: tuple[int, ...] = ()
    repeats: tuple[Body, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class Action:
    """A `setvalue`: when one of `events` happens, `target` gets the value (XForms "Events and actions").

    `kind` is "setvalue", or what only the window can do: "setgeopoint", "recordaudio" (with its `quality`).
    """

    events: tuple[str, ...]
    target: Node
    value: str = ""
    literal: str = ""
    kind: str = "setvalue"
    origin: Node | None = None  # the node of the control around it
    expression: Expression | None = None
    quality: str = ""


@dataclass(slots=True, eq=False, repr=False)
class SecondarySource:
    """A secondary instance as declared: inside the form (`element`), or a file (`src`)."""

    name: str
    src: str = ""
    element: Element | None = None
