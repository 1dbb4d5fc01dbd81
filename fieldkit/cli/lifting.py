# SPDX-License-Identifier: EUPL-1.2
"""`lift`: a draft goes to a newer version of its form, and back."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fieldkit.cli.answer import Answer
from fieldkit.cli.reading import folder_of
from fieldkit.workspace import Workspace

if TYPE_CHECKING:
    from forms.lift import LiftedAnswer

_WORDS = {
    "type": "it is not of the type that the question has now",
    "choice": "it is not in the list any more",
    "constraint": "it breaks the rule that the question has now",
    "gone": "the question is gone",
    "several": "several answers would have one place",
    "computed": "the form computes it now",
    "counted": "the form asks for fewer entries now",
}


def lift(arguments: Namespace) -> Answer:
    """Bring a draft to another version of its form, or back; --dry-run only tells."""
    from fieldkit import lifting

    with Workspace.open(folder_of(arguments)) as workspace:
        store = workspace.store
        if arguments.undo:
            lost = lifting.undo_lift(store, arguments.instance_id)
            version = store.instances.get(arguments.instance_id).form_version
            data: dict[str, Any] = {"version": version, "lost": [{"ref": one.ref, "value": one.new} for one in lost]}
            trouble = tuple(f"{one.ref}: {one.new!r} has no place in version {version}" for one in lost)
            return Answer((f"The draft is of version {version} again.",), data, trouble=trouble)
        work = lifting.preview if arguments.dry_run else lifting.lift_draft
        result = work(store, arguments.instance_id, arguments.to)
        instance = store.instances.get(arguments.instance_id)
        target = store.blank_forms.get(instance.form_id, arguments.to, instance.account_id).version
    counts = f"{len(result.kept)} kept, {len(result.changed)} to look at, {len(result.orphaned)} without a place"
    would = "would be" if arguments.dry_run else "is now"
    data = {
        "version": target,
        "written": not arguments.dry_run,
        "kept": _rows(result.kept),
        "changed": _rows(result.changed),
        "orphaned": _rows(result.orphaned),
    }
    lines = [f"The draft {would} of version {target}: {counts}."]
    lines += [f"to look at: {_line(one)}" for one in result.changed]
    lines += [f"without a place: {_line(one)}" for one in result.orphaned]
    if not arguments.dry_run:
        lines.append(f"`fieldkit lift {arguments.instance_id} --undo` goes back.")
    return Answer(tuple(lines), data)


def _rows(answers: Sequence[LiftedAnswer]) -> list[dict[str, Any]]:
    return [
        {"ref": one.ref, "value": one.value, "label": one.label, "new_ref": one.new_ref, "loss": str(one.loss or "")}
        for one in answers
    ]


def _line(answer: LiftedAnswer) -> str:
    label = f" “{answer.label}”" if answer.label else ""
    return f"{answer.ref}{label}: {answer.value!r}: {_WORDS[str(answer.loss)]}"
