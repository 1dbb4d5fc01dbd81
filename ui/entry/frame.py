# SPDX-License-Identifier: EUPL-1.2
"""The frame of a question: number, words, answer widget, and what is to be corrected.

Frames know one item of a section and nothing of the page. `show_nodes` draws a new state; `answered` and `typed`
tell what the person does; `focused` tells where the keyboard is. The page decides which frame is `current`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from forms.views import NodeView, Text
from ui import theme
from ui.entry.catalog import control_class, make_control
from ui.entry.control import Control, Setting
from ui.entry.likert import ScaleGrid
from ui.entry.lists import Lists
from ui.entry.markdown import is_plain, to_plain_text, to_rich_text
from ui.entry.sections import Item, node_title
from ui.entry.shown_value import value_in_words
from ui.entry.violations import sentence_of
from ui.i18n import translate
from ui.widgets import IconMark, Label, StatusChip
from ui.widgets.painting import CARD_RADIUS, painter_of, rounded

LEFT, TOP, RIGHT, BOTTOM = 20, 13, 20, 15
NUMBER_WIDTH = 40
BAR = 4
PICTURE_HEIGHT = 260


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a frame asks of the page: nodes by ref, the setting of controls, what is missing, the form's language."""

    node: Callable[[str], NodeView]
    setting: Setting
    missing: Mapping[str, str]
    language: Callable[[], str]
    lists: Lists
    frame: Callable[[Item, Surroundings], Frame]


class Frame(QWidget):
    """What all items share: a place in the column, a ground, a number and words."""

    answered = Signal(str, str)  # ref, value
    typed = Signal(str, str)
    focused = Signal(str)  # ref

    def __init__(self, item: Item, around: Surroundings) -> None:
        super().__init__()
        self.item = item
        self.around = around
        self._current = False
        self._wrong = False
        percent = around.setting.percent
        self._number = Label(item.number, "small", "text3")
        self._number.setFixedWidth(theme.px(NUMBER_WIDTH))
        self._number.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._number.setContentsMargins(0, 2, 0, 0)
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
        line = QHBoxLayout(self._error)
        line.setContentsMargins(0, 6, 0, 0)
        line.setSpacing(6)
        line.addWidget(self._error_mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._error_text, 1)
        self._error.hide()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._foreign, 0, Qt.AlignmentFlag.AlignTop)
        self.body = QVBoxLayout()
        self.body.setSpacing(2)
        self.body.addLayout(head)
        self.body.addWidget(self._hint)
        self.outer = QHBoxLayout(self)
        self.outer.setContentsMargins(LEFT, TOP, RIGHT, BOTTOM)
        self.outer.setSpacing(0)
        self.outer.addWidget(self._number, 0, Qt.AlignmentFlag.AlignTop)
        self.outer.addLayout(self.body, 1)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    # What the page tells

    def refresh(self) -> None:
        """Read the nodes again and draw what changed."""
        raise NotImplementedError

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

    def commit(self) -> None:
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

    # Shared drawing

    def show_words(self, node: NodeView) -> None:
        """Show label, hint, picture and language tag."""
        star = f' <span style="color:{theme.color("err").name()}">*</span>' if node.required else ""
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
        if not self._current and not self._wrong:
            return
        painter = painter_of(self)
        rounded(painter, self.rect(), CARD_RADIUS, theme.color("surface"), theme.color("border"))
        bar = QRectF(0, 10, BAR, self.height() - 20)
        rounded(painter, bar, BAR / 2, theme.color("err" if self._wrong else "primary"))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Colour the star anew when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._title.setProperty("words", None)
            self.refresh()

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


