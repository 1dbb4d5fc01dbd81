# SPDX-License-Identifier: EUPL-1.2
"""Ctrl+K: one field that finds places of the program, records and guides, and goes there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QStyledItemDelegate, QVBoxLayout, QWidget

from fieldkit.folding import fold
from ui import icons, states, theme, todo
from ui.i18n import translate
from ui.navigation import PLACES, title_of
from ui.screens.page import HIGH, LOW
from ui.widgets.fields import SearchField
from ui.widgets.painting import TILE_RADIUS, draw_text, rounded

if TYPE_CHECKING:
    from ui.kit import Kit

RECORDS = 8
GUIDES = 5
OTHERS = 4
_HIT = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: `screen` and `target` say where it is."""

    icon: str
    title: str
    text: str
    screen: str
    target: str = ""


def find(kit: Kit, text: str) -> list[Hit]:
    """Return what `text` finds: places first, then records, one's own before received ones, then guides.

    Nothing typed lists the places.
    """
    wanted = fold(text).strip()
    places = [
        Hit(icon, title_of(name), translate("Palette", "Écran"), name)
        for name, icon in (*PLACES, ("settings", "settings"))
        if wanted in fold(title_of(name))
    ]
    if not wanted:
        return places
    found = kit.store.instances.search(text, limit=RECORDS)
    records = [
        Hit(
            "folder-kanban" if one.source_id else "clipboard-list",
            todo.place_of(one),
            " · ".join(p for p in (states.badge_of(one).text, states.commune_name(one.commune_nis)) if p),
            "record",
            one.instance_id,
        )
        for one in found
    ]
    from fieldkit.received import Choice

    others = [
        Hit(
            "inbox",
            " – ".join(dict.fromkeys((one.form_title, one.name or one.form_title))),
            " · ".join(p for p in (states.review(one).text, states.commune_name(one.commune_nis), one.submitter) if p),
            "received",
            one.root_id,
        )
        for one in kit.store.received.search(Choice(text), limit=OTHERS)
        if not one.own
    ]
    read = [
        Hit("book-open", hit.guide.title, hit.section or translate("Palette", "Guide"), "toolkit", hit.guide.guide_id)
        for hit in kit.library.shelf().search(text)[:GUIDES]
    ]
    return [*places, *records, *others, *read]


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option, index):  # type: ignore[no-untyped-def]  # Qt's own signature
        del option, index
        return QSize(100, theme.px(50))

    def paint(self, painter: QPainter, option, index) -> None:  # type: ignore[no-untyped-def]  # Qt's own signature
        hit = index.data(_HIT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(option.rect).adjusted(0, 1, 0, -1)
        if option.widget.currentIndex() == index:
            rounded(painter, body, TILE_RADIUS, theme.color("primary_soft"))
        middle = body.center().y()
        icons.paint_icon(painter, QRectF(body.x() + 12, middle - 10, 20, 20), hit.icon, "text2")
        width = body.width() - 60
        draw_text(painter, QRectF(46, body.y(), width, body.height() / 2), hit.title, theme.font("strong"), "text", LOW)
        second = QRectF(46, middle + 1, width, body.height() / 2)
        draw_text(painter, second, hit.text, theme.font("caption"), "text2", HIGH)
        painter.restore()


class SearchPalette(QDialog):
    """The field and what it finds; Enter goes there."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self.kit = kit
        self.setWindowTitle(translate("Palette", "Rechercher partout"))
        self.field = SearchField(translate("Palette", "Un écran, une réponse, une commune, un guide…"))
        self.list = QListWidget()
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setAccessibleName(translate("Palette", "Résultats"))
        self.list.setProperty("flat", True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 14, 14, 14)
        box.addWidget(self.field)
        box.addWidget(self.list, 1)
        self.resize(620, 420)
        self.field.textChanged.connect(self._fill)
        self.field.list_asked.connect(lambda: self._move(1))
        self.list.itemClicked.connect(lambda _item: self.go())
        self._fill("")

    def _fill(self, text: str) -> None:
        self.list.clear()
        for hit in find(self.kit, text):
            item = QListWidgetItem(hit.title)
            item.setData(_HIT, hit)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{hit.title}, {hit.text}")
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _move(self, step: int) -> None:
        count = self.list.count()
        if count:
            self.list.setCurrentRow((self.list.currentRow() + step) % count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go up and down with the arrows, there with Enter."""
        if event.key() == Qt.Key.Key_Up:
            self._move(-1)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.go()
        else:
            super().keyPressEvent(event)

    def go(self) -> None:
        """Go to the row chosen."""
        item = self.list.currentItem()
        if self.list.currentRow() < 0:
            return
        hit: Hit = item.data(_HIT)
        self.accept()
        if hit.screen == "record":
            self.kit.screen_asked.emit("records", hit.target)
        else:
            self.kit.screen_asked.emit(hit.screen, hit.target)
