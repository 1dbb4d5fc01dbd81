# SPDX-License-Identifier: EUPL-1.2
"""The booklet of a workshop: guides in the order of the day, counted in sheets, previewed and printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fieldkit import settings
from fieldkit.guides import Guide
from ui import icons, theme
from ui.i18n import plural, translate
from ui.screens.page import HIGH, LOW
from ui.widgets import Button, Field, column, label, row
from ui.widgets.layout import Panel
from ui.widgets.painting import draw_text, paint_ring, rounded

if TYPE_CHECKING:
    from ui.kit import Kit

WIDTH = 340
COUNT_DELAY_MS = 400
LINE = 56
SHEETS_A_MINUTE = 12  # assumption: a common office printer in black and white, both sides
_GUIDE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


class _LineDelegate(QStyledItemDelegate):
    """Paints one guide of the booklet: handle, icon, title, what it is, the cross that takes it out."""

    removed = Signal(int)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return one line of the design."""
        del index
        return QSize(option.rect.width(), theme.px(LINE))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw the line."""
        guide: Guide = index.data(_GUIDE)
        body = QRectF(option.rect).adjusted(1, 3, -1, -3)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        rounded(painter, body, 8, theme.color("primary_soft" if chosen else "surface"), theme.color("border"))
        if chosen and state & QStyle.StateFlag.State_HasFocus:
            paint_ring(painter, body, 8)
        middle = body.center().y()
        icons.paint_icon(painter, QRectF(body.x() + 8, middle - 8, 16, 16), "grip-vertical", "text3")
        icons.paint_icon(painter, QRectF(body.x() + 34, middle - 9, 18, 18), "book-open", "text2")
        width = body.width() - 62 - 36
        title = QRectF(body.x() + 62, body.y(), width, body.height() / 2 + 1)
        second = QRectF(body.x() + 62, middle + 1, width, body.height() / 2)
        draw_text(painter, title, guide.title, theme.font("small_strong"), "text", LOW)
        draw_text(painter, second, guide.duration, theme.font("caption"), "text2", HIGH)
        icons.paint_icon(painter, self._cross(body), "x", "text2")
        painter.restore()

    def _cross(self, body: QRectF) -> QRectF:
        return QRectF(body.right() - 28, body.center().y() - 8, 16, 16)

    def editorEvent(self, event: QEvent, model: QObject, option: QStyleOptionViewItem, index: _Index) -> bool:
        """Take a click on the cross."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            body = QRectF(option.rect).adjusted(1, 3, -1, -3)
            on_cross = self._cross(body).adjusted(-8, -8, 8, 8).contains(event.position())
        else:
            on_cross = False
        if on_cross:
            self.removed.emit(index.row())
        return on_cross or super().editorEvent(event, model, option, index)  # type: ignore[arg-type]  # the model


