# SPDX-License-Identifier: EUPL-1.2
"""The body of the document: controls, groups and repeats as people meet them (XForms "Body", "Groups", "Repeats")."""

from __future__ import annotations

from typing import Final

from forms.definition import Body, Item, Itemset, Node, Scope, TextSource
from forms.document import JAVAROSA, XFORMS, Element, local_name
from forms.errors import StructureError
from forms.external_select import external_itemset
from forms.parse import Model, message_source, read_actions
from forms.views import NodeKind

MAX_BODY_DEPTH: Final = 400
CONTROLS: Final = frozenset({"input", "select1", "select", "rank", "range", "trigger", "upload", "secret", "textarea"})
_NOT_PARAMETERS: Final = frozenset({"ref", "nodeset", "bind", "appearance", "class", "count", "noAddRemove", "query"})


def read_body(model: Model, body: Element) -> Body:
    """Read the body into a tree whose root stands for the whole form; nodes learn their control."""
    root_scope = model.root.scope
    root = Body(NodeKind.GROUP, "group", model.root.path, model.root, root_scope, None)
    root_scope.body = root
    # Work is kept on a stack: no nesting of groups can exhaust Python's.
    todo: list[tuple[Element, Body, Node, int]] = [(body, root, model.root, 1)]
    while todo:
        parent_element, parent, context, depth = todo.pop()
        if depth > MAX_BODY_DEPTH:
            raise StructureError(f"groups nested deeper than {MAX_BODY_DEPTH}")
        inner: list[tuple[Element, Body, Node, int]] = []
        model.actions.extend(read_actions(model, parent_element, context))
        for element in parent_element:
            name = local_name(element.tag) if isinstance(element.tag, str) else ""
            if name in CONTROLS:
                _read_control(model, element, name, parent, context)
            elif name in {"group", "repeat"}:
                made, node = _read_container(model, element, name, parent, context)
                target = element if made.kind is not NodeKind.REPEAT else _repeat_inside(element, name)
                inner.append((target, made, node, depth + 1))
        todo.extend(reversed(inner))
    _summarize(root)
    return root


def _repeat_inside(element: Element, name: str) -> Element:
    return element if name == "repeat" else next(child for child in element if local_name(child.tag) == "repeat")


def _find(model: Model, element: Element, context: Node, name: str) -> Node:
    path = element.get("ref") or element.get("nodeset") or element.get("bind") or ""
    node = model.find(path, context)
    if node is None:
        raise StructureError(f"{name} of a node that the instance does not have", ref=path.strip())
    return node


def _texts(body: Body, element: Element) -> None:
    for child in element:
        name = local_name(child.tag)
        if name == "label" and body.label is None:
            body.label = text_source(child)
        elif name == "hint" and body.hint is None:
            body.hint = text_source(child)


def text_source(element: Element) -> TextSource:
    """Tell where the text of a label, hint or value is."""
    ref = (element.get("ref") or "").strip()
    if ref.startswith("jr:itext(") and ref.endswith(")"):
        inside = ref[9:-1].strip()
        if inside[:1] in {"'", '"'}:
            return TextSource(itext=inside[1:-1])
    return TextSource(element=element, literal=ref)


def _parameters(element: Element, node: Node) -> dict[str, str]:
    found = {local_name(key): value for key, value in element.attrib.items() if local_name(key) not in _NOT_PARAMETERS}
    found.update(node.bind.extra)
    return found


def _read_control(model: Model, element: Element, name: str, parent: Body, context: Node) -> None:
    node = _find(model, element, context, name)
    if node.scope is not parent.scope:
        raise StructureError(f"{name} stands outside of the repeat of its node", ref=node.path)
    if node.holds_nodes():
        raise StructureError(f"{name} of a node that holds others: a group cannot be answered", ref=node.path)
    body = Body(NodeKind.QUESTION, name, node.path, node, node.scope, parent)
    body.appearance = tuple((element.get("appearance") or "").split())
    body.parameters = _parameters(element, node)
    _texts(body, element)
    for child in element:
        tag = local_name(child.tag)
        if tag == "item":
            value = child.find(f"{{{XFORMS}}}value")
            label = child.find(f"{{{XFORMS}}}label")
            text = (value.text or "").strip() if value is not None else ""
            body.items.append(Item(text, text_source(label) if label is not None else None))
        elif tag == "itemset":
            body.itemset = _read_itemset(child, node)
    if name == "input" and body.itemset is None:
        body.itemset = external_itemset(model, element)
        body.control = name if body.itemset is None else "select1"
    body.constraint_message = message_source(node.bind.constraint_message)
    body.required_message = message_source(node.bind.required_message)
    model.actions.extend(read_actions(model, element, node))
    if node.body is not None:
        model.warnings.append(f"{node.path}: a second control, ignored")
        return
    node.body = body
    parent.children.append(body)