class QuestionFrame(Frame):
    """One question with its control."""

    def __init__(self, item: Item, around: Surroundings) -> None:
        super().__init__(item, around)
        self._typing = False
        self._watched: list[QWidget] = []
        self._spelled: tuple[str, str] = ("", "")
        self.control = self._make(around.node(item.ref))
        self.body.addSpacing(6)
        self.body.addWidget(self.control)
        self.body.addWidget(self._error)
        self.refresh()

    def refresh(self) -> None:
        """Draw the node as it is now; the control is made again when its kind changed."""
        node = self.around.node(self.item.ref)
        if self.isHidden() == node.relevant:
            self.setVisible(node.relevant)
        if type(self.control) is not control_class(node, self.around.setting):
            self._replace(node)
        self.show_words(node)
        self.control.show_node(node)
        self._judge(node)

    def take_focus(self, ref: str = "") -> None:
        """Give the keyboard to the control."""
        del ref
        self.control.entry().setFocus(Qt.FocusReason.TabFocusReason)

    def press_digit(self, digit: int) -> bool:
        """Choose the n-th choice."""
        return self.control.press_digit(digit)

    def commit(self) -> None:
        """Give the answer."""
        self.control.commit()

    def flush(self) -> None:
        """Save what is being typed."""
        self.control.flush()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the keyboard comes here (the filter sits on this question's own widgets only)."""
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit(self.item.ref)
        elif event.type() == QEvent.Type.ChildAdded:
            self._watch()
        return super().eventFilter(watched, event)

    def _make(self, node: NodeView) -> Control:
        control = make_control(node, self.around.setting)
        control.answered.connect(self._on_answered)
        control.typed.connect(self._on_typed)
        self.control = control
        self._watch()
        return control

    def _watch(self) -> None:
        for widget in (self.control, *self.control.findChildren(QWidget)):
            if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget not in self._watched:
                self._watched.append(widget)
                widget.installEventFilter(self)

    def _replace(self, node: NodeView) -> None:
        old = self.control
        self._watched = []
        self.body.replaceWidget(old, self._make(node))
        self._spelled = ("", "")
        old.hide()
        old.deleteLater()

    def _on_answered(self, value: str) -> None:
        self._typing = False
        self.answered.emit(self.item.ref, value)
        self._judge(self.around.node(self.item.ref))

    def _on_typed(self, value: str) -> None:
        # An error already told stays in view until it is cured; a new one waits until the field is left.
        self._typing = not self._wrong
        self.typed.emit(self.item.ref, value)

    def _judge(self, node: NodeView) -> None:
        problem = self.control.problem()
        if not problem and not self._typing:
            if node.violation is not None:
                problem = sentence_of(node.violation, node)
            elif not node.value and node.relevant and node.ref in self.around.missing:
                problem = self.around.missing[node.ref] or translate("Entry", "Cette réponse est attendue.")
        self.show_error(problem)
        self.control.set_bad(bool(problem))
        self._name(node, problem)

    def _name(self, node: NodeView, problem: str) -> None:
        name = f"{self.item.number} {node_title(node)}".strip()
        if node.required:
            name = translate("Entry", "{} (obligatoire)").format(name)
        hint = to_plain_text(node.hint.value) if node.hint else ""
        spelled = (name, " ".join(part for part in (hint, problem) if part))
        if spelled == self._spelled:
            return
        self._spelled = spelled
        for widget in self.control.targets():
            widget.setAccessibleName(name)
            widget.setAccessibleDescription(spelled[1])


class NoteFrame(Frame):
    """A text to read, or a value that the form works out."""

    def __init__(self, item: Item, around: Surroundings) -> None:
        super().__init__(item, around)
        self._title.set_style("body")
        self._number.hide()
        self.outer.setContentsMargins(LEFT, 6, RIGHT, 6)
        self._value = Label("", "strong", wrap=True)
        self.body.addWidget(self._value)
        self.refresh()

    def refresh(self) -> None:
        """Draw the text and the value."""
        node = self.around.node(self.item.ref)
        if self.isHidden() == node.relevant:
            self.setVisible(node.relevant)
        self._title.set_role("text2" if not node.value else "text")
        self.show_words(node)
        value = "" if node.label is None and not node.value else value_in_words(node)
        self._value.setText(value)
        self._value.setVisible(bool(value))


class HeadingFrame(Frame):
    """The label of a nested group."""

    def __init__(self, item: Item, around: Surroundings) -> None:
        super().__init__(item, around)
        self._number.hide()
        self.outer.setContentsMargins(LEFT, 20 if item.level == 0 else 12, RIGHT, 2)
        self._title.set_style("h2" if item.level == 0 else "h3")
        self.refresh()

    def refresh(self) -> None:
        """Draw the label."""
        node = self.around.node(self.item.ref)
        if self.isHidden() == node.relevant:
            self.setVisible(node.relevant)
        self.show_words(node)


class GridFrame(Frame):
    """Several questions over one scale, as a grid."""

    def __init__(self, item: Item, around: Surroundings) -> None:
        super().__init__(item, around)
        nodes = [around.node(ref) for ref in item.refs]
        self.grid = ScaleGrid(nodes, around.setting.choices(item.ref), around.setting.percent)
        self.grid.answered.connect(self.answered)
        self._title.hide()
        self._hint.hide()
        self.body.addWidget(self.grid)
        self.body.addWidget(self._error)
        for cell in self.grid.findChildren(QWidget):
            if cell.focusPolicy() != Qt.FocusPolicy.NoFocus:
                cell.installEventFilter(self)
        self.refresh()

    def refresh(self) -> None:
        """Draw the rows."""
        nodes = [self.around.node(ref) for ref in self.item.refs]
        if self.isHidden() == any(node.relevant for node in nodes):
            self.setVisible(any(node.relevant for node in nodes))
        self.grid.show_rows(nodes)
        problems = []
        for node in nodes:
            missing = not node.value and node.relevant and node.ref in self.around.missing
            if node.violation is not None:
                problems.append(f"{node_title(node)} : {sentence_of(node.violation, node)}")
            elif missing:
                text = self.around.missing[node.ref] or translate("Entry", "Cette réponse est attendue.")
                problems.append(f"{node_title(node)} : {text}")
        self.show_error("\n".join(problems))

    def take_focus(self, ref: str = "") -> None:
        """Give the keyboard to a row."""
        self.grid.row_entry(ref or self.item.refs[0]).setFocus(Qt.FocusReason.TabFocusReason)

    def press_digit(self, digit: int) -> bool:
        """Choose in the row that has the keyboard."""
        return self.grid.press_digit(digit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the keyboard comes here."""
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit(self.item.ref)
        return super().eventFilter(watched, event)


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
        label.setText((escape(text) if is_plain(text) else to_rich_text(text)) + tail)


def language_tag(name: str) -> str:
    """Return a short tag for a form's language: « Français (fr) » gives FR."""
    code = name.rpartition("(")[2].rstrip(")") if "(" in name else name[:2]
    return code.upper()
