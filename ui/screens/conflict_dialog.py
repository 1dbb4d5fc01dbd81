# SPDX-License-Identifier: EUPL-1.2
"""What is asked before a refused record is corrected: which version to keep, and what goes with those that wait for it.

An app user can read nothing back from the region. So the user's version stands beside the last one that was delivered
from here, and the window says plainly that the region's own cannot be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from fieldkit import resolving
from fieldkit.errors import FieldkitError
from forms.errors import FormError
from ui import dates, states, theme, todo
from ui.i18n import plural, translate
from ui.screens.dossier_dialogs import answers_in_words, question_of
from ui.widgets import Label, RadioTile, column, label, scrolled
from ui.widgets.dialogs import Dialog

if TYPE_CHECKING:
    from fieldkit.dossier.merge import Conflict
    from fieldkit.instance import Instance
    from forms import FormSession
    from ui.kit import Kit

WIDTH = 600  # pixels, of what is shown and chosen
LIST_HEIGHT = 200  # pixels; beyond, the list scrolls
SHORT_LIST = 130  # … in big type, so that four ways find room below it on 768 lines
BIG = 115  # percent of the text's size
SHOWN = 6  # names of records that wait

Way = tuple[str, str, str]  # value, words, description


class _Asking(Dialog):
    """A dialog with ways to choose from; nothing is done until one goes on."""

    def _offer(self, ways: Sequence[Way], name: str) -> None:
        self._tiles: dict[str, RadioTile] = {}
        group = QButtonGroup(self)
        tiles = column(spacing=7)
        for value, words, description in ways:
            tile = RadioTile(words, description=description)
            tile.setAccessibleName(f"{name} : {words}")
            tile.setMinimumWidth(WIDTH)
            group.addButton(tile)
            tiles.addWidget(tile)
            self._tiles[value] = tile
        self._tiles[ways[0][0]].setChecked(True)
        self.title.setMinimumWidth(WIDTH - 50)
        self.body.addLayout(tiles)

    def _fit(self) -> None:
        """Be as high as the texts are at this width: their own wish is that of a narrow column."""
        width = max(self.minimumWidth(), WIDTH + 48)
        self.resize(width, self.heightForWidth(width))

    def pick(self, value: str) -> None:
        """Choose a way, as a click on its tile does."""
        self._tiles[value].setChecked(True)

    def choose(self, value: str) -> None:
        """Close with the way that is chosen."""
        chosen = next(way for way, tile in self._tiles.items() if tile.isChecked())
        super().choose(chosen if value == "go" else value)


class ConflictDialog(_Asking):
    """The user's version beside the last one delivered from here; `newer` is the version that the list names."""

    def __init__(self, kit: Kit, instance: Instance, parent: QWidget) -> None:
        store = kit.store
        outdated = instance.reason == resolving.OUT_OF_DATE
        super().__init__(*_head(outdated=outdated), parent, icon="copy", kind="draft")
        self.newer = resolving.named_newer(store, instance.instance_id) if outdated else ""
        last = resolving.last_delivered(store, instance.instance_id)
        mine = resolving.tip_of(store, instance.instance_id)
        self.body.addWidget(self._comparison(kit, mine, last))
        self._offer(_ways(self.newer), todo.place_of(instance))
        self.add_button(translate("Conflict", "Exporter un dossier…"), "export", "ghost")
        self.add_button(translate("Conflict", "Plus tard"))
        self.add_button(translate("Conflict", "Continuer"), "go", "primary")
        self._fit()

    def _comparison(self, kit: Kit, mine: str, last: str) -> QWidget:
        if not last:
            text = translate("Conflict", "Rien n’a encore été envoyé d’ici sous ce numéro : il n’y a rien à comparer.")
            return label(text, "body", "text2", True)
        instance, sent = kit.store.instances.get(mine), kit.store.instances.get(last)
        try:
            form = kit.form(instance.form_id, instance.form_version)
            found = resolving.differences(kit.store, mine, last, form)
            session = kit.session_of(form, kit.store.instances.frozen_xml(mine))
        except (FieldkitError, FormError):  # told where the record is opened; the choice does not hang on it
            return label(translate("Conflict", "Les réponses ne peuvent pas être comparées."), "body", "text2", True)
        when = dates.saved_at(sent.submitted_at or sent.changed_at)
        content = QWidget()
        lines = column(spacing=10, margins=(0, 0, 8, 0))
        for one in found:
            lines.addLayout(_difference(session, one, when))
        if not found:
            text = translate("Conflict", "Vos réponses sont celles de votre dernier envoi ({when}).").format(when=when)
            lines.addWidget(label(text, "body", "text2", True))
        lines.addStretch(1)
        content.setLayout(lines)
        area = scrolled(content)
        area.setMinimumWidth(WIDTH)
        limit = LIST_HEIGHT if theme.text_scale() <= BIG else SHORT_LIST
        area.setFixedHeight(min(limit, content.sizeHint().height() + 4))
        area.setAccessibleName(translate("Conflict", "Ce que vous avez changé"))
        return area


