# SPDX-License-Identifier: EUPL-1.2
"""The same actions through every engine: what each shows after each of them."""

from __future__ import annotations

import json
import math
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from bench.peers.conversation import Conversation
from forms import FormSession, NodeKind, NodeView, NotValidError, ViolationKind, load_form

Action = Sequence[str]  # set, ref, type, text | add, repeat | remove, instance | lang, name


@dataclass
class Ours:
    """The kit's engine going through the actions one by one; `states` as a peer answers them.

    `selects` and `labelled` are the paths whose choices and labels are compared, `instance` is one saved before ("" = a
    new one), `files` what comes with the form.
    """

    form: str
    selects: Iterable[str]
    labelled: Iterable[str] = ()
    instance: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin the form."""
        self.session = FormSession(
            load_form(self.form.encode(), self._attachment), instance_xml=self.instance.encode() or None
        )
        self.verdicts: list[str] = []
        self.actions: list[Action] = []
        self.states = [self.state()]

    def _attachment(self, name: str) -> bytes:
        if name not in self.files:
            raise FileNotFoundError(name)
        return self.files[name].encode()

    def act(self, action: Action) -> None:
        """Do one action as the peers do: an answer that breaks its constraint is taken back."""
        what, ref = action[0], action[1]
        verdict = ""
        if what == "set":
            before = self.session.value(ref)
            self.session.answer(ref, action[3])
            broken = self.session.node(ref).violation
            verdict = "invalid" if broken is not None and broken.kind is ViolationKind.CONSTRAINT else "valid"
            if verdict == "invalid":
                self.session.answer(ref, before)
        elif what == "add":
            self.session.add_repeat(ref)
        elif what == "remove":
            self.session.remove_repeat(ref)
        else:
            self.session.set_language(ref)
        self._drop_what_is_no_longer_offered()
        self.actions.append(action)
        self.verdicts.append(verdict)
        self.states.append(self.state())

    def _drop_what_is_no_longer_offered(self) -> None:
        """Peers clear such answers by themselves; the kit keeps them for the person to decide (forms/DAG.md)."""
        while lost := [v for v in self.session.validate() if v.kind is ViolationKind.CHOICE]:
            ref = lost[0].ref
            offered = {choice.value for choice in self.session.choices(ref)}
            self.session.answer(ref, " ".join(v for v in self.session.value(ref).split() if v in offered))

    def state(self) -> dict[str, Any]:
        """Everything the form shows now; values and relevance of what has no control come from the draft's XML."""
        root = ET.fromstring(self.session.draft_xml())  # noqa: S314  (written by the engine)
        values: dict[str, str] = {}
        _leaves(root, f"/{_local(root)}", self.repeats, values)
        hidden: list[str] = []
        choices: dict[str, list[list[str]]] = {}
        labels: dict[str, str] = {}
        for ref in (*values, *_inner(values)):
            path = re.sub(r"\[\d+\]", "", ref)
            if not _relevant(self.session, ref):
                hidden.append(ref)
                continue
            if path in self.selects:
                choices[ref] = [[c.value, c.label.value] for c in self.session.choices(ref)]
            if path in self.labelled:
                label = self.session.node(ref).label
                labels[ref] = label.value if label is not None else ""
        return {"values": values, "irrelevant": hidden, "choices": choices, "labels": labels}

    @property
    def repeats(self) -> frozenset[str]:
        """Generic paths of the repeats."""
        return frozenset(n.path for n in self.session.form.nodes.values() if n.is_repeat)

    def final_xml(self) -> str:
        """Write the instance as it would be sent; of an instance with violations there is none: ""."""
        try:
            return self.session.finalize().xml.decode()
        except NotValidError:
            return ""

    def questions(self) -> list[str]:
        """List the refs of the questions that a person can answer now."""
        return [n.ref for n in self._shown() if n.kind is NodeKind.QUESTION and not n.readonly]

    def repeat_lists(self) -> list[NodeView]:
        """List the repeats that a person sees now."""
        return [n for n in self._shown() if n.kind is NodeKind.REPEAT]

    def _shown(self) -> Iterator[NodeView]:
        todo = list(self.session.children())
        while todo:
            node = todo.pop(0)
            if node.relevant:
                yield node
                if node.kind is not NodeKind.QUESTION:
                    todo = [*self.session.children(node.ref), *todo]


def _relevant(session: FormSession, ref: str) -> bool:
    """Whether a node is relevant, also one without a control: a truth that only the frames know."""
    from forms.navigation import locate  # noqa: PLC0415  (the engine's inside)

    spot = locate(session, ref)
    return bool(spot.frame.rel[spot.node.slot]) if spot.node is not None else True


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _leaves(element: ET.Element, ref: str, repeats: frozenset[str], values: dict[str, str]) -> None:
    if not len(element):
        values[ref] = element.text or ""
    seen: dict[str, int] = {}
    for child in element:
        name = _local(child)
        seen[name] = seen.get(name, 0) + 1
        below = f"{ref}/{name}"
        if name == "meta":
            continue  # random or of the moment
        if re.sub(r"\[\d+\]", "", below) in repeats:
            below += f"[{seen[name]}]"
        _leaves(child, below, repeats, values)


