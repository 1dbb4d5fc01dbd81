# SPDX-License-Identifier: EUPL-1.2
"""The frames that hold answers, and those that only say something: question, grid, note, heading."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

from forms.views import NodeView
from ui.entry.catalog import control_class, make_control
from ui.entry.control import Control
from ui.entry.frame import LEFT, RIGHT, Frame, Surroundings
from ui.entry.likert import ScaleGrid
from ui.entry.markdown import to_plain_text
from ui.entry.sections import Item, node_title
from ui.entry.shown_value import value_in_words
from ui.entry.violations import sentence_of
from ui.i18n import translate
from ui.widgets import Label


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
        self.show_relevant(node.relevant)
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

    def settle(self) -> None:
        """Give what is being typed as the answer."""
        self.control.settle()

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
        self.show_relevant(node.relevant)
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
        self.show_relevant(node.relevant)
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
        self.show_relevant(any(node.relevant for node in nodes))
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
