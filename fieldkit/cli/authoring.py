# SPDX-License-Identifier: EUPL-1.2
"""`check` and `fill`: for authors who try a form without the window."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit.answer_files import AnswerFileError, apply_answers
from fieldkit.cli import files
from fieldkit.cli.answer import Answer, ExitCode
from fieldkit.cli.author_rows import engine_warnings, fault_of
from fieldkit.cli.errors import AnswersError, SourceError, UnknownLanguageError
from fieldkit.cli.faults import Fault, Survey, find_faults, in_order
from fieldkit.cli.messages import tell
from fieldkit.cli.rule_faults import appearance_faults, rule_faults
from fieldkit.cli.sheets import Sheet, read_sheets
from fieldkit.cli.sources import FormSource, read_form
from fieldkit.encryption import ATTRIBUTE, check_key
from fieldkit.errors import UnusableKey
from forms.errors import FormError
from forms.views import EntityChange, EntityProblem, NodeKind, NodeView, Violation, ViolationKind

if TYPE_CHECKING:
    from forms import FormDef, FormSession

_RULES = {
    ViolationKind.REQUIRED: "an answer is required",
    ViolationKind.CONSTRAINT: "the answer breaks the rule of this question",
    ViolationKind.TYPE: "the answer is not of the type of this question",
    ViolationKind.CHOICE: "the answer is not in the list of choices",
}


def check(arguments: Namespace) -> Answer:
    """Read a form and say what is wrong with it, where; the exit code tells whether it can be used."""
    sheets, survey, faults = _examined(arguments.form)
    try:
        source = read_form(arguments.form)
        form, session = _open(source)
    except (FormError, SourceError) as error:
        return _refused(arguments.form, error, sheets, survey, faults)
    counts = Counter(node.kind for node in _walk(session))
    faults = [fault for fault in faults if not fault.error]  # the compiler took it: not an error after all
    if sheets:
        faults = in_order([*faults, *engine_warnings(form, survey)])
    told = [*source.warnings, *(fault.line() for fault in faults)] if sheets else [*source.warnings, *form.warnings]
    told += [*_key_warnings(form), *_unread_entities(form)]
    data = {
        "valid": True,
        "form_id": form.form_id,
        "version": form.version,
        "title": form.title,
        "hash": form.hash,
        "languages": list(form.languages),
        "attachments": list(form.attachments),
        "questions": counts[NodeKind.QUESTION],
        "groups": counts[NodeKind.GROUP],
        "repeats": counts[NodeKind.REPEAT],
        "warnings": told,
        "faults": [_fault_data(fault) for fault in faults],
        "errors": [],
    }
    found = ", ".join(_count(counts[kind], kind) for kind in (NodeKind.QUESTION, NodeKind.GROUP, NodeKind.REPEAT))
    lines = [
        f"{form.title} ({form.form_id}, version {form.version or 'none'})",
        f"{found}; {_languages(form)}",
        *(f"warning: {warning}" for warning in told),
        f"The form can be used, with {_count(len(told), 'warning')}." if told else "The form can be used.",
    ]
    return Answer(tuple(lines), data)


def _key_warnings(form: FormDef) -> Iterator[str]:
    """Yield what is wrong with the public key: the form can be filled, but no record of it could be finished."""
    if key := form.submission.get(ATTRIBUTE):
        try:
            check_key(form.form_id, key)
        except UnusableKey as error:
            yield f"the public key cannot be used, so no record could be finished: {error.cause}"


def _unread_entities(form: FormDef) -> Iterator[str]:
    if form.entities and form.submission.get(ATTRIBUTE):
        cause = "the records are encrypted, so the server cannot read what they do to entities"
        yield f"{cause}: no list changes, there or here"


def fill(arguments: Namespace) -> Answer:
    """Put answers from a JSON file into a form and write the instance; nothing is written if a rule is broken."""
    answers = _read_answers(Path(arguments.answers))
    try:
        form, session = _open(read_form(arguments.form))
    except (FormError, SourceError) as error:  # told by row, as `check` does
        return _refused(arguments.form, error, *_examined(arguments.form))
    if arguments.language:
        _speak(session, arguments.language)
    try:
        misfits = apply_answers(session, answers)
    except AnswerFileError as error:
        raise AnswersError(Path(arguments.answers), f"no answer can have the shape of {error.ref or 'this'}") from error
    violations = [] if arguments.draft else session.validate()
    out = Path(arguments.out)
    entities = session.entities()
    data = {
        "valid": not violations and not misfits,
        "form_id": form.form_id,
        "instance_id": session.instance_id,
        "instance_name": session.instance_name,
        "out": "",
        "entities": [_entity_data(one) for one in entities],
        "no_place": [{"ref": one.ref, "cause": one.cause} for one in misfits],
        "violations": [{"ref": one.ref, "kind": str(one.kind), "message": one.message} for one in violations],
    }
    trouble = [f"{one.ref}: this answer found no place: {one.cause}" for one in misfits]
    trouble += [f"{one.ref}: {_violation_text(session, one)}" for one in violations]
    if trouble:
        count = _count(len(trouble), "problem")
        return Answer((f"{count}: nothing was written.",), data, ExitCode.FAILED, tuple(trouble))
    files.write(out, session.draft_xml() if arguments.draft else session.finalize().xml)
    data["out"] = str(out)
    what = "draft" if arguments.draft else "finalized instance"
    lines = (f"{out}: {what} {session.instance_id}", *map(_entity_line, entities))
    unread = [f"warning: {one}" for one in _unread_entities(form)] if entities else []
    return Answer(lines, data, trouble=(*unread, *(_entity_trouble(one) for one in entities if one.problem)))


def _entity_data(change: EntityChange) -> dict[str, object]:
    return {
        "dataset": change.dataset,
        "id": change.entity_id,
        "action": _action(change),
        "label": change.label,
        "properties": dict(change.properties),
        "base_version": change.base_version,
        "trunk_version": change.trunk_version,
        "branch_id": change.branch_id,
        "problem": str(change.problem),
    }


def _action(change: EntityChange) -> str:
    return " or ".join(word for word, done in (("create", change.create), ("update", change.update)) if done)


def _entity_line(change: EntityChange) -> str:
    label = f" “{change.label}”" if change.label else ""
    return f"list {change.dataset}: {_action(change)}{label} ({change.entity_id or 'no id'})"


def _entity_trouble(change: EntityChange) -> str:
    cause = {
        EntityProblem.BAD_ID: f"its id “{change.entity_id}” is not a UUID",
        EntityProblem.NO_LABEL: "it has no label",
    }[change.problem]
    return f"The server will take the record, but not what it does to an entity of {change.dataset}: {cause}."


def _examined(name: str) -> tuple[dict[str, Sheet], Survey, list[Fault]]:
    """Read the sheets of a form, if it has some, and find their faults."""
    path = Path(name)
    sheets = read_sheets(path) if path.exists() else {}
    survey, faults = find_faults(sheets)
    return sheets, survey, in_order([*faults, *rule_faults(sheets, survey)])


def _refused(
    name: str, error: FormError | SourceError, sheets: dict[str, Sheet], survey: Survey, faults: Sequence[Fault]
) -> Answer:
    """Tell all that stands against a form that could not be opened because of `error`."""
    if not any(fault.error for fault in faults):  # else the compiler says the same in its own words
        faults = [*faults, fault_of(error, sheets, survey, Path(name).suffix.lower())]
    return _refusal(name, error, in_order([*faults, *appearance_faults(sheets)]), by_row=bool(sheets))


def _speak(session: FormSession, language: str) -> None:
    """Take a language of the form by its name or its code in brackets: "Deutsch (de)" or "de"."""
    for name in session.form.languages:
        if language in {name, name.rpartition("(")[2].rstrip(")")}:
            session.set_language(name)
            return
    raise UnknownLanguageError(language, session.form.languages)


def _open(source: FormSource) -> tuple[FormDef, FormSession]:
    from forms import FormSession, load_form

    form = load_form(source.xml, source.media)
    return form, FormSession(form)


def _refusal(name: str, error: FormError | SourceError, faults: Sequence[Fault], *, by_row: bool) -> Answer:
    """Tell why a form cannot be used: by the rows of its sheets if it has some, else in the engine's words."""
    errors = [fault for fault in faults if fault.error] if by_row else []
    data = {
        "valid": False,
        "warnings": [fault.line() for fault in faults if not fault.error],
        "faults": [_fault_data(fault) for fault in faults],
        "errors": [_error_data(error, fault.line(), fault) for fault in errors] or [_error_data(error, tell(error))],
    }
    warnings = tuple(f"warning: {fault.line()}" for fault in faults if not fault.error)
    lines = (*warnings, f"{name} cannot be used.")
    return Answer(lines, data, ExitCode.FAILED, tuple(fault.line() for fault in errors) or (tell(error),))


