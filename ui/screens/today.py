# SPDX-License-Identifier: EUPL-1.2
"""« Aujourd’hui » : resume where you were, what to do next, what is safe and what waits, how far the territory is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from fieldkit import typography
from fieldkit.instance import State
from ui import conflicts, dates, i18n, pack_words, states, theme, todo
from ui.i18n import plural, translate
from ui.known_forms import APPLICATION, DIAGNOSTIC
from ui.screens.connection_card import ConnectionCard
from ui.screens.page import ActionRow, Page, PlaceBar, ShortcutCard
from ui.widgets.buttons import Button, ToolButton
from ui.widgets.feedback import EmptyState
from ui.widgets.indicators import Ring
from ui.widgets.layout import Card, column, row
from ui.widgets.text import label

if TYPE_CHECKING:
    from fieldkit.instance import Instance
    from fieldkit.territory import Commune
    from ui.kit import Kit

SHOWN = 5
COMMUNES_SHOWN = 10
RIGHT_WIDTH = 312


class TodayScreen(Page):
    """The first screen; built again from the store at each `refresh`."""

    def __init__(self, kit: Kit) -> None:
        search = ToolButton("search", translate("Today", "Rechercher partout (Ctrl+K)"))
        new = Button(translate("Today", "Nouvelle collecte"), "plus", "primary")
        super().__init__(translate("Today", "Bonjour"), search, new)
        self.kit = kit
        search.clicked.connect(lambda: kit.screen_asked.emit("search", ""))
        new.clicked.connect(lambda: kit.screen_asked.emit("new", ""))
        self._resume: Button | None = None
        self._all = False
        self._drawn_running = False
        self._connection: ConnectionCard | None = None
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._on_enter)
        kit.connection.changed.connect(self._on_connection_changed)

    def refresh(self) -> None:
        """Read the store and draw everything again."""
        instances = self.kit.store.instances.search(limit=1000)
        communes = self.kit.communes()
        self._write_head(communes)
        resume = next((one for one in instances if one.state is State.DRAFT and one.answered), None)
        lines = todo.build(instances, self.kit.refused(), communes, resume.instance_id if resume else "")
        left = column(spacing=14)
        if resume is not None:
            left.addWidget(self._hero(resume))
        left.addWidget(self._todo_card(lines))
        recent = instances[:3]
        if recent:
            left.addWidget(label(translate("Today", "Récents"), "h3"))
            left.addLayout(self._recents(recent))
        left.addStretch(1)
        right = QWidget()
        right.setFixedWidth(min(theme.px(RIGHT_WIDTH), 360))
        self._connection = ConnectionCard(self.kit.connection.story())
        self._drawn_running = self.kit.connection.running
        cards = (self._connection, *self._call_cards(instances), self._territory_card(instances, communes))
        right.setLayout(column(*cards, None, spacing=14))
        self.show_content(row((left, 1), right, spacing=16), keep_place=True)

    def _on_connection_changed(self) -> None:
        if not self.isVisible():
            return
        if self._connection is not None and self._drawn_running and self.kit.connection.running:
            # Several times a second: only what changes, or no button of the page could be pressed meanwhile.
            self._connection.show_progress(self.kit.connection.story())
        else:
            self.refresh()

    def _on_enter(self) -> None:
        if self._resume is not None and self._resume.isVisible():
            self._resume.click()

    def _write_head(self, communes: tuple[Commune, ...]) -> None:
        parts = [dates.weekday_and_day(dates.today())]
        place = self.kit.territory()
        if place is not None:
            parts.append(place_title(place.level, place.name))
        if len(communes) > 1:
            parts.append(translate("Today", "{n} communes").format(n=len(communes)))
        self.subtitle.setText(" · ".join(parts))

    def _hero(self, instance: Instance) -> Card:
        go = Button(translate("Today", "Continuer"), kind="primary", trailing_icon="arrow-right")
        go.clicked.connect(lambda: self.kit.record_asked.emit(instance.instance_id))
        self._resume = go
        detail = translate("Today", "{answered} · enregistré {when}").format(
            answered=states.answered(instance.answered, instance.asked), when=dates.saved_at(instance.changed_at)
        )
        section = section_name(instance)
        if section:
            detail = f"{typography.quoted(section)} · {detail}"
        words = column(
            label(translate("Today", "Reprendre où vous étiez"), "overline", "primary_text"),
            label(todo.place_of(instance), "h2", wrap=True),
            label(detail, "small", "text2", True),
            spacing=4,
        )
        ring = Ring(states.percent(instance))
        return Card(row(ring, 4, (words, 1), go, spacing=14), margins=(20, 16, 20, 16))

    def _todo_card(self, lines: list[todo.Todo]) -> QWidget:
        count = label(str(len(lines)), "body", "text2")
        head = row(label(translate("Today", "À faire"), "h3"), count, None, margins=(8, 0, 4, 0))
        shown = lines if self._all else lines[:SHOWN]
        if len(lines) > SHOWN:
            words = translate("Today", "Réduire") if self._all else translate("Today", "Tout voir")
            more = Button(words, kind="ghost")
            more.clicked.connect(self._on_more)
            head.addWidget(more)
        rows = []
        for line in shown:
            action = ActionRow(line.icon, line.kind, line.title, line.text, line.chip_kind, line.chip)
            action.clicked.connect(lambda _checked=False, line=line: self._do(line))
            rows.append(action)
        if not rows:
            return self._nothing()
        return Card(head, *rows, spacing=0, margins=(12, 10, 12, 10))

    def _nothing(self) -> QWidget:
        choose = Button(translate("Today", "Choisir un territoire"), "map-pin")
        choose.clicked.connect(lambda: self.kit.screen_asked.emit("settings", "territory"))
        begun = self.kit.territory() is not None
        title = translate("Today", "Tout est à jour") if begun else translate("Today", "Rien à faire pour l’instant")
        text = (
            translate(
                "Today",
                "Chaque commune de votre territoire a son diagnostic. Ouvrez une nouvelle collecte à tout moment.",
            )
            if begun
            else translate("Today", "Choisissez votre territoire : Field Kit vous propose les diagnostics à commencer.")
        )
        state = EmptyState("circle-check" if begun else "map-pin", title, text, None if begun else choose)
        return Card(state)

    def _on_more(self) -> None:
        self._all = not self._all
        self.refresh()

    def _do(self, line: todo.Todo) -> None:
        if line.action == "send":
            self.kit.screen_asked.emit("outbox", "")
        elif line.action == "begin":
            self.kit.record_asked.emit(self.kit.new_record(DIAGNOSTIC, commune_nis=line.target))
        elif line.action == "see":
            self.kit.screen_asked.emit("records", line.target)
        elif line.action == "correct":
            conflicts.correct(self.kit, line.target, self.window())
        else:
            self.kit.record_asked.emit(line.target)

    def _recents(self, instances: list[Instance]) -> QHBoxLayout:
        box = row(spacing=12)
        for one in instances:
            icon = "clipboard-list" if one.form_id == DIAGNOSTIC else "folder-kanban"
            title, _, place = todo.place_of(one).partition(" — ")
            parts = (place or states.commune_name(one.commune_nis), dates.relative_day(one.changed_at))
            card = ShortcutCard(icon, title, " · ".join(part for part in parts if part))
            card.clicked.connect(lambda _checked=False, key=one.instance_id: self.kit.screen_asked.emit("records", key))
            box.addWidget(card, 1)
        for _ in range(3 - len(instances)):
            box.addStretch(1)
        return box

    def _call_cards(self, instances: list[Instance]) -> list[QWidget]:
        """Return the open call that closes first, with the days that are left; nothing before the first record."""
        if not instances:
            return []
        coming = [
            (call.deadline, call) for call in self.kit.library.calls() if not call.closed and call.deadline is not None
        ]
        coming = [(day, call) for day, call in coming if day >= dates.today()]
        if not coming:
            return []
        day, call = min(coming, key=lambda pair: pair[0])
        left = (day - dates.today()).days
        count = column(
            label(str(left), "h1", "draft_fg"),
            label(plural(left, translate("Today", "jour"), translate("Today", "jours")), "caption", "draft_fg"),
            None,  # the number and its word stay together beside a long text
            spacing=0,
        )
        words = translate("Today", "Clôture le {day}").format(day=dates.short_day(day))
        project = next((one for one in instances if one.form_id == APPLICATION and one.state is State.DRAFT), None)
        if project is not None:
            done = typography.percent(states.percent(project))
            words = translate("Today", "{closing} · dossier rempli à {done}").format(closing=words, done=done)
        told = column(label(call.titles["fr"], "strong", wrap=True), label(words, "small", "text2", True), spacing=2)
        notice = pack_words.call_notice(call)
        if notice:
            told.addWidget(label(notice, "small", "draft_fg", True))
        return [Card(row(count, (told, 1), spacing=14))]

    def _territory_card(self, instances: list[Instance], communes: tuple[Commune, ...]) -> QWidget:
        if not communes:
            return QWidget()
        best = best_by_commune(instances)
        begun = sum(1 for one in communes if one.nis in best)
        total = plural(
            begun, translate("Today", "{n} commune sur {total}"), translate("Today", "{n} communes sur {total}")
        )
        head = row(
            label(translate("Today", "Territoire"), "h3"),
            None,
            label(total.format(n=begun, total=len(communes)), "small", "text2"),
        )
        card = Card(head, spacing=0)
        card.body.addSpacing(4)
        ordered = sorted(communes, key=lambda one: (one.nis not in best, one.name))
        for commune in ordered[:COMMUNES_SHOWN]:
            card.body.addWidget(self._place_bar(commune, best.get(commune.nis)))
        hidden = len(communes) - COMMUNES_SHOWN
        if hidden > 0:
            words = plural(hidden, translate("Today", "et {n} autre"), translate("Today", "et {n} autres"))
            card.body.addSpacing(6)
            card.body.addWidget(label(words.format(n=hidden), "caption", "text2"))
        return card

    def _place_bar(self, commune: Commune, instance: Instance | None) -> PlaceBar:
        if instance is None:
            bar = PlaceBar(commune.name, translate("Today", "À commencer"), 0, "neutral")
            line = todo.Todo("begin", commune.nis, "", "", "", "")
            bar.clicked.connect(lambda: self._do(line))
            return bar
        if instance.state is State.DRAFT:
            percent = states.percent(instance)
            bar = PlaceBar(commune.name, typography.percent(percent), percent, "draft")
            bar.clicked.connect(lambda: self.kit.record_asked.emit(instance.instance_id))
            return bar
        badge = states.badge_of(instance)
        role = {"error": "err", "sent": "ok"}.get(badge.kind, "info")
        bar = PlaceBar(commune.name, badge.text, 100, role, badge.icon)
        bar.clicked.connect(lambda: self.kit.results_asked.emit(instance.instance_id))
        return bar


def best_by_commune(instances: list[Instance]) -> dict[str, Instance]:
    """Return for each commune the diagnostic that tells most: sent, else finished, else the fullest draft."""
    rank = {State.SUBMITTED: 3, State.FINALIZED: 2, State.RETURNED: 1, State.REJECTED: 1}  # others last
    found: dict[str, Instance] = {}
    for one in instances:
        if one.form_id != DIAGNOSTIC or not one.commune_nis:
            continue
        held = found.get(one.commune_nis)
        if held is None or (rank.get(one.state, 0), one.answered) > (rank.get(held.state, 0), held.answered):
            found[one.commune_nis] = one
    return found


def place_title(level: str, name: str) -> str:
    """Return « GAL Pays des Condruses », « Commune d’Incourt » style names: the level in words, then the name."""
    if level == "gal":
        return translate("Today", "GAL {name}").format(name=name.removeprefix("GAL "))
    return translate("Today", "Commune : {name}").format(name=name)


def section_name(instance: Instance) -> str:
    """Return the axis of a diagnostic where the user stopped, "" elsewhere: read from the ref, no form is loaded."""
    if instance.form_id != DIAGNOSTIC or not instance.current_ref:
        return ""
    from fieldkit.framework import axes

    here = f"{instance.current_ref}/"
    found = next((axis for axis in axes() if here.startswith(f"{axis.group_ref}/")), None)
    return found.labels.get(i18n.current(), found.labels["fr"]) if found is not None else ""
