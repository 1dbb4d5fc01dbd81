# SPDX-License-Identifier: EUPL-1.2
"""The frame of a question: number, words, answer widget, and what is to be corrected.

Frames know one item of a section and nothing of the page. `show_nodes` draws a new state; `answered` and `typed`
tell what the person does; `focused` tells where the keyboard is. The page decides which frame is `current`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from forms.views import NodeView, Text
from ui import theme
from ui.entry.control import Setting
from ui.entry.lists import Lists
from ui.entry.markdown import is_plain, to_rich_text
from ui.entry.sections import Item, ItemKind, Nodes, node_title
from ui.i18n import translate
from ui.widgets import IconMark, Label, StatusChip
from ui.widgets.painting import CARD_RADIUS, painter_of, rounded
from ui.widgets.text import unbroken

LEFT, TOP, RIGHT, BOTTOM = 20, 13, 20, 15
NUMBER_WIDTH = 40
BAR = 4
PICTURE_HEIGHT = 260


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a frame asks of the page: nodes by ref, the setting of controls, what is missing, the form's language.

    `said` is what the region asks to correct, by the question's ref.
    """

    node: Callable[[str], NodeView]
    setting: Setting
    missing: Mapping[str, str]
    language: Callable[[], str]
    lists: Lists
    nodes: Nodes
    frame: Callable[[Item, Surroundings], Frame]
    said: Mapping[str, str]


