# SPDX-License-Identifier: EUPL-1.2
"""Choosing a territory: one of the 261 communes or of the local action groups, by name or postal code."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QVBoxLayout, QWidget

from fieldkit import territory
from fieldkit.folding import fold
from fieldkit.territory import PERIODS, Commune, Gal
from ui import icons, theme
from ui.i18n import translate
from ui.screens.page import HIGH, LOW
from ui.widgets.feedback import announce
from ui.widgets.fields import SearchField
from ui.widgets.painting import TILE_RADIUS, draw_text, paint_radio, rounded
from ui.widgets.text import label

KEY = Qt.ItemDataRole.UserRole
SECOND = Qt.ItemDataRole.UserRole + 1
SHOWN = 60


class _Delegate(QStyledItemDelegate):
    """Rows that look like tiles."""

    def sizeHint(self, option, index):  # type: ignore[no-untyped-def]  # Qt's own signature
        del option, index
        return QSize(100, theme.px(54))

    def paint(self, painter: QPainter, option, index) -> None:  # type: ignore[no-untyped-def]  # Qt's own signature
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        view = option.widget
        body = QRectF(option.rect).adjusted(1, 3, -3, -3)
        on = view.currentIndex() == index
        border = theme.color("primary" if on else "border_strong")
        rounded(painter, body, TILE_RADIUS, theme.color("primary_soft" if on else "surface"), border, 1.5 if on else 1)
        if on and view.hasFocus():
            rounded(painter, body.adjusted(2, 2, -2, -2), TILE_RADIUS - 2, None, theme.color("focus"), 2)
        middle = body.center().y()
        paint_radio(painter, QRectF(body.x() + 13, middle - 10, 20, 20), on=on)
        icon = "users" if str(index.data(KEY)).startswith("gal:") else "map-pin"
        icons.paint_icon(painter, QRectF(body.right() - 34, middle - 9, 18, 18), icon, "text3")
        width = body.width() - 90
        x = body.x() + 44
        top = QRectF(x, body.y(), width, body.height() / 2)
        low = QRectF(x, middle + 1, width, body.height() / 2)
        draw_text(painter, top, str(index.data()), theme.font("strong" if on else "body"), "text", LOW)
        draw_text(painter, low, str(index.data(SECOND)), theme.font("caption"), "text2", HIGH)
        painter.restore()


class _List(QListWidget):
    """Enter says yes."""

    accepted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.accepted.emit()
        else:
            super().keyPressEvent(event)


class TerritoryPicker(QWidget):
    """A search field over a list; `chosen` tells (kind, code): ("commune", NIS) or ("gal", id)."""

    chosen = Signal(str, str)
    accepted = Signal()

    def __init__(self, *, with_gals: bool = True) -> None:
        super().__init__()
        self._with_gals = with_gals
        hint = (
            translate("Territory", "Commune, code postal ou GAL")
            if with_gals
            else translate("Territory", "Commune ou code postal")
        )
        self.search = SearchField(hint)
        self.list = _List()
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setAccessibleName(translate("Territory", "Territoires"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setProperty("flat", True)
        self.none = label("", "body", "text2", wrap=True)
        self.none.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.search)
        box.addWidget(self.none)
        box.addWidget(self.list, 1)
        self.search.textChanged.connect(self._fill)
        self.search.list_asked.connect(self._focus_list)
        self.search.returnPressed.connect(self._on_return)
        self.list.currentItemChanged.connect(self._on_current)
        self.list.accepted.connect(self.accepted)
        self._fill("")

    def value(self) -> tuple[str, str]:
        """Return (kind, code) of the row chosen, ("", "") if none is."""
        item = self.list.currentItem()
        kind, _, code = str(item.data(KEY)).partition(":") if item is not None else ("", "", "")
        return kind, code

    def set_value(self, kind: str, code: str) -> None:
        """Choose a territory, wherever it is in the list."""
        if not code:
            return
        name = territory.gal(code).name if kind == "gal" else territory.commune(code).name
        self.search.setText(name)
        for number in range(self.list.count()):
            if self.list.item(number).data(KEY) == f"{kind}:{code}":
                self.list.setCurrentRow(number)

    def _fill(self, text: str) -> None:
        kept = self.value()
        self.list.clear()
        found = find(text) if self._with_gals else [one for one in find(text) if isinstance(one, Commune)]
        for one in found[:SHOWN]:
            item = QListWidgetItem(one.name)
            item.setData(KEY, f"gal:{one.gal_id}" if isinstance(one, Gal) else f"commune:{one.nis}")
            item.setData(SECOND, second_line(one))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{one.name}, {second_line(one)}")
            self.list.addItem(item)
            if f"{kept[0]}:{kept[1]}" == item.data(KEY):
                self.list.setCurrentItem(item)
        if self.list.count() == 1:
            self.list.setCurrentRow(0)
        self._tell_none(text.strip())

    def _tell_none(self, text: str) -> None:
        """Say that nothing was found, and what else can be typed."""
        nothing = self.list.count() == 0
        self.none.setVisible(nothing)
        if nothing:
            words = translate("Territory", "Rien ne correspond à « {text} ». Essayez le code postal ou un nom voisin.")
            self.none.setText(words.format(text=text))
            announce(self.none, self.none.text())

    def _focus_list(self) -> None:
        self.list.setFocus(Qt.FocusReason.TabFocusReason)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)

    def _on_return(self) -> None:
        if self.list.currentRow() < 0 and self.list.count():
            self.list.setCurrentRow(0)
        elif self.list.currentRow() >= 0:
            self.accepted.emit()

    def _on_current(self) -> None:
        self.chosen.emit(*self.value())


def find(text: str) -> list[Commune | Gal]:
    """Return what `text` may mean, best first; with nothing typed the present GALs, then every commune."""
    present = [gal for gal in territory.gals() if gal.period == PERIODS[0]]
    if not text.strip():
        return [*present, *territory.communes()]
    wanted = fold(text).strip()
    groups = [gal for gal in present if wanted in fold(f"gal {gal.name}")]
    return [*groups, *territory.search_communes(text, SHOWN)]


def second_line(one: Commune | Gal) -> str:
    """Return what tells one territory from another of a like name."""
    if isinstance(one, Gal):
        return translate("Territory", "Groupe d’action locale · {n} communes").format(n=len(one.communes))
    codes = ", ".join(one.postal_codes[:4])
    return translate("Territory", "{province} · {codes}").format(province=one.province, codes=codes)