def _inner(refs: Iterable[str]) -> list[str]:
    """Refs of the groups and instances around the leaves."""
    found: dict[str, None] = {}
    for ref in refs:
        steps = ref.split("/")
        for end in range(3, len(steps)):
            found["/".join(steps[:end])] = None
    return list(found)


def peer_trace(peer: Conversation, ours: Ours) -> dict[str, Any]:
    """Do the same with a peer."""
    request = {
        "form": ours.form,
        "selects": dict.fromkeys(ours.selects, 1),
        "labelled": dict.fromkeys(ours.labelled, 1),
        "instance": ours.instance,
        "files": dict(ours.files),
        "actions": ours.actions,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trace.json"
        file.write_text(json.dumps(request), encoding="utf-8")
        return peer.ask("trace", file)


def same(mine: str, other: str) -> bool:
    """Equal as texts, or as numbers to 1 in 10⁹: engines write decimals differently, and the space between points."""
    mine, other = mine.replace("; ", ";"), other.replace("; ", ";")
    if mine == other:
        return True
    try:
        return math.isclose(float(mine), float(other), rel_tol=1e-9, abs_tol=1e-12)
    except ValueError:
        return bool(re.search(r"\d", mine)) and _rounded(mine) == _rounded(other)


def _rounded(text: str) -> str:
    """Write the numbers in a text one way: they may be inside a concatenation."""
    return re.sub(r"-?\d+(?:\.\d+)?(?:E-?\d+)?", lambda found: f"{float(found[0]):.9g}", text)


def differences(ours: Ours, theirs: Mapping[str, Any]) -> list[str]:
    """List what differs, one line each; meta is left out: it is random or of the moment."""
    found: list[str] = []
    if "error" in theirs:
        found.append("error: " + _first_lines(theirs["error"]))
    for step, (mine, other) in enumerate(zip(ours.states, theirs.get("states", []), strict=False)):
        after = "at the start" if step == 0 else f"after {ours.actions[step - 1]}"
        found += [f"{line} {after}" for line in _state_differences(mine, other)]
    verdicts = theirs.get("verdicts", [])
    for action, mine, other in zip(ours.actions, ours.verdicts, verdicts, strict=False):
        if mine != other:
            found.append(f"verdict {mine} / {other} on {action}")
    if not found and (xml := ours.final_xml()):
        found += _xml_differences(xml, theirs["xml"])
    return found


def _first_lines(error: str) -> str:
    return " ".join(line for line in error.splitlines() if not line.lstrip().startswith("at "))[:600]


def _state_differences(mine: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    hidden = set(mine["irrelevant"]) | set(other["irrelevant"])
    found = []
    for ref in sorted(set(mine["values"]) | set(other["values"])):
        a, b = mine["values"].get(ref, "no node"), other["values"].get(ref, "no node")
        if "/meta" not in ref and ref not in hidden and not same(a, b):
            found.append(f"{ref}: {a!r} / {b!r}")
    for ref in sorted(set(mine["irrelevant"]) ^ set(other["irrelevant"])):
        if "/meta" in ref:
            continue
        found.append(f"{ref}: {'irrelevant / relevant' if ref in mine['irrelevant'] else 'relevant / irrelevant'}")
    for ref in sorted(set(mine["choices"]) | set(other["choices"])):
        a, b = mine["choices"].get(ref), other["choices"].get(ref)
        if a != b and a is not None and b is not None:
            found.append(f"{ref}: offers {a} / {b}")
    for ref in sorted(set(mine["labels"]) & set(other["labels"])):
        a, b = (" ".join(labels[ref].split()) for labels in (mine["labels"], other["labels"]))
        if not same(a, b):
            found.append(f"{ref}: label {a!r} / {b!r}")
    return found


def _xml_differences(mine: str, other: str) -> list[str]:
    a, b = sent_answers(mine), sent_answers(other)
    return [
        f"sent {ref}: {a.get(ref)!r} / {b.get(ref)!r}"
        for ref in sorted(set(a) | set(b))
        if not same(a.get(ref, ""), b.get(ref, ""))
    ]


def sent_answers(xml: str) -> dict[str, str]:
    """Answers in a sent instance, with the positions of all repeated names; empty ones are no answers."""
    root = ET.fromstring(xml)  # noqa: S314  (written by the engines)
    found: dict[str, str] = {}

    def read(element: ET.Element, ref: str) -> None:
        if not len(element) and element.text and "/meta" not in ref:
            found[ref] = element.text
        seen: dict[str, int] = {}
        for child in element:
            name = _local(child)
            seen[name] = seen.get(name, 0) + 1
            if not any(_local(ET.Element(key)) == "template" for key in child.attrib):
                read(child, f"{ref}/{name}[{seen[name]}]")

    read(root, "")
    return found