class Frame(QWidget):
    """What all items share: a place in the column, a ground, a number and words."""

    answered = Signal(str, str)  # ref, value
    typed = Signal(str, str)
    focused = Signal(str)  # ref

    def __init__(self, item: Item, around: Surroundings) -> None:
        super().__init__()
        self.item = item
        self.around = around
        self.relevant = True  # not `isHidden`: a frame is built before it has a place to be shown
        self._current = False
        self._wrong = False
        self._shown: NodeView | None = None
        self._alone = False
        percent = around.setting.percent
        self._number = Label(item.number, "small", "text3")
        self._number.setFixedWidth(theme.px(NUMBER_WIDTH))
        self._number.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._number.setContentsMargins(0, 2, 0, 0)
        if not item.number:
            self._number.hide()
        self._title = Label("", "question", wrap=True, percent=percent)
        self._title.setOpenExternalLinks(True)
        self._hint = Label("", "small", "text2", True, percent=percent)
        self._hint.setOpenExternalLinks(True)
        self._foreign = StatusChip("neutral", "")
        self._foreign.hide()
        self._picture: QLabel | None = None
        self._error_mark = IconMark("circle-alert", "err_fg", size=17)
        self._error_text = Label("", "small_strong", "err_fg", True)
        self._error = QWidget()
        self._error.setLayout(self._error_line())
        self._error.hide()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._foreign, 0, Qt.AlignmentFlag.AlignTop)
        self.body = QVBoxLayout()
        self.body.setSpacing(2)
        self.body.addLayout(head)
        self.body.addWidget(self._hint)
        self._show_remarks()
        self.beside = beside = QHBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self._number, 0, Qt.AlignmentFlag.AlignTop)
        beside.addLayout(self.body, 1)
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(LEFT, TOP, RIGHT, BOTTOM)
        self.outer.setSpacing(8)
        self.outer.addLayout(beside)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _error_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(0, 6, 0, 0)
        line.setSpacing(6)
        line.addWidget(self._error_mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._error_text, 1)
        return line

    # What the page tells

    def refresh(self) -> None:
        """Read the nodes again and draw what changed."""
        raise NotImplementedError

    def refresh_refs(self, refs: Sequence[str]) -> None:
        """Draw what changed, where only these refs did."""
        del refs
        self.refresh()

    def show_relevant(self, relevant: bool) -> None:
        """Appear or disappear with the question's relevance."""
        if relevant != self.relevant:
            self.relevant = relevant
            self.setVisible(relevant)

    def set_current(self, current: bool) -> None:
        """Become the question in hand, or no longer."""
        if current != self._current:
            self._current = current
            self.update()

    def take_focus(self, ref: str = "") -> None:
        """Take the keyboard (on the row of `ref`, where there are rows)."""
        del ref
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def press_digit(self, digit: int) -> bool:
        """Choose the n-th choice."""
        del digit
        return False

    def settle(self) -> None:
        """Give what is being typed as the answer."""

    def flush(self) -> None:
        """Save what is being typed."""

    def fit(self) -> None:
        """Follow the text size."""
        self._number.setFixedWidth(theme.px(NUMBER_WIDTH))

    @property
    def wrong(self) -> bool:
        """Whether something here is to be corrected."""
        return self._wrong

    @property
    def error(self) -> str:
        """What is to be corrected, in words."""
        return self._error_text.text() if self._wrong else ""

    def stand_alone(self) -> None:
        """Take the looks of « Une par une »: a big title, no number, no card."""
        self._alone = True
        self._number.hide()
        self._title.set_style("h1" if self.item.number else "body")
        self._hint.set_style("body")
        self.outer.setContentsMargins(0, 0, 0, 0)

    # Shared drawing

    def show_words(self, node: NodeView) -> None:
        """Show label, hint, picture and language tag."""
        self._shown = node
        star = f'&nbsp;<span style="color:{theme.color("err").name()}">*</span>' if node.required else ""
        label = node.label.value if node.label else node_title(node)
        set_words(self._title, label, star)
        hint = "\n\n".join(text.value for text in (node.hint, node.guidance) if text and text.value)
        set_words(self._hint, hint)
        self._hint.setVisible(bool(hint))
        self._show_language(node.label)
        self._show_picture(node.label)

    def show_error(self, text: str) -> None:
        """Show what is to be corrected; `""` when nothing is."""
        if text != self._error_text.text():
            self._error_text.setText(text)
        if bool(text) != self._wrong:
            self._wrong = bool(text)
            self._error.setVisible(self._wrong)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card of the current or the wrong question; the others lie flat on the page."""
        del event
        if self._alone or not (self._current or self._wrong):
            return
        painter = painter_of(self)
        rounded(painter, self.rect(), CARD_RADIUS, theme.color("surface"), theme.color("border"))
        bar = QRectF(0, 10, BAR, self.height() - 20)
        rounded(painter, bar, BAR / 2, theme.color("err" if self._wrong else "primary"))
        painter.end()

    def follow_theme(self) -> None:
        """Colour the star anew (`theme` calls this on every change).

        From the node as last shown: a frame that waits for its deletion may name a node that is gone.
        """
        self._title.setProperty("words", None)
        if self._shown is not None:
            self.show_words(self._shown)

    def _show_remarks(self) -> None:
        """Show what the region asks to correct here; a table tells it for all its entries."""
        said = {ref: text for ref, text in self.around.said.items() if self._holds(ref)}
        if said:
            from ui.entry.region_remarks import question_name, remark

            names = {ref: question_name(self.around.node, ref, inside=True) for ref in said if ref != self.item.ref}
            lines = [f"{names[ref]}\u00a0: {text}" if ref in names else text for ref, text in said.items()]
            self.body.addSpacing(6)
            self.body.addWidget(remark("\n".join(lines)))
            self.body.addSpacing(4)

    def _holds(self, ref: str) -> bool:
        inside = self.item.kind is ItemKind.REPEAT and ref.startswith(f"{self.item.ref}[")
        return inside or ref in self.item.refs

    def _show_language(self, label: Text | None) -> None:
        shown = label.language if label else ""
        foreign = bool(shown) and shown != self.around.language()
        if foreign:
            self._foreign.set_state("neutral", language_tag(shown))
            self._foreign.setToolTip(translate("Entry", "Cette question n’est pas traduite."))
        self._foreign.setVisible(foreign)

    def _show_picture(self, label: Text | None) -> None:
        name = label.media.get("image", "") if label else ""
        if (self._picture.property("file") if self._picture else "") == name:
            return
        content = self.around.setting.files.medium(name) if name else None
        picture = QPixmap()
        if content:
            picture.loadFromData(content)
        if self._picture is None:
            self._picture = QLabel()
            self.body.insertWidget(2, self._picture)
        self._picture.setProperty("file", name)
        self._picture.setVisible(not picture.isNull())
        if not picture.isNull():
            mode = Qt.TransformationMode.SmoothTransformation
            height = min(PICTURE_HEIGHT, picture.height())
            self._picture.setPixmap(picture.scaledToHeight(height, mode))


def set_words(label: Label, text: str, tail: str = "") -> None:
    """Show a text of the form in a label: as it is where it has no marks, else as rich text; `tail` is rich text."""
    if label.property("words") == (key := text + "\0" + tail):
        return
    label.setProperty("words", key)
    if is_plain(text) and not tail:
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setText(text)
    else:
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setText(unbroken((escape(text) if is_plain(text) else to_rich_text(text)) + tail))


def language_tag(name: str) -> str:
    """Return a short tag for a form's language: « Français (fr) » gives FR."""
    code = name.rpartition("(")[2].rstrip(")") if "(" in name else name[:2]
    return code.upper()
