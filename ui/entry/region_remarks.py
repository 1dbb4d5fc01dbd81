# SPDX-License-Identifier: EUPL-1.2
"""What the region asks to correct, on the page of the correction: beside each question that it names, and on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldkit.errors import FieldkitError, NotFoundError
from fieldkit.instance import State
from fieldkit.standing import Comment, question_refs, read_comment
from forms.errors import FormError
from ui import states
from ui.entry.sections import node_title
from ui.i18n import plural, translate
from ui.widgets import Banner

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldkit.instance import Instance
    from forms import FormSession
    from forms.views import NodeView
    from ui.entry.page import EntryPage
    from ui.kit import Kit

ICON = "message-square-text"
LONGEST = 600  # characters beside questions: more would leave no room for them


def comment_for(kit: Kit, instance_id: str, session: FormSession) -> Comment | None:
    """Return the region's comment on what a draft corrects (or on a returned record itself), None if there is none."""
    instances = kit.store.instances
    instance = instances.get(instance_id)
    try:
        asked = instance if instance.state is State.RETURNED else instances.get(instance.deprecated_id)
    except NotFoundError:
        return None  # corrects nothing, or what another machine sent
    if asked.state is not State.RETURNED or not asked.reason_text:
        return None
    return read_comment(asked.reason_text, question_refs(session))


def named_remarks(kit: Kit, instance: Instance) -> tuple[str, list[tuple[str, str]]]:
    """Return the region's comment on a returned record: its general part, then (question, words).

    A record whose form cannot be opened any more has it all as the general part.
    """
    whole = states.refusal(instance)
    if not instance.reason_text:
        return whole, []
    try:
        session = kit.open_session(instance.instance_id)
    except (FieldkitError, FormError):
        return whole, []
    comment = read_comment(instance.reason_text, question_refs(session))
    return comment.general, [(question_name(session.node, ref), text) for ref, text in comment.pinned.items()]


def question_name(node: Callable[[str], NodeView], ref: str, *, inside: bool = False) -> str:
    """Return what people call a question; one of a list's entries with its number, and the list unless one is `inside`.

    « Lignes de dépense n° 2, Libellé ».
    """
    title = node_title(node(ref))
    entries, found, number = ref.rpartition("]")[0].rpartition("[")
    if not found:
        return title
    if inside:
        return translate("Entry", "n° {number}, {question}").format(number=number, question=title)
    named = translate("Entry", "{list} n° {number}, {question}")
    return named.format(list=node_title(node(entries)), number=number, question=title)


def remark(text: str) -> Banner:
    """Return what stands under the words of a question."""
    return Banner("review", translate("Entry", "La région demande"), _short(text), icon=ICON)


def banners(page: EntryPage) -> tuple[Banner, ...]:
    """Return what stands above the questions, nothing if the region asks for no correction."""
    comment = page.desk.comment
    if comment is None:
        return ()
    count = len(comment.pinned)
    parts = [_short(comment.general)] if comment.general else []
    if count:
        words = plural(
            count,
            translate("Entry", "{n} remarque est à côté de sa question."),
            translate("Entry", "{n} remarques sont à côté de leur question."),
        )
        parts.append(words.format(n=count))
    title = translate("Entry", "Corrections demandées par la région")
    return (Banner("review", title, "\n".join(parts), icon=ICON),)


def _short(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    rest = translate("Entry", "Le commentaire entier est dans « Collecte », à côté de la réponse.")
    return f"{text[:LONGEST].rstrip()}…\n{rest}"
