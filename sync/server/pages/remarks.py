# SPDX-License-Identifier: EUPL-1.2
"""The review of a record: a decision, a comment, and a remark beside each answer that needs one.

A remark becomes a line of the comment that begins with its question's name: so the author's program puts it beside the
question, and every other program shows it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sync.server.pages.markup import Html, hidden, join, tag
from sync.server.pages.wording import DECISIONS, REVIEWS

if TYPE_CHECKING:
    from sync.server.pages.answers_shown import Shown

FORM_ID = "avis"
PREFIX = "remarque "
MAX_COMMENT = 5000


def comment_of(given: Mapping[str, str]) -> str:
    """Return the comment of a form that was sent: its text, then a line for each line of a remark."""
    lines = [given.get("comment", "").strip()]
    for key, text in given.items():
        if key.startswith(PREFIX):
            name = key.removeprefix(PREFIX)
            lines += [f"{name}\u00a0: {line.strip()}" for line in text.splitlines() if line.strip()]
    return "\n".join(line for line in lines if line)


def fault_of(state: str, comment: str) -> str:
    """Return what is wrong with a review in one sentence, "" if nothing is."""
    if state == "hasIssues" and not comment:
        return "Dites ce qui est à corriger, dans le commentaire ou à côté d’une réponse."
    if len(comment) > MAX_COMMENT:
        return f"Raccourcissez le commentaire et les remarques\u00a0: {len(comment)} signes, {MAX_COMMENT} au plus."
    return ""


def review_form(action: str, csrf: str, state: str, given: Mapping[str, str], *, told: bool) -> Html:
    """Return the form; `given` is what was sent and refused, so that nothing has to be written again."""
    chosen = given.get("state", state)
    choices = [
        tag(
            "label",
            tag("input", type="radio", name="state", value=each, checked=each == chosen, required=True),
            " ",
            REVIEWS[each] if each else "Reçu, sans avis",
        )
        for each in DECISIONS
    ]
    reach = (
        "L’auteur lit tout cela à son prochain échange, chaque remarque à côté de sa question."
        if told
        else "Cet envoi n’a pas de fiche avec un statut dans une liste\u00a0: l’auteur ne verra pas cet avis chez lui."
    )
    aside = " Pour une réponse précise, écrivez plutôt une remarque à côté d’elle, plus bas." if told else None
    return tag(
        "form",
        hidden(csrf),
        tag("fieldset", tag("legend", "Décision"), *choices),
        tag("p", tag("label", "Commentaire", for_="comment"), class_="field"),
        tag("textarea", given.get("comment", ""), id="comment", name="comment", rows="4", maxlength=str(MAX_COMMENT)),
        tag("p", reach, aside, class_="hint"),
        tag("p", tag("button", "Enregistrer l’avis", class_="main")),
        method="post",
        action=action,
        id=FORM_ID,
    )


def remark_box(shown: Shown, given: Mapping[str, str]) -> Html:
    """Return what opens beside an answer to write a remark in."""
    name = f"{PREFIX}{shown.name}"
    text = given.get(name, "")
    entry = tag("textarea", text, name=name, form=FORM_ID, rows="2", aria_label=f"Remarque sur\u00a0: {shown.label}")
    return tag("details", tag("summary", "Remarque"), entry, class_="remark", open=bool(text))


def again() -> Html:
    """Return the button once more, for below the answers."""
    return join(tag("p", tag("button", "Enregistrer l’avis", class_="main", form=FORM_ID), class_="foot"))