def _error_data(error: FormError | SourceError, message: str, fault: Fault | None = None) -> dict[str, object]:
    place = {} if fault is None else _fault_data(fault)
    return {
        "kind": type(error).__name__,
        "ref": getattr(error, "ref", ""),
        "expression": getattr(error, "expression", ""),
        "position": getattr(error, "position", None),
        "line": getattr(error, "line", None),
        "cause": error.cause,
        **place,
        "message": message,
    }


def _fault_data(fault: Fault) -> dict[str, object]:
    return {
        "kind": str(fault.kind),
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
        "cause": fault.cause,
        "severity": "error" if fault.error else "warning",
    }


def _walk(session: FormSession, ref: str = "") -> Iterator[NodeView]:
    for node in session.children(ref):
        yield node
        if node.kind is not NodeKind.QUESTION:
            yield from _walk(session, node.ref)


def _languages(form: FormDef) -> str:
    return f"languages: {', '.join(form.languages)}" if form.languages else "one language"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _violation_text(session: FormSession, violation: Violation) -> str:
    node = session.node(violation.ref)
    label = f"“{' '.join(node.label.value.split())}”: " if node.label and node.label.value else ""
    return f"{label}{violation.message or _RULES[violation.kind]}"


def _read_answers(path: Path) -> dict[str, object]:
    try:
        answers = json.loads(files.read(path))
    except (ValueError, RecursionError) as error:
        raise AnswersError(path, str(error)) from error
    if not isinstance(answers, dict):
        raise AnswersError(path, "the answers are not a JSON object")
    return answers
