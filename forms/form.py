# SPDX-License-Identifier: EUPL-1.2
"""A form ready to be filled: `load_form` reads, compiles and wires a definition."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from forms.actions import NEW_REPEAT, compile_actions, happening
from forms.blank import Blank, blank_of
from forms.body import read_body
from forms.checks import prepare
from forms.code import Code, Kind
from forms.collecting import not_collecting
from forms.compile import Compiler
from forms.dag import Rule, Step, Wiring, find_quiet, rank_rules, steps_of
from forms.definition import Action, Body, Dependency, Expression, Itemset, Node, Scope
from forms.document import XHTML, Document, local_name, read_document
from forms.entities import Declaration, check_entities, declared_entities
from forms.errors import FormError, StructureError
from forms.lists import TableKey
from forms.parse import Model, child_named, read_model
from forms.places import inner_of
from forms.secondary import Attachments, SecondaryInstances, file_name, is_last_saved
from forms.serialize import Names, Script
from forms.templates import Templates
from forms.text import Texts, compile_outputs
from forms.views import NodeKind

MAX_FORM_BYTES: Final = 64 * 1024 * 1024
_SIMPLE: Final = re.compile(r"[A-Za-z_][\w.-]*").fullmatch
_APPEARANCES: Final = frozenset(
    """numbers multiline url thousands-sep bearing vertical no-ticks picker rating new new-front draw annotate signature
    no-calendar month-year year ethiopian coptic islamic bikram-sambat myanmar persian buddhist placement-map maps
    hide-input minimal search autocomplete quick columns-pack columns no-buttons image-map likert map field-list label
    list-nolabel list table-list counter hidden-answer printer masked compact quickcompact front selfie pages
    horizontal horizontal-compact spinner distress my-phone group-by-first""".split()  # noqa: SIM905  (words read better than a list)
)
_COUNTED_APPEARANCE: Final = re.compile(r"(?:columns|compact|quickcompact|w|x|theme)-?\d+.*").fullmatch


class FormDef:
    """A form: what no answer changes. Shared by all its sessions."""

    def __init__(self, model: Model, document: Document, data: bytes, attachments: Attachments | None) -> None:
        self.model = model
        self.hash = hashlib.md5(data, usedforsecurity=False).hexdigest()
        self.title = model.title
        self.entities_version = check_entities(model)
        root = model.primary
        self.form_id = root.get("id") or next((v for k, v in root.attrib.items() if local_name(k) == "id"), "")
        self.version = next((v for k, v in root.attrib.items() if local_name(k) == "version"), "")
        self.submission: Mapping[str, str] = model.submission
        self.root: Node = model.root
        self.scopes: list[Scope] = model.scopes
        body = document.root.find(f"{{{XHTML}}}body")
        if body is None:
            raise StructureError("no body")
        self.style = body.get("class", "")
        self.texts = Texts(model.itext)
        self.languages = self.texts.languages
        self.default_language = self.texts.default
        self.body = read_body(model, body)
        self.secondary = SecondaryInstances(model.secondary, attachments)
        self.attachments = tuple(
            dict.fromkeys(file_name(s.src) for s in model.secondary.values() if s.src and not is_last_saved(s))
        )
        self.compiler = Compiler(model)
        self.templates: Templates | None = self.compiler.templates  # None: made from its compiled form
        # Of lists: the columns asked for, the columns by which rows are looked up, tables of which names are computed.
        self.columns: dict[TableKey, dict[str, None]] = {}
        self.lookups: dict[TableKey, dict[tuple[str, ...], None]] = {}
        self.pulled: list[TableKey] = []
        self.nodes: dict[str, Node] = {}
        self.bodies: dict[str, Body] = {}
        self.rules: list[Rule] = []
        self.lingual: list[int] = []
        self.preloads: list[Node] = model.preloads
        meta = child_named(model.root, "meta")
        instance_id = child_named(meta, "instanceID") if meta is not None else None
        if meta is None or instance_id is None:
            raise StructureError("no meta/instanceID")
        self.meta: Node = meta
        self.instance_id: Node = instance_id
        self.instance_name: Node | None = child_named(meta, "instanceName")
        self.deprecated_id: Node | None = child_named(meta, "deprecatedID")
        self._compile()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an author should look at, though the form works."""
        return tuple(dict.fromkeys(self.model.warnings))

    @property
    def asks_last_saved(self) -> bool:
        """Whether the form reads the record saved before: `FormSession(last_saved=…)`."""
        return any(map(is_last_saved, self.secondary.sources.values()))

    @cached_property
    def steps(self) -> list[Step]:
        """The rules by rank, as a session computes them."""
        return steps_of(self.rules)

    @cached_property
    def blanks(self) -> list[Blank]:
        """What instances of each scope begin with, by the scope's number."""
        return [blank_of(scope, self.preloads) for scope in self.scopes]

    @cached_property
    def offered(self) -> dict[tuple[str, str], frozenset[str]]:
        """The values of lists that never change, by the nodeset and value of their itemsets; filled when asked for."""
        return {}

    @cached_property
    def new_repeat_actions(self) -> list[Action]:
        """What happens when an instance of a repeat is made."""
        return happening(self.model.actions, NEW_REPEAT)

    @cached_property
    def entities(self) -> tuple[Declaration, ...]:
        """The entities that records of the form make and update."""
        return declared_entities(self.root)

    @cached_property
    def names(self) -> Names:
        """How elements and attributes of an instance are written."""
        return Names(self)

    @cached_property
    def scripts(self) -> list[Script]:
        """How the frames of each scope are written, by the scope's number."""
        return [Script(scope, self.names) for scope in self.scopes]

    @cached_property
    def kept(self) -> tuple[Node | None, ...]:
        """What is sent whatever its relevance: without it there would be no document, or no record."""
        return self.root, self.meta, self.instance_id, self.deprecated_id

    @cached_property
    def files(self) -> list[Node]:
        """The nodes that hold the name of a file."""
        return [node for scope in self.scopes for node in scope.nodes if node.bind.data_type == "binary"]

    # --- compiling ---

    def _compile(self) -> None:
        wiring = Wiring()
        everything = [node for scope in self.scopes for node in scope.nodes]
        self.nodes = {node.path: node for node in everything}
        for node in everything:
            self._compile_bind(node)
        bodies = list(_walk(self.body))
        self.bodies = {body.ref: body for body in bodies}
        for body in bodies:
            self._compile_body(body, wiring)
            if body.kind is NodeKind.REPEAT and body.node is not None:
                wiring.watch(body, body.node.relevant)  # a list without instances is shown or not by this alone
        compile_actions(self.model, self.compiler)
        self.rules = rank_rules(everything)
        for rank, rule in enumerate(self.rules):
            wiring.rule(rank, rule)
        self.lingual = [rank for rank, rule in enumerate(self.rules) if rule.expression.lingual]
        for node in everything:
            self._wire_checks(node, wiring)
        wiring.finish()
        find_quiet(self.rules, self.model.actions, self.compiler.templates.sources)
        self._bind_functions()
        self.model.warnings += self.secondary.check()
        self.secondary.settle(self.columns, self.pulled)
        self.secondary.index(self.lookups)
        del self.compiler
        _ = self.steps, self.blanks, self.scripts  # else the first answer and the first draft would wait for them

    def _expression(self, source: str, node: Node, want: str) -> Expression | None:
        return self.compiler.expression(source, node, want) if source else None

    def _compile_bind(self, node: Node) -> None:
        bind = node.bind
        node.calculate = self._expression(bind.calculate, node, "answer")
        node.numeric = node.numeric or (node.calculate is not None and node.calculate.result == "number")
        relevant = self._expression(bind.relevant, node, "truth")
        if relevant is not None and relevant.constant is not True:
            node.relevant = relevant
        required = self._expression(bind.required, node, "truth")
        if required is not None and required.constant is None:
            node.required = required
        node.always_required = required is not None and required.constant is True
        readonly = self._expression(bind.readonly, node, "truth")
        if readonly is not None and readonly.constant is None:
            node.readonly = readonly
        parent_readonly = node.parent is not None and node.parent.always_readonly
        node.always_readonly = parent_readonly or (readonly is not None and readonly.constant is True)
        if node.parent is not None:
            above = node.parent
            node.inherits_readonly = above.inherits_readonly + ((above,) if above.readonly is not None else ())
        constraint = self._expression(bind.constraint, node, "truth")
        if constraint is not None and constraint.constant is not True:
            node.constraint = constraint

    def _compile_body(self, body: Body, wiring: Wiring) -> None:
        node = body.node if body.node is not None else body.scope.node
        if body.node is not None and body.node.is_repeat and body.node.parent is not None:
            node = body.node.parent  # its texts belong to the list, not to an instance
        sources = [body.label, body.hint, body.constraint_message, body.required_message]
        for source in [*sources, *(item.label for item in body.items)]:
            compile_outputs(self.texts, source, node, self.compiler)
            if source is not None:
                for expression in (*source.outputs.values(), source.computed):
                    wiring.watch(body, expression)
        if body.itemset is not None and body.node is not None:
            self._compile_itemset(body.itemset, body.node)
            for output in body.itemset.outputs.values():
                wiring.watch(body, output)
            for part in (body.itemset.rows, body.itemset.row_value, body.itemset.row_label):
                wiring.watch(body, part)
                wiring.check(body.node, part)
        if body.count_source and body.node is not None:
            body.count = self.compiler.expression(body.count_source, body.node, "number")
            wiring.count(body.node.scope, body.count)
        self._check_appearance(body)

    def _check_appearance(self, body: Body) -> None:
        for word in unknown_appearances(body.appearance):
            self.model.warnings.append(f"{body.ref}: unknown appearance {word}")

    def _compile_itemset(self, itemset: Itemset, node: Node) -> None:
        compiler = self.compiler
        itemset.rows, code = compiler.nodeset(itemset.nodeset, node)
        if code.kind is Kind.NODES:
            itemset.source = "frames"
            itemset.row_value = compiler.expression(itemset.value, code.node, "text")
            itemset.row_label = compiler.expression(itemset.label, code.node, "text")
            for part in (itemset.row_value, itemset.row_label):
                part.dependencies = seen_from_outside(part.dependencies, code)
        elif code.kind is Kind.ROWS and not code.column:
            itemset.source = "rows"
            saved = is_last_saved(self.model.secondary[code.table_key[0]])
            if not saved:
                itemset.table = TableKey(code.table_key[0], code.table_key[1:])
            if _SIMPLE(itemset.value) and not saved:
                itemset.value_column = itemset.value
            else:
                itemset.row_value = compiler.expression(itemset.value, node, "text", row_table=code.table_key)
            if _SIMPLE(itemset.label) and not saved:
                itemset.label_column = itemset.label
            else:
                itemset.row_label = compiler.expression(itemset.label, node, "text", row_table=code.table_key)
            self._compile_labels(itemset, node)
        else:
            itemset.source = "texts"
        parts = (itemset.rows, itemset.row_value, itemset.row_label)
        itemset.fixed = not any(part.dependencies or part.lingual for part in parts if part is not None)
        itemset.fixed = itemset.fixed and "randomize" not in itemset.nodeset and "f.o." not in self._source(itemset)

    def _compile_labels(self, itemset: Itemset, node: Node) -> None:
        """Compile what the labels of a list compute: its members name texts, some of which hold outputs."""
        if not itemset.label_is_itext or not itemset.label_column or not isinstance(itemset.table, TableKey):
            return
        if self.texts.with_outputs:
            named = dict.fromkeys(self.secondary.table(itemset.table).column(itemset.label_column))
            outputs = {
                one: None for name in named if name in self.texts.with_outputs for one in self.texts.outputs(name or "")
            }
            itemset.outputs = {one: self.compiler.expression(one, node, "text") for one in outputs if one}

    def _source(self, itemset: Itemset) -> str:
        return self.compiler.templates.sources[itemset.rows.template] if itemset.rows is not None else ""

    def _wire_checks(self, node: Node, wiring: Wiring) -> None:
        if node.body is None or node.body.kind is not NodeKind.QUESTION:
            return
        prepare(node, node.body)
        for expression in (node.required, node.readonly, node.constraint):
            wiring.check(node, expression)
        for above in node.inherits_readonly:
            wiring.check(node, above.readonly)

    def _bind_functions(self) -> None:
        expressions = self.compiler.made
        self.compiler.templates.make(expression.template for expression in expressions)
        for expression in expressions:
            self.compiler.templates.bind(expression, self._resolve)
        self._note_columns()
        for body in self.bodies.values():
            itemset = body.itemset
            if itemset is not None and isinstance(itemset.table, TableKey):
                key, itemset.table = itemset.table, self.secondary.table(itemset.table)
                self.model.warnings += self.secondary.misses(key, (itemset.value_column, itemset.label_column))

    def _note_columns(self) -> None:
        """Note which columns of lists are asked for, and by which their rows are looked up."""
        for expression in self.compiler.listed:
            words = [word for word in expression.constants if isinstance(word, str)]
            joined = [names for names in expression.constants if isinstance(names, tuple)]
            for key in expression.constants:
                if isinstance(key, TableKey):
                    self.columns.setdefault(key, {}).update(dict.fromkeys([*words, *(n for ns in joined for n in ns)]))
                    self.lookups.setdefault(key, {}).update(dict.fromkeys(joined))
                    if "pulldata" in expression.source:
                        self.pulled.append(key)
        for body in self.bodies.values():
            itemset = body.itemset
            if itemset is not None and isinstance(itemset.table, TableKey):
                names = [name for name in (itemset.value_column, itemset.label_column) if name]
                self.columns.setdefault(itemset.table, {}).update(dict.fromkeys(names))

    def _resolve(self, constant: Any) -> Any:
        return self.secondary.table(constant) if isinstance(constant, TableKey) else constant