def _read_itemset(element: Element, node: Node) -> Itemset:
    value = element.find(f"{{{XFORMS}}}value")
    label = element.find(f"{{{XFORMS}}}label")
    nodeset = (element.get("nodeset") or "").strip()
    value_ref = (value.get("ref") or "").strip() if value is not None else ""
    if not nodeset or not value_ref:
        raise StructureError("an itemset needs a nodeset and a value", ref=node.path)
    label_ref = (label.get("ref") or "").strip() if label is not None else ""
    itemset = Itemset(nodeset, value_ref, label_ref or value_ref)
    if label_ref.startswith("jr:itext(") and label_ref.endswith(")"):
        itemset.label, itemset.label_is_itext = label_ref[9:-1].strip(), True
    return itemset


def _read_container(model: Model, element: Element, name: str, parent: Body, context: Node) -> tuple[Body, Node]:
    if name == "repeat":
        return _read_repeat(model, element, None, parent, context)
    repeats = [child for child in element if local_name(child.tag) == "repeat"]
    path = (element.get("ref") or element.get("nodeset") or "").strip()
    others = [child for child in element if local_name(child.tag) not in {"repeat", "label", "hint"}]
    if len(repeats) == 1 and not others and (not path or path == _path_of(repeats[0])):
        return _read_repeat(model, repeats[0], element, parent, context)
    if not path:
        ref = f"{parent.ref}/#{len(parent.children) + 1}"
        body = Body(NodeKind.GROUP, "group", ref, None, parent.scope, parent)
        node = context
    else:
        node = _find(model, element, context, name)
        if node.scope is not parent.scope:
            raise StructureError("group stands outside of the repeat of its node", ref=node.path)
        if node.is_repeat or node.body is not None or node.parent is None or node is context:
            # The same element again (a repeat's own, for instance), or the whole form: a frame for looks only.
            body = Body(NodeKind.GROUP, "group", f"{parent.ref}/#{len(parent.children) + 1}", None, node.scope, parent)
        else:
            body = Body(NodeKind.GROUP, "group", node.path, node, node.scope, parent)
            node.body = body
    body.appearance = tuple((element.get("appearance") or "").split())
    body.parameters = _parameters(element, node) if body.node is not None else {}
    _texts(body, element)
    parent.children.append(body)
    return body, node


def _path_of(repeat: Element) -> str:
    return (repeat.get("nodeset") or repeat.get("ref") or "").strip()


def _read_repeat(
    model: Model, element: Element, frame: Element | None, parent: Body, context: Node
) -> tuple[Body, Node]:
    """Read a repeat; the group that wraps it (`frame`) gives its label and appearance."""
    node = _find(model, element, context, "repeat")
    if node.scope.parent is not parent.scope:
        raise StructureError("repeat stands outside of the repeat around its node", ref=node.path)
    if node.body is not None:
        raise StructureError("two repeats of one node", ref=node.path)
    body = Body(NodeKind.REPEAT, "repeat", node.path, node, node.scope, parent)
    outer = frame if frame is not None else element
    looks = [(outer.get("appearance") or ""), (element.get("appearance") or "") if frame is not None else ""]
    body.appearance = tuple(" ".join(looks).split())
    _texts(body, outer)
    body.count_source = (element.get(f"{{{JAVAROSA}}}count") or "").strip()
    body.no_add_remove = (element.get(f"{{{JAVAROSA}}}noAddRemove") or "").strip() in {"true()", "true"}
    node.body = body
    node.scope.body = body
    parent.children.append(body)
    return body, node


def _summarize(root: Body) -> None:
    """Give each container the slots of its questions and the repeats below it, in the order of the body."""
    order = [root]
    for body in order:
        order.extend(body.children)
    for body in reversed(order):
        slots: list[int] = []
        repeats: list[Body] = []
        for child in body.children:
            if child.kind is NodeKind.REPEAT:
                repeats.append(child)
            elif child.kind is NodeKind.QUESTION:
                assert child.node is not None  # noqa: S101  (for the type checker: a question has a node)
                slots.append(child.node.slot)
            else:
                slots.extend(child.slots)
                repeats.extend(child.repeats)
        body.slots = tuple(slots)
        body.repeats = tuple(repeats)


def questions(scope: Scope) -> list[Node]:
    """List the nodes of a scope that a control shows."""
    return [node for node in scope.nodes if node.body is not None and node.body.kind is NodeKind.QUESTION]
