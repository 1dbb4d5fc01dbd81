# SPDX-License-Identifier: EUPL-1.2
"""« Boîte à outils » : the guides, searched and filtered, beside the booklet that a workshop needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QWidget

from fieldkit import settings
from fieldkit.framework import axes
from fieldkit.guides import Guide, GuideHit, Shelf
from ui import i18n, icons, pack_words, theme
from ui.i18n import plural, translate
from ui.screens.booklet import BookletPanel
from ui.screens.pack_trust import PackNotices
from ui.screens.page import HIGH, Page
from ui.widgets import Button, EmptyState, FilterChip, SearchField, ToolButton, scrolled
from ui.widgets.flow import Flow
from ui.widgets.painting import CARD_RADIUS, draw_text, focus_visible, paint_ring, painter_of, rounded

if TYPE_CHECKING:
    from ui.kit import Kit

ALL, FAVOURITES = "", "*"
SEARCH_DELAY_MS = 120
FILTERS_SHOWN = 5
LEAST_RESULTS = 120
TWO_COLUMNS = 492  # the least width for two cards with « Ajouter » and the star side by side
_FAMILIES = ("info", "ok", "draft", "review")  # colours of the spines, by theme of the guide
_SPINES = {
    "GOUV": ("landmark", "ok"),
    "CONN": ("wifi", "info"),
    "SERV": ("laptop", "info"),
    "MOBI": ("bus", "review"),
    "SANT": ("heart-pulse", "review"),
    "ENER": ("leaf", "ok"),
    "ECON": ("shopping-cart", "draft"),
    "TRAV": ("briefcase", "draft"),
    "CULT": ("palette", "draft"),
    "DATA": ("database", "info"),
}


def spine_of(guide: Guide) -> tuple[str, str]:
    """Return the icon and the family of colours of a guide, by its first axis."""
    return _SPINES[guide.axes[0]] if guide.axes else ("compass", "ok")


def _two_lines(title: str, width: float) -> list[str]:
    """Break a title over two lines at most; the painter elides what is still too long."""
    metrics = theme.metrics("strong")
    words = title.split(" ")
    fitting = next((n for n in range(len(words), 1, -1) if metrics.horizontalAdvance(" ".join(words[:n])) <= width), 1)
    return [line for line in (" ".join(words[:fitting]), " ".join(words[fitting:])) if line]


class _GuideCard(QPushButton):
    """A guide: its spine, title, what it takes; a click opens it."""

    def __init__(self, guide: Guide, second: str, add: Button, star: ToolButton) -> None:
        super().__init__(guide.title.replace("&", "&&"))
        self._guide, self._second = guide, second
        self._icon, self._family = spine_of(guide)
        self.setAccessibleName(f"{guide.title}. {second}")
        self.setToolTip(guide.title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box = QHBoxLayout(self)
        box.setContentsMargins(74, 0, 8, 6)
        box.addWidget(add, 0, Qt.AlignmentFlag.AlignBottom)
        box.addStretch(1)
        box.addWidget(star, 0, Qt.AlignmentFlag.AlignBottom)

    def sizeHint(self) -> QSize:
        """Return the height of a card."""
        return QSize(240, theme.px(114))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        painter = painter_of(self)
        body = QRectF(self.rect())
        ground = "hover" if self.underMouse() else "surface"
        rounded(painter, body, CARD_RADIUS, theme.color(ground), theme.color("border"))
        if focus_visible(self):
            paint_ring(painter, body, CARD_RADIUS)
        cover = QRectF(12, 13, 54, self.height() - 26)
        rounded(painter, cover, 6, theme.color(f"{self._family}_bg"), theme.color(self._family))
        painter.fillRect(QRectF(cover.x() + 1, cover.y() + 2, 5, cover.height() - 4), theme.color(self._family))
        square = QRectF(cover.center().x() - 9, cover.center().y() - 12, 24, 24)
        icons.paint_icon(painter, square, self._icon, f"{self._family}_fg", 1.7)
        width, line = self.width() - 78 - 12, theme.px(19)
        top = 11
        for words in _two_lines(self._guide.title, width):
            draw_text(painter, QRectF(78, top, width, line), words, theme.font("strong"), "text")
            top += line
        draw_text(painter, QRectF(78, top + 1, width, line), self._second, theme.font("caption"), "text2", HIGH)
        painter.end()


class _Shelf(QWidget):
    """The cards in two columns (one where it is narrow)."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: list[QWidget] = []
        self._columns = 2
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 6, 0)
        self.grid.setSpacing(12)

    def fill(self, cards: Iterable[QWidget]) -> None:
        """Show other cards."""
        while (item := self.grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._cards = list(cards)
        self._place()

    def _place(self) -> None:
        for place, card in enumerate(self._cards):
            self.grid.addWidget(card, place // self._columns, place % self._columns)
        for column in (0, 1):
            self.grid.setColumnStretch(column, 1 if column < self._columns else 0)
        for done in range(self.grid.rowCount()):
            self.grid.setRowStretch(done, 0)
        self.grid.setRowStretch(-(-len(self._cards) // self._columns), 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the cards below each other where two have no room for their words."""
        super().resizeEvent(event)
        columns = 2 if self.width() >= theme.px(TWO_COLUMNS) else 1
        if columns != self._columns:
            self._columns = columns
            for card in self._cards:
                self.grid.removeWidget(card)
            self._place()


class ToolkitScreen(QWidget):
    """Guides at the left, the booklet at the right; a guide opens over both."""

    guide_opened = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self._found = Shelf(())
        self._guides: dict[str, Guide] = {}
        self._stamp: str | None = None
        self._read()
        self.booklet = BookletPanel(kit, self._find)
        self.booklet.changed.connect(self.draw)
        self.page = Page(translate("Toolkit", "Boîte à outils"))
        self.search = SearchField(self._asked(), self.page)
        self.notices = PackNotices(kit)
        self._filter = ALL
        self._chips: dict[str, FilterChip] = {}
        self._chip_line = Flow()
        self._shelf = _Shelf()
        self._area = scrolled(self._shelf)
        self._nothing = EmptyState(
            "search",
            translate("Toolkit", "Aucun guide ne parle de cela"),
            translate("Toolkit", "Essayez un mot plus court, ou choisissez un thème."),
        )
        self._results = QStackedWidget()
        self._results.setMinimumHeight(LEAST_RESULTS)  # whatever they ask for: what stands above must not be squeezed
        for widget in (self._area, self._nothing):
            self._results.addWidget(widget)
        self.page.body.addWidget(self.notices)
        self.page.body.addWidget(self.search)
        self.page.body.addLayout(self._chip_line)
        self._fill_filters()
        self.page.body.addWidget(self._results, 1)
        self._front = QWidget()
        front = QHBoxLayout(self._front)
        front.setContentsMargins(0, 0, 0, 0)
        front.setSpacing(0)
        front.addWidget(self.page, 1)
        front.addWidget(self.booklet)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._front)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._stack)
        self._listen()

    def _listen(self) -> None:
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_DELAY_MS)
        self._timer.timeout.connect(self.draw)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        shortcut.activated.connect(self.search.setFocus)

    # What is shown

    def _find(self, guide_id: str) -> Guide | None:
        return self._guides.get(guide_id)

    def _read(self) -> bool:
        """Read the guides again if a region has sent others; return whether that was so."""
        stamp = self.kit.library.stamp
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        self._found = self.kit.library.shelf(i18n.current())
        self._guides = {guide.guide_id: guide for guide in self._found.guides}
        return True

    def refresh(self) -> None:
        """Read what regions have sent, and search and filter again."""
        self.notices.refresh()
        if self._read():
            self._fill_filters()
            self.search.setPlaceholderText(self._asked())
        self.draw()

    def draw(self) -> None:
        """Search and filter again, among the guides that were read."""
        text = self.search.text().strip()
        hits = {hit.guide.guide_id: hit for hit in self._found.search(text)} if text else {}
        wanted = [self._guides[key] for key in hits] if text else list(self._guides.values())
        shown = [guide for guide in wanted if self._passes(guide, self._filter)]
        self._shelf.fill(self._card(guide, hits.get(guide.guide_id)) for guide in shown)
        self._results.setCurrentWidget(self._area if shown else self._nothing)
        for key, chip in self._chips.items():
            chip.set_count(sum(1 for guide in self._guides.values() if self._passes(guide, key)))
        newest = max(guide.updated for guide in self._guides.values())
        words = plural(
            len(self._guides),
            translate("Toolkit", "{n} guide disponible hors ligne · mis à jour le {day}"),
            translate("Toolkit", "{n} guides disponibles hors ligne · mis à jour le {day}"),
        )
        from ui import dates

        self.page.subtitle.setText(words.format(n=len(self._guides), day=dates.short_day(newest)))

    def _asked(self) -> str:
        return translate("Toolkit", "Rechercher dans {n} guides…").format(n=len(self._guides))

    def _fill_filters(self) -> None:
        chips = [(ALL, translate("Toolkit", "Tous")), (FAVOURITES, translate("Toolkit", "Favoris"))]
        used = [axis for axis in axes() if any(axis.code in guide.axes for guide in self._guides.values())]
        chips += [(axis.code, axis.short_labels.get(i18n.current(), axis.short_labels["fr"])) for axis in used]
        chips = chips[: FILTERS_SHOWN + 2]
        if [key for key, _words in chips] == list(self._chips):
            return
        while (item := self._chip_line.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._chips = {}
        for key, words in chips:
            chip = FilterChip(words, 0)
            chip.toggled.connect(partial(self._on_filter, key))
            self._chips[key] = chip
            self._chip_line.addWidget(chip)
        self._chips[self._filter if self._filter in self._chips else ALL].setChecked(True)

    def _on_filter(self, key: str, on: bool) -> None:
        if on:
            self._filter = key
            if hasattr(self, "_timer"):
                self.draw()

    def _passes(self, guide: Guide, key: str) -> bool:
        if key == FAVOURITES:
            return guide.guide_id in self._favourites()
        return not key or key in guide.axes or not guide.axes

    def _favourites(self) -> list[str]:
        return self.kit.settings.get(settings.TOOLKIT).get("favourites", "").split()

    def _card(self, guide: Guide, hit: GuideHit | None) -> QWidget:
        inside = guide.guide_id in self.booklet.ids()
        words = translate("Toolkit", "Ajouté") if inside else translate("Toolkit", "Ajouter")
        add = Button(words, "check" if inside else "plus", "ghost")
        named = translate("Toolkit", "Retirer du livret") if inside else translate("Toolkit", "Ajouter au livret")
        add.setAccessibleName(f"{named} : {guide.title}")
        take_out = partial(self.booklet.remove, guide.guide_id)
        add.clicked.connect(take_out if inside else partial(self.booklet.add, [guide]))
        liked = guide.guide_id in self._favourites()
        tip = translate("Toolkit", "Retirer des favoris") if liked else translate("Toolkit", "Mettre dans les favoris")
        star = ToolButton("star", tip, role="draft" if liked else "text2", size=32)
        star.clicked.connect(partial(self._on_star, guide.guide_id))
        card = _GuideCard(guide, self._second_line(guide, hit), add, star)
        card.clicked.connect(partial(self.open_guide, guide.guide_id))
        return card

    def _second_line(self, guide: Guide, hit: GuideHit | None) -> str:
        if hit is not None and hit.passage:
            return "… " + "".join(piece for piece, _found in hit.passage)
        if guide.received is not None:
            return pack_words.short_origin(guide.received)
        sheets = plural(len(guide.printables), translate("Toolkit", "{n} fiche"), translate("Toolkit", "{n} fiches"))
        parts = (guide.duration, sheets.format(n=len(guide.printables)) if guide.printables else "", guide.audience)
        return " · ".join(part for part in parts if part)

    def _on_star(self, guide_id: str) -> None:
        kept = self.kit.settings.get(settings.TOOLKIT)
        liked = kept.get("favourites", "").split()
        liked = [one for one in liked if one != guide_id] if guide_id in liked else [*liked, guide_id]
        self.kit.set(settings.TOOLKIT, kept | {"favourites": " ".join(liked)})
        self.draw()

    # One guide

    def show_target(self, target: object) -> None:
        """Open a guide by its id, or fill the booklet (`{"booklet": [ids]}`)."""
        if isinstance(target, Mapping):
            found = (self._guides.get(key) for key in target.get("booklet", ()))
            self.close_guide()
            self.booklet.add([guide for guide in found if guide is not None])
        else:
            self.open_guide(str(target))

    def open_guide(self, guide_id: str) -> None:
        """Show a guide; the words searched for are marked in it."""
        from ui.screens.guide_reader import GuideReader

        self.close_guide()
        reader = GuideReader(self.kit, self._guides[guide_id], self.booklet, self.search.text().strip())
        reader.closed.connect(self.close_guide)
        self._stack.addWidget(reader)
        self._stack.setCurrentWidget(reader)
        self.guide_opened.emit(guide_id)

    def close_guide(self) -> None:
        """Go back to the shelf."""
        while (reader := self._stack.widget(1)) is not None:
            self._stack.removeWidget(reader)
            reader.deleteLater()
        self._stack.setCurrentWidget(self._front)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the mouse's « back » button close the guide."""
        if event.button() == Qt.MouseButton.BackButton:
            self.close_guide()
        super().mouseReleaseEvent(event)
