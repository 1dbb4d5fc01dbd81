# SPDX-License-Identifier: EUPL-1.2
"""What forms and instances say of entities: `<meta><entity …>` and `entities:saveto` (ODK XForms Entities 2025.1.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.safe_xml import UnsafeXmlError, child, local_name, parse_xml, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SAVETO = "{http://www.opendatakit.org/xforms/entities}saveto"
UUID = re.compile(r"(?:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
YES = frozenset({"1", "true"})
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntityWish:
    """What one entity element of an instance asks for, as it stands there; `base` and `trunk` may be ""."""

    dataset: str
    entity_id: str
    label: str
    create: bool
    update: bool
    base: str
    trunk: str
    branch: str
    data: dict[str, str]


def wishes_of(form_xml: bytes, instance_xml: bytes) -> list[EntityWish]:
    """Return what an instance asks for, in its order; nothing if it is cut short (it is taken all the same)."""
    saves = _saves(parse_xml(form_xml))
    try:
        root = parse_xml(instance_xml)
    except UnsafeXmlError:
        return []
    return [
        _wish(entity, dict(_properties(container, path, saves)))
        for container, path in _containers(root)
        if (entity := _entity(container)) is not None
    ]


def properties_saved(form: Element) -> dict[str, tuple[str, ...]]:
    """Return the lists that a form makes entities of, and which properties it saves to each."""
    saves = _saves(form)
    found: dict[str, tuple[str, ...]] = {}
    for container, path in _containers(form):
        entity = _entity(container)
        if entity is not None and (name := (entity.get("dataset") or "").strip()):
            # In a form the containers lie below html/head/model/instance: paths of binds begin at the instance's root.
            below = path[path.index("instance") + 1 :] if "instance" in path else path
            names = dict.fromkeys(save for save, _ in _properties(container, below, saves))
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *names)))
    return found


def _wish(entity: Element, data: dict[str, str]) -> EntityWish:
    return EntityWish(
        dataset=(entity.get("dataset") or "").strip(),
        entity_id=(entity.get("id") or "").strip(),
        label=text_of(entity, "label"),
        create=entity.get("create") in YES,
        update=entity.get("update") in YES,
        base=(entity.get("baseVersion") or "").strip(),
        trunk=(entity.get("trunkVersion") or "").strip(),
        branch=(entity.get("branchId") or "").strip(),
        data=data,
    )


def _saves(form: Element) -> dict[Path, str]:
    return {
        tuple(step.rpartition(":")[2] for step in (bind.get("nodeset") or "").strip("/ ").split("/")): name.strip()
        for bind in form.iter()
        if local_name(bind) == "bind" and (name := bind.get(SAVETO))
    }


def _properties(container: Element, path: Path, saves: dict[Path, str]) -> Iterator[tuple[str, str]]:
    """Yield what is saved inside a container, but for what is inside a nearer one."""
    for each in container:
        below = (*path, local_name(each))
        if below in saves:
            yield saves[below], each.text or ""
        elif _entity(each) is None:
            yield from _properties(each, below, saves)


def _containers(root: Element, path: Path = ()) -> Iterator[tuple[Element, Path]]:
    here = (*path, local_name(root))
    yield root, here
    for each in root:
        if len(each):
            yield from _containers(each, here)


def _entity(container: Element) -> Element | None:
    meta = child(container, "meta")
    return child(meta, "entity") if meta is not None else None