def unknown_appearances(words: Sequence[str]) -> list[str]:
    """List the words of an appearance that no specification names; none if it has arguments, which may be anything."""
    if any("(" in word for word in words):
        return []
    free = ("ex:", "search(", "printer:")
    return [word for word in words if not (word in _APPEARANCES or _COUNTED_APPEARANCE(word) or word.startswith(free))]


def seen_from_outside(dependencies: tuple[Dependency, ...], code: Code) -> tuple[Dependency, ...]:
    """Dependencies of what is read in each instance of a list, as those of who reads the list."""
    assert code.place is not None  # noqa: S101  (NODES have a place)
    join = code.place.join
    return tuple(Dependency(one.node, inner_of(one.join, join), presence=True) for one in dependencies)


def _walk(root: Body) -> list[Body]:
    found = [root]
    for body in found:
        found.extend(body.children)
    return found


def load_form(xform_xml: bytes, attachments: Attachments | None = None) -> FormDef:
    """Read a form. `attachments("communes.csv")` gives the bytes of a file that the form names, or FileNotFoundError.

    Raises FormFileError in one of its kinds (`errors`), with the form's id where it is known.
    """
    form_id = ""
    with not_collecting():
        try:
            document = read_document(xform_xml, max_bytes=MAX_FORM_BYTES)
            model = read_model(document)
            form_id = model.primary.get("id", "")
            return FormDef(model, document, xform_xml, attachments)
        except FormError as error:
            error.form = error.form or form_id
            raise
