# SPDX-License-Identifier: EUPL-1.2
"""« Projets » : the applications, how complete each is, and a new one from a diagnostic."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from fieldkit import typography
from fieldkit.instance import Instance, State
from ui import conflicts, dates, icons, pack_words, states, theme, todo
from ui.i18n import plural, translate
from ui.known_forms import APPLICATION, DIAGNOSTIC
from ui.screens.page import HIGH, LOW, ActionRow, Page
from ui.widgets.buttons import Button
from ui.widgets.dialogs import Dialog
from ui.widgets.feedback import EmptyState
from ui.widgets.indicators import chip_size, paint_chip, paint_ring_gauge
from ui.widgets.layout import Card, column, row, scrolled
from ui.widgets.painting import CARD_RADIUS, draw_text, focus_visible, paint_ring, painter_of, rounded
from ui.widgets.text import label

if TYPE_CHECKING:
    from fieldkit.call import Call
    from ui.kit import Kit


class ProjectsScreen(Page):
    """The list of applications, the open calls beside it."""

    def __init__(self, kit: Kit) -> None:
        self._new = Button(translate("Projects", "Nouveau projet"), "plus", "primary")
        super().__init__(translate("Projects", "Projets"), self._new)
        self.kit = kit
        self._new.clicked.connect(self.start)

    def refresh(self) -> None:
        """Read the store and draw everything again."""
        found = self.kit.store.instances.search(form_id=APPLICATION, limit=500)
        corrected = {one.deprecated_id for one in found}
        projects = [one for one in found if one.instance_id not in corrected]
        self._new.setVisible(bool(projects))
        count = plural(len(projects), translate("Projects", "{n} projet"), translate("Projects", "{n} projets")).format(
            n=len(projects)
        )
        self.subtitle.setText(count if projects else "")
        self.show_content(self._list(projects) if projects else column((self._empty(), 1)))

    def _empty(self) -> QWidget:
        begin = Button(translate("Projects", "Partir d’un diagnostic"), "radar", "primary")
        begin.clicked.connect(self.start)
        calls = Button(translate("Projects", "Voir les appels"), "calendar")
        calls.clicked.connect(self._show_calls)
        return EmptyState(
            "folder-kanban",
            translate("Projects", "Pas encore de projet"),
            translate(
                "Projects",
                "Partez d’un besoin relevé par un diagnostic, ou d’un appel ouvert. Field Kit reprend les réponses "
                "déjà données.",
            ),
            row(begin, calls),
        )

    def _list(self, projects: list[Instance]) -> QHBoxLayout:
        left = column(spacing=10)
        for one in projects:
            card = ProjectCard(one, states.badge_of(one, self.kit.store.dossiers.said_of(one)))
            card.clicked.connect(partial(self._open, one))
            left.addWidget(card)
        left.addStretch(1)
        right = QWidget()
        right.setFixedWidth(312)
        right.setLayout(column(self._calls_card(), None, spacing=12))
        return row((left, 1), right, spacing=16)

    def _calls_card(self) -> Card:
        card = Card(label(translate("Projects", "Appels à projets"), "h3"), spacing=8)
        for call in self.kit.library.calls():
            lines = column(
                label(call.titles["fr"], "strong", wrap=True), label(call_line(call), "small", "text2", True), spacing=1
            )
            if not call.closed:
                lines.addWidget(label(rules_line(call), "caption", "text2", True))
            if notice := pack_words.call_notice(call):
                lines.addWidget(label(notice, "small", "draft_fg", True))
            elif call.received is not None:
                lines.addWidget(label(pack_words.short_origin(call.received), "caption", "text2", True))
            card.body.addLayout(lines)
        return card

    def _show_calls(self) -> None:
        dialog = Dialog(translate("Projects", "Appels à projets"), parent=self.window(), icon="calendar")
        dialog.body.addWidget(self._calls_card())
        dialog.add_button(translate("Projects", "Fermer"), kind="primary")
        dialog.exec()
        dialog.deleteLater()

    def _open(self, instance: Instance) -> None:
        if instance.state in {State.RETURNED, State.REJECTED}:
            conflicts.correct(self.kit, instance.instance_id, self.window())
        else:
            self.kit.record_asked.emit(instance.instance_id)

    def start(self) -> None:
        """Choose the diagnostic that the project starts from, or none, and begin."""
        dialog = start_dialog(self.kit, self.window())
        dialog.exec()
        if dialog.answer:
            source = "" if dialog.answer == "none" else dialog.answer
            self.kit.begin_project(source)
        dialog.deleteLater()


def start_dialog(kit: Kit, parent: QWidget) -> Dialog:
    """Return the question « de quel diagnostic ? »; its answer is an instance_id, "none", or "" for no."""
    found = kit.store.instances.search(form_id=DIAGNOSTIC, limit=50)
    text = (
        translate("Projects", "Commune, scores et priorités sont repris dans le dossier. Vous pouvez tout modifier.")
        if found
        else translate(
            "Projects", "Aucun diagnostic pour l’instant. Commencez par un dossier vide, ou par un diagnostic."
        )
    )
    title = translate("Projects", "De quel diagnostic partir ?") if found else translate("Projects", "Nouveau projet")
    dialog = Dialog(title, text, parent, icon="folder-kanban", kind="review")
    rows = column(spacing=2)
    for one in found:
        badge = states.badge_of(one)
        words = f"{states.answered(one.answered, one.asked)} · {dates.relative_day(one.changed_at)}"
        line = ActionRow("radar", "ok", todo.place_of(one), words, badge.kind, badge.text)
        line.clicked.connect(partial(dialog.choose, one.instance_id))
        rows.addWidget(line)
    rows.addStretch(1)
    holder = QWidget()
    holder.setLayout(rows)
    if found:
        area = scrolled(holder)
        area.setMinimumSize(560, min(360, 66 * len(found)))
        dialog.body.addWidget(area)
    dialog.add_button(translate("Projects", "Annuler"))
    dialog.add_button(translate("Projects", "Dossier vide"), "none", icon="file-plus")
    return dialog


def call_line(call: Call) -> str:
    """Return what there is to know of a call in one line."""
    if call.closed:
        return translate("Projects", "Clôturé, gardé comme modèle")
    parts = []
    if call.demonstration:
        parts.append(translate("Projects", "Démonstration"))
    if call.deadline is not None:
        left = (call.deadline - dates.today()).days
        day = dates.short_day(call.deadline)
        parts.append(
            plural(
                left,
                translate("Projects", "clôture le {day}, dans {n} jour"),
                translate("Projects", "clôture le {day}, dans {n} jours"),
            ).format(day=day, n=left)
            if left >= 0
            else translate("Projects", "clôturé depuis le {day}").format(day=day)
        )
    return " · ".join(parts) or translate("Projects", "Pas de date de clôture connue")


def rules_line(call: Call) -> str:
    """Return how the rules of a call are known, and since when: « Règles : 2 vues, 9 hypothèses · le 22 nov. »."""
    from fieldkit.call import Status

    words = {
        Status.SEEN: (translate("Projects", "{n} vue"), translate("Projects", "{n} vues")),
        Status.REMEMBERED: (translate("Projects", "{n} de mémoire"), translate("Projects", "{n} de mémoire")),
        Status.ASSUMED: (translate("Projects", "{n} hypothèse"), translate("Projects", "{n} hypothèses")),
    }
    counts = Counter(parameter.status for parameter in call.parameters.values())
    told = ", ".join(plural(counts[one], *words[one]).format(n=counts[one]) for one in Status if counts[one])
    text = translate("Projects", "Règles : {rules} · vérifiées le {day}")
    line = text.format(rules=told, day=dates.short_day(call.checked_on))
    return " · ".join((line, *call.sources)) if call.received is not None else line


class ProjectCard(QPushButton):
    """One application: ring of completeness, name, where it stands."""

    def __init__(self, instance: Instance, badge: states.Badge) -> None:
        super().__init__()
        self._instance = instance
        self._badge = badge
        self._percent = states.percent(instance)
        self._name = todo.place_of(instance)
        self._second = translate("Projects", "{answered} · modifié {when}").format(
            answered=states.answered(instance.answered, instance.asked), when=dates.saved_at(instance.changed_at)
        )
        self.setAccessibleName(f"{self._name}. {self._badge.text}. {self._second}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the room for two lines and a ring."""
        return QSize(320, theme.px(76))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        painter = painter_of(self)
        body = QRectF(self.rect())
        ground = theme.color("hover" if self.underMouse() else "surface")
        rounded(painter, body, CARD_RADIUS, ground, theme.color("border"))
        if focus_visible(self):
            paint_ring(painter, body, CARD_RADIUS)
        middle = self.height() / 2
        ring = QRectF(16, middle - 22, 44, 44)
        paint_ring_gauge(painter, ring, self._percent, 5, "ok" if self._percent >= 100 else "primary")
        centre = Qt.AlignmentFlag.AlignCenter
        number = typography.integer(self._percent)
        draw_text(painter, ring, number, theme.font("caption_strong"), "text", centre)
        icons.paint_icon(painter, QRectF(self.width() - 34, middle - 9, 18, 18), "chevron-right", "text2")
        size = chip_size(self._badge.text, self._badge.icon)
        left = self.width() - 46 - size.width()
        chip = QRectF(left, middle - size.height() / 2, size.width(), size.height())
        paint_chip(painter, chip, self._badge.kind, self._badge.text, self._badge.icon)
        width = left - 76 - 12
        draw_text(painter, QRectF(76, 0, width, middle), self._name, theme.font("h3"), "text", LOW)
        draw_text(painter, QRectF(76, middle + 2, width, middle), self._second, theme.font("small"), "text2", HIGH)
        painter.end()
