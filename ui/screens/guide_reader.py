# SPDX-License-Identifier: EUPL-1.2
"""One guide to read: its headings at the left, the text in a comfortable measure, printing one key away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPaintEvent, QShortcut, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QTextBrowser, QTextEdit, QWidget

from fieldkit.guides import Guide
from ui import guide_text, pack_words, theme
from ui.i18n import translate
from ui.widgets import Banner, Button, column, label, row, scrolled
from ui.widgets.layout import Panel
from ui.widgets.painting import draw_text, focus_visible, paint_ring, painter_of, rounded

if TYPE_CHECKING:
    from ui.kit import Kit
    from ui.screens.booklet import BookletPanel

OUTLINE = 268
MEASURE = 744


class _HeadingLink(QPushButton):
    def __init__(self, text: str, level: int) -> None:
        super().__init__(text.replace("&", "&&"))
        self._text, self._level = text, level
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, theme.px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = painter_of(self)
        body = QRectF(self.rect())
        if self.underMouse():
            rounded(painter, body, 7, theme.color("hover"))
        if focus_visible(self):
            paint_ring(painter, body, 7)
        style, role = ("body", "text") if self._level == 2 else ("small", "text2")
        left = 10 if self._level == 2 else 24
        draw_text(painter, body.adjusted(left, 0, -8, 0), self._text, theme.font(style), role)
        painter.end()


class GuideReader(QWidget):
    """A guide of the toolkit; `closed` asks to go back to the shelf."""

    closed = Signal()

    def __init__(self, kit: Kit, guide: Guide, booklet: BookletPanel, searched: str = "") -> None:
        super().__init__()
        self._kit, self._guide, self._booklet, self._searched = kit, guide, booklet, searched
        self.setAccessibleName(guide.title)
        body, self._headings = guide_text.to_html(guide.body)
        self._html = body
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(True)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setMaximumWidth(MEASURE)
        self.text.viewport().setAutoFillBackground(False)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.setAccessibleName(guide.title)
        self.setLayout(row(self._outline(), (self._page(), 1), spacing=0))
        for keys, call in (("Escape", self.closed.emit), ("Ctrl+P", self.print_guide)):
            QShortcut(QKeySequence(keys), self).activated.connect(call)
        theme.changed.connect(self._write)
        booklet.changed.connect(self._show_membership)
        self._write()
        self._show_membership()

    def _outline(self) -> QWidget:
        back = Button(translate("Toolkit", "Boîte à outils"), "arrow-left", "ghost")
        back.clicked.connect(self.closed)
        links = QWidget()
        lines = column(spacing=1)
        for heading in self._headings:
            link = _HeadingLink(heading.text, heading.level)
            link.clicked.connect(partial(self.text.scrollToAnchor, heading.anchor))
            lines.addWidget(link)
        lines.addStretch(1)
        links.setLayout(lines)
        panel = Panel(fill="bg", edge="right")
        panel.setFixedWidth(theme.px(OUTLINE))
        panel.setLayout(column(row(back, None), (scrolled(links), 1), spacing=8, margins=(10, 14, 10, 12)))
        return panel

    def _page(self) -> QWidget:
        guide = self._guide
        self.member = Button("", "plus")
        self.member.clicked.connect(self._on_member)
        printing = Button(translate("Toolkit", "Imprimer"), "printer", "primary")
        printing.clicked.connect(self.print_guide)
        facts = " · ".join(part for part in (guide.duration, guide.audience) if part)
        title = column(
            label(translate("Toolkit", "Guide {id}").format(id=guide.guide_id), "overline", "primary_text"),
            label(guide.title, "h1", wrap=True),
            label(facts, "small", "text2", wrap=True),
            spacing=2,
        )
        if guide.received is not None:
            title.addWidget(label(pack_words.origin(guide.received), "small", "text2", wrap=True))
        head = QWidget()
        head.setMaximumWidth(MEASURE)
        head.setLayout(row((title, 1), self.member, printing, spacing=8))
        page = QWidget()
        box = column(
            row((head, 1), spacing=0),
            *self._notice(),
            (row((self.text, 1), spacing=0), 1),
            spacing=12,
            margins=(40, 18, 28, 0),
        )
        page.setLayout(box)
        return page

    def _notice(self) -> tuple[QHBoxLayout, ...]:
        """Return what must be known before relying on the guide, nothing as a rule."""
        title, text = pack_words.guide_notice(self._guide)
        if not title:
            return ()
        banner = Banner("draft", title, text)
        banner.setMaximumWidth(MEASURE)
        return (row((banner, 1), spacing=0),)

    def _write(self) -> None:
        place = self.text.verticalScrollBar().value()
        self.text.document().setDefaultStyleSheet(guide_text.style_sheet())
        self.text.document().setDefaultFont(theme.font("body"))
        self.text.setHtml(self._html)
        self.text.verticalScrollBar().setValue(place)
        self._mark()

    def _mark(self) -> None:
        """Mark the words that were searched for, and scroll to the first."""
        marks = []
        ground = QTextCharFormat()
        ground.setBackground(theme.color("draft_bg"))
        ground.setForeground(theme.color("draft_fg"))
        for word in self._searched.split():
            cursor = QTextCursor(self.text.document())
            while not (cursor := self.text.document().find(word, cursor, QTextDocument.FindFlag(0))).isNull():
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = cursor, ground
                marks.append(mark)
        self.text.setExtraSelections(marks)
        if marks:
            first = min((mark.cursor for mark in marks), key=QTextCursor.position)
            self.text.setTextCursor(QTextCursor(self.text.document()))
            bottom = self.text.cursorRect(first).bottom()
            self.text.verticalScrollBar().setValue(max(0, bottom - self.text.viewport().height() // 3))

    def _show_membership(self) -> None:
        inside = self._guide.guide_id in self._booklet.ids()
        self.member.set_icon("check" if inside else "plus")
        words = translate("Toolkit", "Dans le livret") if inside else translate("Toolkit", "Ajouter au livret")
        self.member.set_text(words)

    def _on_member(self) -> None:
        if self._guide.guide_id in self._booklet.ids():
            self._booklet.remove(self._guide.guide_id)
        else:
            self._booklet.add([self._guide])

    def print_guide(self) -> None:
        """Show the printed pages of the guide."""
        from ui.paper import show_document

        show_document(self._kit, partial(_pages, self._guide), self._guide.title, self)


def _pages(guide: Guide) -> bytes:
    from fieldkit.printing import guide_pdf

    return guide_pdf(guide)
