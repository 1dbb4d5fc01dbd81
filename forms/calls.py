# SPDX-License-Identifier: EUPL-1.2
"""Source for function calls: those that the engine computes itself, and those of the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from forms.code import MANY, Code, Kind, number, text, truth
from forms.definition import Node, Scope
from forms.document import split_tag
from forms.errors import ExpressionError
from forms.places import Context, Place, climb
from forms.shapes import Hole
from forms.templates import REFUSING, function_name
from forms.xpath import tree
from forms.xpath.functions import Function, Need, ValueKind, lookup

if TYPE_CHECKING:
    from forms.emitter import Emitter

_CURRENT: Final = tree.LocationPath(absolute=False, steps=(tree.CURRENT,))
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_RESULTS: Final = {ValueKind.NUMBER: Kind.NUMBER, ValueKind.BOOLEAN: Kind.TRUTH, ValueKind.STRING: Kind.TEXT}


class CallCode:
    """The part of an emitter that writes calls."""

    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter

    def call(self, ast: tree.Call) -> Code:
        """Write any call. Raises UnknownFunctionError, or ExpressionError for the wrong number of arguments."""
        function = lookup(ast.name, len(ast.arguments))
        special = _SPECIAL.get(ast.name)
        if special is not None:
            return special(self, ast.arguments)
        if function.need in {Need.NODES, Need.LAST} or function.implementation is None:
            raise ExpressionError(f"{ast.name}() is not supported here")
        return self.registered(function, ast)

    def registered(self, function: Function, ast: tree.Call) -> Code:
        """Write a call of the registry's implementation, with its arguments as it wants them."""
        emitter = self.emitter
        arguments = ast.arguments
        if not arguments and function.context_default:
            arguments = (_CURRENT,)
        if function.name in REFUSING and function.implementation is not None:
            # Written in the form, they are refused now; computed, they give nothing (templates.forgiving).
            written = [part.value for part in arguments[1:] if isinstance(part, tree.String)]
            if len(written) == len(arguments) - 1:
                function.implementation("", *written)
        parts = [self.argument(function.argument_kind(index), part) for index, part in enumerate(arguments)]
        if function.need is Need.CLOCK:
            parts.append("f.o.now()")
        elif function.need is Need.LANGUAGE:
            parts.append("f.o.language")
            emitter.lingual = True
        emitter.volatile = emitter.volatile or function.volatile
        return Code(_RESULTS[function.result], f"{function_name(function.name)}({', '.join(parts)})")

    def argument(self, kind: ValueKind, ast: tree.Node) -> str:
        """Source of one argument."""
        emitter = self.emitter
        if kind is ValueKind.STRING:
            return emitter.text(ast)
        if kind is ValueKind.NUMBER:
            return emitter.number(ast)
        if kind is ValueKind.BOOLEAN:
            return emitter.truth(ast)
        code = emitter.code(ast)
        if kind is ValueKind.NODESET and code.kind not in MANY:
            return f"NodeSet({emitter.lists.texts(code)})"
        return emitter.as_value(code)

    def texts(self, ast: tree.Node) -> str:
        """Source of the texts of a node-set argument."""
        return self.emitter.lists.texts(self.emitter.code(ast))

    # --- conditions ---

    def condition(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `if`: of one kind if both branches are, else text."""
        emitter = self.emitter
        test = emitter.truth(arguments[0])
        left, right = emitter.code(arguments[1]), emitter.code(arguments[2])
        if left.kind is right.kind and left.kind in {Kind.NUMBER, Kind.TRUTH}:
            return Code(left.kind, f"({left.source} if {test} else {right.source})")
        return text(f"({self.answered(left)} if {test} else {self.answered(right)})")

    def answered(self, code: Code) -> str:
        """Source of a text in which NaN is no answer."""
        return f"stored({code.source})" if code.kind is Kind.NUMBER else self.emitter.as_text(code)

    def depend(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `depend`: the first argument; the others are only read."""
        codes = [self.emitter.code(part) for part in arguments]
        for code in codes[1:]:
            self.emitter.as_value(code)
        return codes[0]

    def coalesce(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `coalesce`: the first that is not blank."""
        return text(f"({' or '.join(self.answered(self.emitter.code(part)) for part in arguments)})")

    def once(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `once`: the value that the node already has, none while irrelevant; reading it is no dependency."""
        origin = self.emitter.context.origin
        value = self.answered(self.emitter.code(arguments[0]))
        if origin.node is None:
            return text(value)
        return text(f"({origin.frame}.v[{self.emitter.constant(origin.node.slot)}] or {value})")

    def selected(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `selected`: the list is cut at white space; in an empty one "" is selected, and nothing else."""
        emitter = self.emitter
        value = emitter.code(arguments[1])
        wanted = emitter.constant(value.literal.strip()) if isinstance(value.literal, str) else ""
        if value.kind is Kind.TEXT and value.hole is not None:
            wanted = emitter.constant(Hole("stripped", value.hole))
        wanted = wanted or f"{emitter.as_text(value)}.strip()"
        return truth(f"({wanted} in ({emitter.text(arguments[0])}.split() or ('',)))")

    # --- counts, sums, positions ---

    def count(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `count`: the nodes that are relevant."""
        emitter = self.emitter
        code = emitter.code(arguments[0])
        if code.kind is Kind.ROWS and not code.column:
            return number(f"float(len({code.source}))")
        if code.kind in {Kind.SLOT, Kind.NODES}:
            emitter.note(code, presence=True, value=False)
            slot = emitter.slot(code)
            if code.kind is Kind.SLOT:
                return number(f"float({code.source}.rel[{slot}])")
            frame = emitter.fresh()
            return number(f"float(sum([{frame}.rel[{slot}] for {frame} in {code.source}]))")
        return number(f"float(len({emitter.lists.texts(code)}))")

    def total(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `sum`: over every instance of a repeat it is kept up to date instead of added up again."""
        emitter = self.emitter
        code = emitter.code(arguments[0])
        place = code.place
        if code.kind is Kind.NODES and place is not None and place.pure and place.anchor and not code.node.is_repeat:
            emitter.note(code, presence=True, value=True)
            emitter.read_number(code)
            kept = emitter.compiler.sum_number(code.node, place.join)
            return number(f"{place.anchor}.sums[{emitter.constant(kept)}].value()")
        return number(f"added({emitter.lists.numbers(code)})")

    def extreme(self, arguments: tuple[tree.Node, ...], name: str) -> Code:
        """Write `max` or `min`: of all nodes and values."""
        emitter = self.emitter
        parts = [emitter.lists.numbers(emitter.code(part)) for part in arguments]
        if len(parts) == 1:
            return number(f"{name}({parts[0]})")
        return number(f"{name}([{', '.join('*' + part for part in parts)}])")

    def position(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `position`: of the member in a predicate; of a repeat's instance if a node is given."""
        emitter = self.emitter
        if not arguments:
            position = emitter.context.position
            if position:
                return number(f"float({position})")
            arguments = (_CURRENT,)
        argument = arguments[0]
        if isinstance(argument, tree.LocationPath):
            code = emitter.path(argument, bind_last=True)
        else:
            code = emitter.code(argument)
        if code.kind is Kind.NODES and code.place is not None:
            return number(f"float(next((g.i for g in {code.source}), 1))")
        if code.kind is not Kind.SLOT:
            return number("1.0")
        scope = code.node.scope
        alone = code.node is not scope.node and argument is not _CURRENT
        if scope.parent is None or alone:  # only instances have siblings of their name
            return number("1.0")
        assert code.place is not None  # noqa: S101  (for the type checker)
        emitter.note_node(scope.node, code.place.join, presence=False, value=False)
        return number(f"float({code.source}.i)")

    def last(self, _: tuple[tree.Node, ...]) -> Code:
        """Write `last`: the size of what the predicate filters."""
        if not self.emitter.context.size:
            return number("1.0")
        return number(f"float({self.emitter.context.size})")

    def name_of(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write name() and local-name() of a node of the form."""
        code = self.emitter.code(arguments[0] if arguments else _CURRENT)
        known = code.kind in {Kind.SLOT, Kind.NODES}
        return text(self.emitter.constant(code.node.name if known else ""))

    def namespace_of(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `namespace-uri`: the address of a node's namespace, "" without one."""
        code = self.emitter.code(arguments[0] if arguments else _CURRENT)
        known = code.kind in {Kind.SLOT, Kind.NODES}
        return text(self.emitter.constant(split_tag(code.node.tag)[0] if known else ""))

    def lang(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `lang` (XPath 1.0 §4.3): by the nearest xml:lang around the context node, which records rarely have."""
        origin = self.emitter.context
        node, wanted = origin.node, self.emitter.text(arguments[0])
        frame = origin.frame
        while node is not None and frame:
            named = next((child for child in node.children if child.tag == _XML_LANG), None)
            if named is not None:
                code = Code(Kind.SLOT, frame, Place(named, frame, single=True, join=named.scope))
                return truth(f"speaks({self.emitter.as_text(code)}, {wanted})")
            frame += ".p" if node.is_repeat else ""
            node = node.parent
        return Code(Kind.TRUTH, "False", literal=False)

    def identified(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `id` (XPath 1.0 §4.1): records have no document type, so no attribute of theirs is an ID."""
        self.emitter.as_value(self.emitter.code(arguments[0]))
        return Code(Kind.TEXTS, "[]")

    # --- other nodes ---

    def current(self) -> Code:
        """Write `current`: the node of the expression, also from within a predicate."""
        origin = self.emitter.context.origin
        if origin.node is None:
            raise ExpressionError("current() has no node here")
        return Code(Kind.SLOT, origin.frame, Place(origin.node, origin.frame, single=True, join=origin.node.scope))

    def instance(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `instance` alone: its root."""
        return self.emitter.lists.secondary(tree.Call("instance", arguments), ())

    def randomize(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `randomize`: the same members in another order."""
        emitter = self.emitter
        code = emitter.code(arguments[0])
        seed = f", {emitter.as_value(emitter.code(arguments[1]))}" if len(arguments) > 1 else ""
        emitter.volatile = emitter.volatile or not seed
        if code.kind is Kind.NODES and code.place is not None:
            place = code.place
            source = f"shuffled({place.source}{seed})"
            return Code(Kind.NODES, source, Place(place.node, source, single=False, join=place.join, pure=False))
        if code.kind is Kind.ROWS:
            return Code(Kind.ROWS, f"shuffled({code.source}{seed})", None, code.table, code.table_key, code.column)
        return Code(Kind.TEXTS, f"shuffled({emitter.lists.texts(code)}{seed})")

    def indexed_repeat(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `indexed-repeat`: the text of the node in those instances, and in the current one of others.

        A text, not a node-set: where there is no such instance it is "" and differs from any other text.
        """
        emitter = self.emitter
        target = self._only(arguments[0])
        indexes: dict[int, str] = {}
        for repeat, index in zip(arguments[1::2], arguments[2::2], strict=True):
            indexes[id(self._only(repeat).scope)] = emitter.number(index)
        origin = emitter.context.origin
        scopes = list(target.scope.chain())[::-1]
        frame, join, bound = self._outermost(origin), scopes[0], True
        source = ""
        for scope in scopes[1:]:
            index_source = indexes.get(id(scope))
            mine = bound and origin.node is not None and scope in origin.node.scope.chain()
            if index_source is None and mine and origin.node is not None:
                frame, join = climb(origin.frame, origin.node.scope, scope), scope
                continue
            bound = False
            pick = f"kids[{scope.place}]"
            if index_source is not None:
                one = emitter.fresh()
                inside = (
                    f"[{one} for {(o := emitter.fresh())} in {source} for {one} in picked({o}.{pick}, {index_source})]"
                )
                source = inside if source else f"picked({frame}.{pick}, {index_source})"
            else:
                one, o = emitter.fresh(), emitter.fresh()
                source = f"[{one} for {o} in {source} for {one} in {o}.{pick}]" if source else f"{frame}.{pick}"
        if not source:
            return text(emitter.as_text(emitter.of_places([Place(target, frame, single=True, join=join)])))
        places = emitter.of_places([Place(target, source, single=False, join=join, pure=False)])
        return text(emitter.as_text(places))

    def _outermost(self, origin: Context) -> str:
        return climb(origin.frame, origin.node.scope, self.emitter.model.root.scope) if origin.node is not None else "f"

    def _only(self, ast: tree.Node) -> Node:
        """Find the node of the definition that an argument names."""
        if isinstance(ast, tree.Call) and ast.name == "current":
            return self.current().node
        if not isinstance(ast, tree.LocationPath):
            raise ExpressionError("indexed-repeat() needs paths")
        resolver = self.emitter.resolver(self.emitter.context)
        places = resolver.follow([resolver.start(absolute=ast.absolute)], ast.steps, absolute=ast.absolute)
        if not places or places[0].node is None:
            raise ExpressionError(f"{tree.unparse(ast)} names no node")
        return places[0].node

    def pulldata(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `pulldata`: a column of the first row whose key column holds the key."""
        emitter = self.emitter
        name = emitter.code(arguments[0]).literal
        if not isinstance(name, str):
            raise ExpressionError("pulldata() needs the name of the list itself")
        table = emitter.lists.table(name.removesuffix(".csv"), ("root", "item"))
        column, key, wanted = (emitter.text(part) for part in arguments[1:])
        return text(f"first({table}.texts({table}.where(({key},), ({wanted},)), {column}))")

    # --- words ---

    def choice_name(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `jr:choice-name`: the path is usually given as a text."""
        emitter = self.emitter
        emitter.lingual = True
        path = arguments[1]
        if isinstance(path, tree.String):
            from forms.xpath.parser import parse  # noqa: PLC0415  (only here is a text an expression)

            path = parse(path.value)
        if not isinstance(path, tree.LocationPath):
            raise ExpressionError("jr:choice-name() needs the path of a question")
        code = emitter.path(path)
        if code.kind not in {Kind.SLOT, Kind.NODES}:
            raise ExpressionError("jr:choice-name() needs the path of a question")
        frame = code.source if code.kind is Kind.SLOT else f"next(iter({code.source}), None)"
        scope: Scope = code.node.scope
        where = f"{emitter.constant(scope.index)}, {emitter.constant(code.node.slot)}"
        return text(f"f.o.choice_name({frame}, {where}, {emitter.text(arguments[0])})")

    def itext(self, arguments: tuple[tree.Node, ...]) -> Code:
        """Write `jr:itext`: a text in the session's language."""
        self.emitter.lingual = True
        return text(f"f.o.itext({self.emitter.text(arguments[0])})")


_SPECIAL: Final[Mapping[str, Callable[[CallCode, tuple[tree.Node, ...]], Code]]] = {
    "true": lambda _c, _: Code(Kind.TRUTH, "True", literal=True),
    "false": lambda _c, _: Code(Kind.TRUTH, "False", literal=False),
    "not": lambda c, a: truth(f"(not {c.emitter.truth(a[0])})"),
    "boolean": lambda c, a: truth(c.emitter.truth(a[0])),
    "number": lambda c, a: number(c.emitter.number(a[0] if a else _CURRENT)),
    "string": lambda c, a: text(c.emitter.text(a[0] if a else _CURRENT)),
    "if": CallCode.condition,
    "coalesce": CallCode.coalesce,
    "once": CallCode.once,
    "selected": CallCode.selected,
    "is-selected": CallCode.selected,
    "count": CallCode.count,
    "count-non-empty": lambda c, a: number(f"float(sum(map(bool, {c.texts(a[0])})))"),
    "sum": CallCode.total,
    "max": lambda c, a: c.extreme(a, "greatest"),
    "min": lambda c, a: c.extreme(a, "least"),
    "position": CallCode.position,
    "last": CallCode.last,
    "current": lambda c, _: c.current(),
    "instance": CallCode.instance,
    "randomize": CallCode.randomize,
    "indexed-repeat": CallCode.indexed_repeat,
    "pulldata": CallCode.pulldata,
    "jr:choice-name": CallCode.choice_name,
    "jr:itext": CallCode.itext,
    "depend": CallCode.depend,
    "version": lambda _c, _: text("f.o.form.version"),
    "property": lambda c, a: text(f"f.o.device_property({c.emitter.text(a[0])})"),
    "name": CallCode.name_of,
    "local-name": CallCode.name_of,
    "namespace-uri": CallCode.namespace_of,
    "lang": CallCode.lang,
    "id": CallCode.identified,
}