class _Lines(QListWidget):
    """The guides in their order: drag, or Alt+↑ and Alt+↓; Delete takes one out."""

    ordered = Signal()
    removed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(translate("Toolkit", "Guides du livret ; Alt+↑ et Alt+↓ les déplacent"))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        delegate = _LineDelegate(self)
        delegate.removed.connect(self.removed)
        self.setItemDelegate(delegate)
        self.model().rowsMoved.connect(lambda *_: self.ordered.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with Alt, take out with Delete."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.move_current(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Delete and self.currentRow() >= 0:
            self.removed.emit(self.currentRow())
        else:
            super().keyPressEvent(event)

    def move_current(self, step: int) -> None:
        """Move the chosen guide up (-1) or down (1)."""
        old = self.currentRow()
        new = old + step
        if old >= 0 and 0 <= new < self.count():
            item = self.takeItem(old)
            self.insertItem(new, item)
            self.setCurrentRow(new)
            self.ordered.emit()

    def guides(self) -> list[Guide]:
        """Return the guides in their order."""
        return [self.item(place).data(_GUIDE) for place in range(self.count())]


class BookletPanel(Panel):
    """The right side of the toolkit: what the booklet holds, how many sheets, and the ways to paper."""

    changed = Signal()

    def __init__(self, kit: Kit, find: Callable[[str], Guide | None]) -> None:
        super().__init__(edge="left")
        self._kit = kit
        self.setFixedWidth(WIDTH)
        self.lines = _Lines()
        self.name = Field(placeholder=translate("Toolkit", "Atelier, date, lieu"), name=translate("Toolkit", "Titre"))
        self.sheets = label("", "small", "text2", wrap=True)
        self._empty = label(
            translate("Toolkit", "Ajoutez des guides : ils se suivent dans un seul livret, avec un sommaire."),
            "body",
            "text2",
            wrap=True,
        )
        self.preview = Button(translate("Toolkit", "Aperçu"), "eye")
        self.print_button = Button(translate("Toolkit", "Imprimer le livret"), "printer", "primary")
        self.preview.clicked.connect(self.show_pages)
        self.print_button.clicked.connect(self.show_pages)
        head = label(translate("Toolkit", "Livret d’atelier"), "h2")
        parts: tuple[QWidget, ...] = (head, self.name, self._empty)
        foot = row(self.sheets, spacing=8)
        buttons = column(self.preview, self.print_button, spacing=8)
        self.setLayout(column(*parts, (self.lines, 1), foot, buttons, spacing=10, margins=(18, 20, 18, 16)))
        kept_room = self.lines.sizePolicy()
        kept_room.setRetainSizeWhenHidden(True)  # what stands above stays above while there is nothing to list
        self.lines.setSizePolicy(kept_room)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COUNT_DELAY_MS)
        self._timer.timeout.connect(self._count)
        kept = kit.settings.get(settings.TOOLKIT)
        self.name.setText(kept.get("title", ""))
        for guide in (find(key) for key in kept.get("booklet", "").split()):
            if guide is not None:
                self._append(guide)
        self.lines.ordered.connect(self._on_changed)
        self.lines.removed.connect(self._on_removed)
        self.name.editingFinished.connect(self._on_changed)
        self._show_state()

    def ids(self) -> list[str]:
        """Return the ids of the guides in the booklet."""
        return [guide.guide_id for guide in self.lines.guides()]

    def add(self, guides: Sequence[Guide]) -> None:
        """Put guides at the end; those that are in already stay where they are."""
        known = set(self.ids())
        for guide in guides:
            if guide.guide_id not in known:
                self._append(guide)
        self._on_changed()

    def remove(self, guide_id: str) -> None:
        """Take a guide out."""
        if guide_id in self.ids():
            self._on_removed(self.ids().index(guide_id))

    def _append(self, guide: Guide) -> None:
        item = QListWidgetItem(guide.title)
        item.setData(_GUIDE, guide)
        item.setToolTip(guide.title)
        self.lines.addItem(item)

    def _on_removed(self, place: int) -> None:
        guide: Guide = self.lines.takeItem(place).data(_GUIDE)
        self._on_changed()
        words = translate("Toolkit", "« {title} » retiré du livret").format(title=guide.title)
        self._kit.toast(words, (translate("Toolkit", "Annuler"), partial(self._put_back, place, guide)))

    def _put_back(self, place: int, guide: Guide) -> None:
        self._append(guide)
        self.lines.insertItem(place, self.lines.takeItem(self.lines.count() - 1))
        self._on_changed()

    def _on_changed(self) -> None:
        known = self._kit.settings.get(settings.TOOLKIT)
        kept = known | {"booklet": " ".join(self.ids()), "title": self.name.text().strip()}
        self._kit.set(settings.TOOLKIT, kept)
        self._show_state()
        self.changed.emit()

    def _show_state(self) -> None:
        some = self.lines.count() > 0
        self._empty.setVisible(not some)
        self.lines.setVisible(some)
        self.sheets.setVisible(some)
        self.preview.setEnabled(some)
        self.print_button.setEnabled(some)
        if some:
            self.sheets.setText(translate("Toolkit", "Calcul du nombre de pages…"))
            self._timer.start()

    # Paper

    def _title(self) -> str:
        return self.name.text().strip() or translate("Toolkit", "Livret d’atelier")

    def _count(self) -> None:
        guides = self.lines.guides()
        if guides:
            self._kit.tasks.run(partial(_count_pages, guides, self._title()), self._on_counted)

    def _on_counted(self, pages: int) -> None:
        sheets = (pages + 1) // 2
        minutes = max(1, round(sheets / SHEETS_A_MINUTE))
        words = plural(
            sheets,
            translate("Toolkit", "{pages} pages, {sheets} feuille recto verso, environ {minutes} min d’impression"),
            translate("Toolkit", "{pages} pages, {sheets} feuilles recto verso, environ {minutes} min d’impression"),
        )
        self.sheets.setText(words.format(pages=pages, sheets=sheets, minutes=minutes))

    def show_pages(self) -> None:
        """Show the pages of the booklet; from there they are saved or printed."""
        from ui.paper import show_document

        show_document(self._kit, partial(_booklet, self.lines.guides(), self._title()), self._title(), self)


def _booklet(guides: Sequence[Guide], title: str) -> bytes:
    from fieldkit.printing import booklet_pdf

    return booklet_pdf(guides, title)


def _count_pages(guides: Sequence[Guide], title: str) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(_booklet(guides, title))
    try:
        return len(document)
    finally:
        document.close()
