# SPDX-License-Identifier: EUPL-1.2
"""Entities: the things that records of a form make and update in lists shared by forms (ODK XForms Entities).

A form declares them by `entity` elements inside `meta` elements, of the form or of its groups and repeats, and says by
`entities:saveto` which answers are their properties. What a record does is read from its bytes: those that are sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from forms.definition import Node
from forms.document import Element, local_name, read_document
from forms.errors import FormError, InstanceError, NewerEntitiesError, StructureError
from forms.views import EntityChange, EntityProblem

if TYPE_CHECKING:
    from forms.form import FormDef
    from forms.parse import Model

NAMESPACE: Final = "http://www.opendatakit.org/xforms/entities"
SUPPORTED: Final = "2025.1.0"
OFFLINE_SINCE: Final = (2024, 1)  # "Versions": clients change their lists only for forms of this version or later
_VERSION: Final = re.compile(r"(\d{1,9})\.(\d{1,9})(?:\.\d+)?").fullmatch
_RESERVED: Final = frozenset({"name", "label"})
_UUID: Final = re.compile(r"(?:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE).fullmatch

Path = tuple[str, ...]
"""Local names from the root of the instance, or below a container."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """The entity of one container (the form, a group, a repeat): where it is, and which answers it saves."""

    container: Path
    saves: tuple[tuple[str, Path], ...]  # property, path below the container


# --- the definition ---


def check_entities(model: Model) -> str:
    """Return the version of the form's entities, "" if it names none, and warn of what will not be saved.

    Raises NewerEntitiesError ("Versioning": clients must refuse it) and StructureError for an entity of no dataset.
    """
    version = str(model.element.get(f"{{{NAMESPACE}}}entities-version", "")).strip()
    if version and not (0, 0) < _numbers(version) <= _numbers(SUPPORTED):
        raise NewerEntitiesError(version, SUPPORTED)
    nodes = _below(model.root)
    for container, path in _containers(model.primary):
        entity = _at(container, ("meta", "entity"))
        if entity is None:
            continue
        ref = "/".join(("", *path, "meta", "entity"))
        dataset = model.find(f"{ref}/@dataset")
        if dataset is None or not (entity.get("dataset", "").strip() or dataset.bind.calculate):
            raise StructureError("an entity that names no dataset", ref=ref)
        if not version:
            model.warnings.append("no entities-version: what records do to entities is seen on the server only")
    for node in nodes:
        name = node.bind.extra.get("saveto", "").strip()
        if name and (trouble := _trouble(node, name)):
            model.warnings.append(f"{node.path}: {trouble}")
    return version


def _numbers(version: str) -> tuple[int, int]:
    found = _VERSION(version)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _trouble(node: Node, name: str) -> str:
    """Tell why an answer is not saved to a property, or may not be."""
    container = _container(node)
    if container is None:
        return f"saved to the property {name}, but no entity is declared around it"
    if container.scope is not node.scope:
        return f"saved to the property {name}, but its entity is outside the repeat: it is not saved"
    if name in _RESERVED or name.startswith("__"):
        return f"saved to the property {name}, a name that entity lists keep for themselves"
    return ""


def declared_entities(root: Node) -> tuple[Declaration, ...]:
    """List the entities that a form declares."""
    nodes = _below(root)
    saves: dict[Node, list[tuple[str, Path]]] = {
        node: [] for node in nodes if node.children and _entity_of(node) is not None
    }
    for node in nodes if saves else ():
        name = node.bind.extra.get("saveto", "").strip()
        container = _container(node) if name else None
        if container is not None and container.scope is node.scope:
            saves[container].append((name, _names(node)[len(_names(container)) :]))
    return tuple(Declaration(_names(node), tuple(found)) for node, found in saves.items())


def _entity_of(node: Node) -> Node | None:
    meta = next((child for child in node.children if local_name(child.tag) == "meta"), None)
    return next((child for child in meta.children if local_name(child.tag) == "entity"), None) if meta else None


def _container(node: Node) -> Node | None:
    """Find the nearest group, repeat or form around a node that has an entity ("saveto": the nearest ancestor's)."""
    return next((around for around in node.ancestors() if _entity_of(around) is not None), None)


def _names(node: Node) -> Path:
    return tuple(reversed([local_name(one.tag) for one in (node, *node.ancestors())]))


def _below(root: Node) -> list[Node]:
    found = [root]
    for node in found:
        found.extend(node.children)
    return found


def _containers(root: Element) -> Iterator[tuple[Element, Path]]:
    """Yield the elements of an instance that have children, each with its path, in the order of the document."""
    stack: list[tuple[Element, Path]] = [(root, (local_name(root.tag),))]
    while stack:
        element, path = stack.pop()
        yield element, path
        stack.extend((child, (*path, local_name(child.tag))) for child in reversed(element) if len(child))


# --- a record ---


def changes_offline(form: FormDef) -> bool:
    """Whether records of the form change the lists on this computer, before any server has seen them."""
    return bool(form.entities) and _numbers(form.entities_version) >= OFFLINE_SINCE


def entity_changes(form: FormDef, instance_xml: bytes) -> tuple[EntityChange, ...]:
    """Read what a finalized record does to entities, in the order of the document. Raises InstanceError.

    An entity whose `create` and `update` are neither "1" nor "true" is left out ("Declaring that a form creates
    entities"), and so is what is irrelevant: it is not in the bytes.
    """
    declared = {one.container: one for one in form.entities}
    if not declared:
        return ()
    try:
        root = read_document(instance_xml).root
    except FormError as error:
        raise InstanceError(error.cause, form=form.form_id) from error
    found = []
    for container, path in _containers(root):
        one = declared.get(path)
        entity = _at(container, ("meta", "entity")) if one is not None else None
        if one is not None and entity is not None and (change := _change(container, entity, one)):
            found.append(change)
    return tuple(found)


def _change(container: Element, entity: Element, declared: Declaration) -> EntityChange | None:
    create, update = (entity.get(name, "") in {"1", "true"} for name in ("create", "update"))
    if not (create or update):
        return None
    answers = [(name, _at(container, path)) for name, path in declared.saves]
    entity_id = entity.get("id", "").strip()
    label = _text(_at(entity, ("label",)))
    problem = EntityProblem.NONE
    if not _UUID(entity_id):
        problem = EntityProblem.BAD_ID
    elif not update and not label.strip():
        problem = EntityProblem.NO_LABEL
    return EntityChange(
        dataset=entity.get("dataset", "").strip(),
        entity_id=entity_id,
        create=create,
        update=update,
        label=label,
        properties={name: _text(answer) for name, answer in answers if answer is not None},
        base_version=entity.get("baseVersion", ""),
        trunk_version=entity.get("trunkVersion", ""),
        branch_id=entity.get("branchId", ""),
        problem=problem,
    )


def _at(element: Element, path: Path) -> Element | None:
    found: Element | None = element
    for name in path:
        found = next((child for child in found if local_name(child.tag) == name), None) if found is not None else None
    return found


def _text(element: Element | None) -> str:
    return (element.text or "") if element is not None else ""