def _head(*, outdated: bool) -> tuple[str, str]:
    unread = translate("Conflict", "Votre accès ne permet pas de lire la version de la région.")
    if outdated:
        return (
            translate("Conflict", "Quelqu’un d’autre a corrigé cette réponse"),
            f"{unread} "
            + translate("Conflict", "Voici ce que vous avez changé depuis votre dernier envoi. Rien n’est perdu."),
        )
    return (
        translate("Conflict", "La région a une autre réponse sous ce numéro"),
        f"{unread} " + translate("Conflict", "La vôtre reste sur cet ordinateur, quoi que vous choisissiez."),
    )


def _ways(newer: str) -> list[Way]:
    ways = [
        (
            "draft",
            translate("Conflict", "Reprendre en brouillon"),
            translate("Conflict", "Relisez-la d’abord. Rien ne part avant que vous la terminiez."),
        ),
        (
            "region",
            translate("Conflict", "Garder celle de la région"),
            translate("Conflict", "La vôtre est mise de côté : elle reste lisible et ne part pas."),
        ),
        (
            "new",
            translate("Conflict", "Envoyer la mienne comme nouvelle réponse"),
            translate("Conflict", "La région aura les deux réponses, la vôtre sous un nouveau numéro."),
        ),
    ]
    if newer:
        words = translate("Conflict", "Envoyer la mienne à la place de la version {number}")
        text = translate(
            "Conflict", "C’est la version que nomme la liste de la région. La vôtre la remplacera en entier."
        )
        ways.append(("newer", words.format(number=states.receipt_number(newer)), text))
    return ways


def _difference(session: FormSession, one: Conflict, when: str) -> QVBoxLayout:
    """Return the lines of one question: its name, what was sent, what the user has now."""
    sent = translate("Conflict", "Envoyé {when} : {answer}").format(
        when=when, answer=answers_in_words(session, one.ref, one.theirs)
    )
    mine = translate("Conflict", "Ma version : {answer}").format(answer=answers_in_words(session, one.ref, one.mine))
    if one.mine == one.theirs:  # a file was taken again under its old name
        mine = translate("Conflict", "Ma version : le même nom, un autre fichier")
    name = question_of(session, one.ref)
    return column(label(name, "strong", wrap=True), Label(sent, "small", "text2", True), Label(mine, "body", wrap=True),
                  spacing=1)  # fmt: skip


class FollowersDialog(_Asking):
    """A refused record for which finished ones wait: all again in order, or this one is corrected first."""

    def __init__(self, kit: Kit, instance: Instance, parent: QWidget) -> None:
        waiting = kit.store.parked.followers(instance.instance_id)
        title = plural(
            len(waiting),
            translate("Conflict", "{n} réponse terminée attend celle-ci"),
            translate("Conflict", "{n} réponses terminées attendent celle-ci"),
        )
        text = plural(
            len(waiting),
            translate("Conflict", "Elle s’appuie sur celle-ci : la région doit d’abord la recevoir."),
            translate("Conflict", "Elles s’appuient sur celle-ci : la région doit d’abord la recevoir."),
        )
        super().__init__(title.format(n=len(waiting)), text, parent, icon="layers", kind="draft")
        for one in waiting[:SHOWN]:
            self.body.addWidget(Label(todo.place_of(one), "body", wrap=True))
        if (rest := len(waiting) - SHOWN) > 0:
            more = plural(rest, translate("Conflict", "et {n} autre"), translate("Conflict", "et {n} autres"))
            self.body.addWidget(label(more.format(n=rest), "small", "text2"))
        edited = bool(resolving.edits_of(kit.store, instance.instance_id))
        self._offer(_follower_ways(edited=edited), todo.place_of(instance))
        self.add_button(translate("Conflict", "Plus tard"))
        self.add_button(translate("Conflict", "Continuer"), "go", "primary")
        self._fit()


def _follower_ways(*, edited: bool) -> list[Way]:
    kept = translate("Conflict", "Les autres continuent d’attendre et partent après elle.")
    if edited:
        kept = translate(
            "Conflict", "Vous partez de sa dernière version ; les corrections déjà terminées sont mises de côté."
        )
    return [
        (
            "resend",
            translate("Conflict", "Tout renvoyer dans l’ordre"),
            translate("Conflict", "Telles quelles, celle-ci d’abord : utile si la région a levé ce qui la bloquait."),
        ),
        ("correct", translate("Conflict", "Corriger celle-ci d’abord"), kept),
    ]
