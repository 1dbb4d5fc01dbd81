# SPDX-License-Identifier: EUPL-1.2
"""The XForm document, read into a definition: model, binds, actions. The body is read by `body`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from forms.definition import Action, Node, Scope, SecondarySource, TextSource
from forms.document import JAVAROSA, ODK, OPENROSA, XFORMS, XHTML, Document, Element, local_name, split_tag
from forms.errors import StructureError

MAX_INSTANCE_DEPTH: Final = 400
MAX_REPEAT_DEPTH: Final = 20
TEMPLATE: Final = f"{{{JAVAROSA}}}template"
_USUAL_PREFIXES: Final = {JAVAROSA: "jr", OPENROSA: "orx", ODK: "odk"}
_TYPE_NAMES: Final = {"integer": "int", "datetime": "dateTime", "geoPoint": "geopoint", "text": "string"}
_BIND_ATTRIBUTES: Final = {
    "relevant": "relevant",
    "required": "required",
    "readonly": "readonly",
    "constraint": "constraint",
    "calculate": "calculate",
    f"{{{JAVAROSA}}}requiredMsg": "required_message",
    f"{{{JAVAROSA}}}constraintMsg": "constraint_message",
    f"{{{JAVAROSA}}}preload": "preload",
    f"{{{JAVAROSA}}}preloadParams": "preload_params",
}


@dataclass(slots=True, eq=False, repr=False)
class Model:
    """What the head of the document says."""

    title: str
    element: Element
    primary: Element
    root: Node
    scopes: list[Scope]
    secondary: dict[str, SecondarySource]
    itext: Element | None
    actions: list[Action] = field(default_factory=list)
    submission: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    preloads: list[Node] = field(default_factory=list)
    paths: dict[str, Node] = field(default_factory=dict)

    def find(self, path: str, base: Node | None = None) -> Node | None:
        """Find the node that a ref of the document names; a relative one starts from `base`."""
        found = self.paths.get(path)
        if found is not None:
            return found
        steps = path.strip().split("/")
        node: Node | None = base
        if steps[0] == "":
            if len(steps) < 2 or not _same(steps[1], self.root):
                return None
            node, steps = self.root, steps[2:]
        for step in steps:
            if node is None:
                return None
            node = node if step in {".", ""} else node.parent if step == ".." else child_named(node, step)
        return node


def _same(name: str, node: Node) -> bool:
    return name in {node.name, local_name(node.tag)}


def child_named(node: Node, name: str) -> Node | None:
    """Find a child by the name of a path's step: with the document's prefix, or the local name alone."""
    return node.by_name.get(name) or node.by_name.get(name.rpartition(":")[2])


def read_model(document: Document) -> Model:
    """Read everything but the body. Raises StructureError when it is not a usable XForm."""
    root = document.root
    if local_name(root.tag) != "html":
        raise StructureError(f"the root element is {local_name(root.tag)}, not an XForm's html")
    head = root.find(f"{{{XHTML}}}head")
    element = head.find(f"{{{XFORMS}}}model") if head is not None else None
    if head is None or element is None:
        raise StructureError("no model")
    instances = [child for child in element if child.tag == f"{{{XFORMS}}}instance"]
    primary = instances[0][0] if instances and len(instances[0]) else None
    if primary is None:
        raise StructureError("no primary instance")
    names = {address: prefix for prefix, address in document.prefixes.items() if prefix} | _USUAL_PREFIXES
    title = (head.findtext(f"{{{XHTML}}}title") or "").strip()
    nodes = _NodeReader(primary, repeat_paths(root), names)
    model = Model(title, element, primary, nodes.root, nodes.scopes, {}, element.find(f"{{{XFORMS}}}itext"))
    model.prefixes = document.prefixes
    model.paths = {node.path: node for scope in model.scopes for node in scope.nodes}
    _add_meta(model)
    for instance in instances[1:]:
        name = instance.get("id", "")
        if name in model.secondary:
            raise StructureError(f"two instances are called {name}")
        model.secondary[name] = SecondarySource(name, instance.get("src", ""), instance[0] if len(instance) else None)
    submission = element.find(f"{{{XFORMS}}}submission")
    if submission is not None:
        model.submission = {local_name(key): value for key, value in submission.attrib.items()}
    _read_binds(model)
    model.actions.extend(read_actions(model, element, None))
    return model


def repeat_paths(root: Element) -> set[str]:
    """List the paths that the body repeats."""
    paths = set()
    for repeat in root.iter(f"{{{XFORMS}}}repeat"):
        path = (repeat.get("nodeset") or repeat.get("ref") or "").strip()
        if not path.startswith("/"):
            raise StructureError(f"repeat of {path or 'nothing'}: an absolute path is needed")
        paths.add(path)
    return paths


class _NodeReader:
    """Makes a node of every element, and of attributes, in the order of the document; siblings of one name are one."""

    def __init__(self, primary: Element, repeats: set[str], names: Mapping[str, str]) -> None:
        self.scopes: list[Scope] = []
        self._repeats = repeats
        self._names = names
        self._root_address = split_tag(primary.tag)[0]
        local = local_name(primary.tag)
        self.root = Node(local, primary.tag, f"/{local}", None, None, 0)  # type: ignore[arg-type]  # given just below
        self.root.scope = self._open_scope(self.root, None)
        # Work is kept on a stack so that no nesting of groups can exhaust Python's. Entries: node, its elements, depth.
        todo: list[tuple[Node, list[Element], int]] = [(self.root, [primary], 1)]
        while todo:
            node, elements, depth = todo.pop()
            if depth > MAX_INSTANCE_DEPTH:
                raise StructureError(f"groups nested deeper than {MAX_INSTANCE_DEPTH}")
            todo.extend((child, same, depth + 1) for child, same in reversed(self._read(node, elements)))
        number_nodes(self.root)

    def _read(self, node: Node, elements: list[Element]) -> list[tuple[Node, list[Element]]]:
        """Make the children of a node; returns them with their elements."""
        if node.parent is not None:
            for key in {key: None for element in elements for key in element.attrib if key != TEMPLATE}:
                add_child(node, "@" + self._name(key), key, attribute=True)
        grouped: dict[str, list[Element]] = {}
        for element in elements:
            for child in element:
                grouped.setdefault(child.tag, []).append(child)
        made: list[tuple[Node, list[Element]]] = []
        for tag, same in grouped.items():
            child_node = add_child(node, self._name(tag), tag)
            if child_node.path in self._repeats:
                child_node.is_repeat = True
                child_node.scope = self._open_scope(child_node, node.scope)
                explicit = next((one for one in same if TEMPLATE in one.attrib), None)
                child_node.scope.template = same[0] if explicit is None else explicit
                child_node.scope.explicit_template = explicit is not None
            made.append((child_node, same))
        return made

    def _open_scope(self, node: Node, parent: Scope | None) -> Scope:
        depth = parent.depth + 1 if parent else 0
        if depth > MAX_REPEAT_DEPTH:
            raise StructureError(f"repeats nested deeper than {MAX_REPEAT_DEPTH}", ref=node.path)
        scope = Scope(len(self.scopes), node, parent, len(parent.kids) if parent else 0, depth)
        self.scopes.append(scope)
        if parent is not None:
            parent.kids.append(scope)
        return scope

    def _name(self, tag: str) -> str:
        address, local = split_tag(tag)
        plain = address in {"", XFORMS, self._root_address} or address not in self._names
        return local if plain else f"{self._names[address]}:{local}"


def add_child(parent: Node, name: str, tag: str, *, attribute: bool = False) -> Node:
    """Make a node and tell its parent."""
    node = Node(name, tag, f"{parent.path}/{name}", parent, parent.scope, 0, is_attribute=attribute)
    parent.children.append(node)
    parent.by_name[name] = node
    local = name.lstrip("@").rpartition(":")[2]
    parent.by_name.setdefault("@" + local if attribute else local, node)
    return node


def number_nodes(root: Node) -> None:
    """Give numbers to the nodes of each scope in document order, and note where the descendants of each end."""
    order: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        order.append(node)
        scope = node.scope
        node.slot = len(scope.nodes)
        scope.nodes.append(node)
        node.last = node.slot
        node.relative = node.path[len(scope.node.path) :]
        stack.extend(reversed(node.children))
    for node in reversed(order):
        parent = node.parent
        if parent is None:
            continue
        if parent.scope is node.scope:
            parent.last = max(parent.last, node.last)
            parent.below[:0] = node.below
        else:
            parent.below.insert(0, node.scope)


def _add_meta(model: Model) -> None:
    """Give the form the instanceID that every record needs, if its author forgot it (XForms "Metadata")."""
    meta = child_named(model.root, "meta")
    if meta is not None and child_named(meta, "instanceID") is not None:
        return
    model.warnings.append("no meta/instanceID: added")
    address = split_tag(model.primary.tag)[0]
    braces = f"{{{address}}}" if address else ""
    if meta is None:
        meta = add_child(model.root, "meta", f"{{{OPENROSA}}}meta")
        meta.name = "orx:meta"
        braces = f"{{{OPENROSA}}}"
    node = add_child(meta, "instanceID", f"{braces}instanceID")
    node.name = "orx:instanceID" if braces == f"{{{OPENROSA}}}" else "instanceID"
    node.bind.preload = "uid"
    for scope in model.scopes:
        scope.nodes.clear()
    for found in _walk(model.root):
        found.below.clear()
    number_nodes(model.root)


def _walk(root: Node) -> list[Node]:
    found = [root]
    for node in found:
        found.extend(node.children)
    return found


def _read_binds(model: Model) -> None:
    for element in model.element.findall(f"{{{XFORMS}}}bind"):
        path = element.get("nodeset") or element.get("ref") or ""
        node = model.find(path)
        if node is None:
            raise StructureError("bind to a node that the instance does not have", ref=path.strip())
        bind = node.bind
        for key, value in element.attrib.items():
            name = _BIND_ATTRIBUTES.get(key)
            if name is not None:
                setattr(bind, name, value.strip())
            elif key == "type":
                kind = value if value.startswith("odk:") else value.rpartition(":")[2]
                bind.data_type = _TYPE_NAMES.get(kind, kind) or "string"
            elif key not in {"nodeset", "ref", "id"}:
                bind.extra[local_name(key)] = value
    for node in _walk(model.root):
        bind = node.bind
        if (bind.preload or bind.calculate) and node.holds_nodes():
            model.warnings.append(f"{node.path}: a group has no value: what would compute it is left out")
            bind.preload = bind.calculate = ""
        if bind.preload:
            model.preloads.append(node)


def read_actions(model: Model, parent: Element, origin: Node | None) -> list[Action]:
    """Read the actions directly inside `parent` (the model, or a control)."""
    found: list[Action] = []
    for element in parent:
        kind = local_name(element.tag) if isinstance(element.tag, str) else ""
        if kind not in {"setvalue", "setgeopoint", "setlocation", "recordaudio"}:
            continue
        path = element.get("ref") or element.get("bind") or ""
        target = model.find(path, origin)
        if target is None:
            raise StructureError(f"{kind} to a node that the instance does not have", ref=path.strip())
        if target.holds_nodes():
            model.warnings.append(f"{target.path}: a group has no value: {kind} is left out")
            continue
        events = tuple((element.get("event") or element.get("{http://www.w3.org/2001/xml-events}event") or "").split())
        action = Action(events, target, element.get("value", "").strip(), element.text or "", kind, origin)
        action.kind = "setgeopoint" if kind == "setlocation" else kind  # its name in the drafts of XForms 2.0
        action.quality = element.get(f"{{{ODK}}}quality", "")
        found.append(action)
    return found


def message_source(text: str) -> TextSource | None:
    """Read a message attribute: a literal, or `jr:itext('id')`."""
    if not text:
        return None
    if text.startswith("jr:itext(") and text.endswith(")"):
        return TextSource(itext=text[9:-1].strip()[1:-1])
    return TextSource(literal=text)
