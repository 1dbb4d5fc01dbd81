# SPDX-License-Identifier: EUPL-1.2
"""« Vérifier avant de terminer »: what is to be corrected on top, then every question with its answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from forms.views import NodeKind, NodeView, Violation, ViolationKind
from ui import theme
from ui.entry.desk import Desk
from ui.entry.repeat_model import leaves
from ui.entry.section_page import Column
from ui.entry.sections import Item, ItemKind, Section, node_title, read_items
from ui.entry.shown_value import in_words
from ui.entry.violations import sentence_of
from ui.i18n import plural, translate
from ui.widgets import Button, Card, ErrorSummary, Label, Line, StatusChip, row, scrolled
from ui.widgets.layout import Panel

WIDTH = 752
SHOWN_ENTRIES = 3
SHOWN_LINKS = 9
LONG_ANSWER = 90
GAP = 12
FOOT = 52


class ReviewFoot(Panel):
    """« Continuer plus tard », and the one thing to do: correct, or finish."""

    later_asked = Signal()
    main_asked = Signal()

    def __init__(self) -> None:
        super().__init__("surface", "top")
        later = Button(translate("Entry", "Continuer plus tard"))
        later.clicked.connect(self.later_asked)
        self._why = Label("", "small", "text2")
        self.main = Button("", kind="primary")
        self.main.clicked.connect(self.main_asked)
        box = QHBoxLayout(self)
        box.setContentsMargins(24, 1, 24, 0)
        box.setSpacing(16)
        box.addWidget(later)
        box.addStretch(1)
        box.addWidget(self._why)
        box.addWidget(self.main)
        self.fit()

    def fit(self) -> None:
        """Follow the text size."""
        self.setFixedHeight(max(FOOT, theme.px(FOOT)))

    def show_count(self, wrong: int) -> None:
        """Offer to correct while something is wrong, else to finish."""
        self._why.setText(translate("Entry", "Envoi possible après correction") if wrong else "")
        text = translate("Entry", "Aller à la première erreur") if wrong else translate("Entry", "Terminer")
        self.main.set_text(text)


class _Words(Label):
    """A label that never asks for more than its column."""

    def sizeHint(self) -> QSize:
        return QSize(60, super().sizeHint().height())


class _Line(QWidget):
    """A question, its answer, « Modifier »."""

    def __init__(self, title: str, answer: str, problem: str, edit: Callable[[], None] | None) -> None:
        super().__init__()
        words = _Words(title, "body", "text2", True)
        shown = _Words(answer or translate("Entry", "Sans réponse"), "strong", "text", True)
        if problem:
            shown.set_style("body")
            shown.set_role("err_fg")
        elif len(answer) > LONG_ANSWER:
            shown.set_style("body")
        elif not answer:
            shown.set_style("body")
            shown.set_role("text3")
        right = QVBoxLayout()
        right.setSpacing(1)
        right.addWidget(shown)
        if problem:
            right.addWidget(_Words(problem, "small", "err_fg", True))
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 3, 0, 3)
        box.setSpacing(14)
        box.addWidget(words, 17)
        box.addLayout(right, 14)
        if edit is not None:
            button = Button(translate("Entry", "Modifier"), kind="ghost")
            button.setAccessibleName(translate("Entry", "Modifier : {}").format(title))
            button.clicked.connect(edit)
            box.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(theme.px(43))


class ReviewPage(QWidget):
    """Everything at a glance; `edit_asked(ref)` leads back to a question."""

    edit_asked = Signal(str)

    def __init__(self, desk: Desk, *, frozen: bool = False) -> None:
        super().__init__()
        self._desk = desk
        self._frozen = frozen
        self._column = Column(WIDTH)
        self._column.box.setContentsMargins(0, 16, 0, 32)
        self._column.box.setSpacing(12)
        self.summary = ErrorSummary()
        self.summary.chosen.connect(self.edit_asked)
        check, look = translate("Entry", "Vérifier avant de terminer"), translate("Entry", "Réponses")
        heading = Label(look if frozen else check, "h1", wrap=True)
        after = translate(
            "Entry",
            "Une fois terminée, la réponse part à la région au prochain passage en ligne. "
            "Vous pourrez encore la consulter.",
        )
        self._column.box.addWidget(heading)
        kept = translate("Entry", "Ce dossier est terminé : ses réponses ne changent plus.")
        self._column.box.addWidget(Label(kept if frozen else after, "body", "text2", True))
        self._column.box.addWidget(self.summary)
        self._column.box.addStretch(1)
        self._cards: list[QWidget] = []
        self.area = scrolled(self._column)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.area)

    def show_record(self, sections: list[Section], wrong: list[Violation]) -> None:
        """Show all answers, and on top what is to be corrected."""
        for card in self._cards:
            self._column.box.removeWidget(card)
            card.deleteLater()
        self._cards = []
        numbers: dict[str, str] = {}
        broken = {violation.ref: violation for violation in wrong}
        for section in sections:
            items = read_items(self._desk.session, section)
            numbers.update({ref: item.number for item in items for ref in item.refs})
            card = self._card(section, items, broken)
            self._column.box.insertWidget(self._column.box.count() - 1, card)
            self._cards.append(card)
        self._show_summary(wrong, numbers)
        self.area.verticalScrollBar().setValue(0)

    def fit(self) -> None:
        """Follow the text size."""
        self._column.fit()

    def show_section(self, position: int) -> None:
        """Scroll to the card of a section."""
        if position < len(self._cards):
            self.area.verticalScrollBar().setValue(self._cards[position].y() - GAP)

    def _show_summary(self, wrong: list[Violation], numbers: dict[str, str]) -> None:
        self.summary.setVisible(bool(wrong))
        one, many = (
            translate("Entry", "Il reste {} réponse à corriger"),
            translate("Entry", "Il reste {} réponses à corriger"),
        )
        title = plural(len(wrong), one, many).format(len(wrong))
        links = [(v.ref, self._link(v, numbers)) for v in wrong[:SHOWN_LINKS]]
        if len(wrong) > SHOWN_LINKS:
            rest = len(wrong) - SHOWN_LINKS
            one, many = translate("Entry", "et {} autre, ci-dessous"), translate("Entry", "et {} autres, ci-dessous")
            links.append((wrong[SHOWN_LINKS].ref, plural(rest, one, many).format(rest)))
        self.summary.set_items(title, links)

    def _link(self, violation: Violation, numbers: dict[str, str]) -> str:
        node = self._desk.node(violation.ref)
        number = numbers.get(violation.ref) or numbers.get(violation.ref.rpartition("[")[0], "")
        missing = violation.kind is ViolationKind.REQUIRED
        wrong = f"{node_title(node)}\u00a0: {sentence_of(violation, node)}"
        said = violation.message or (node_title(node) if missing else wrong)
        return f"{number}  {said}".strip()

    def _card(self, section: Section, items: list[Item], broken: dict[str, Violation]) -> Card:
        wrong = sum(section.holds(ref) for ref in broken)
        state = self._desk.state_of(section)
        one, many = translate("Entry", "{} à corriger"), translate("Entry", "{} à corriger")
        chip = StatusChip("error", plural(wrong, one, many).format(wrong), "circle-alert")
        done = translate("Entry", "{} sur {}").format(state.progress.answered, state.progress.asked)
        title = Label(f"{section.number} {section.title}", "h3")
        count = Label(done if state.progress.asked else "", "small", "text2")
        head = row(title, chip, None, count) if wrong else row(title, None, count)
        card = Card(head, spacing=0)
        for item in items:
            for ref in item.refs:
                node = self._desk.node(ref)
                if node.relevant and item.kind not in (ItemKind.HEADING, ItemKind.NOTE):
                    card.body.addWidget(self._line(node, broken))
                    card.body.addWidget(Line())
        return card

    def _line(self, node: NodeView, broken: dict[str, Violation]) -> _Line:
        own = [v for ref, v in broken.items() if ref == node.ref or ref.startswith(f"{node.ref}[")]
        problem = sentence_of(own[0], self._desk.node(own[0].ref)) if own else ""
        target = own[0].ref if own else node.ref
        answer = self._entries(node) if node.kind is NodeKind.REPEAT else in_words(node, self._desk.choices)
        edit = None if self._frozen else lambda: self.edit_asked.emit(target)
        return _Line(node_title(node), answer, problem, edit)

    def _entries(self, node: NodeView) -> str:
        entries = self._desk.below(node.ref)
        if not entries:
            return ""
        names = [self._name(entry) for entry in entries[:SHOWN_ENTRIES]]
        more = "…" if len(entries) > SHOWN_ENTRIES else ""
        one, many = translate("Entry", "{} ligne"), translate("Entry", "{} lignes")
        count = plural(len(entries), one, many).format(len(entries))
        words = ", ".join(name for name in names if name)
        return f"{count}\u00a0: {words}{more}" if words else count

    def _name(self, entry: NodeView) -> str:
        nodes = [node for node in leaves(self._desk, entry.ref) if node.relevant and node.value]
        texts = [node for node in nodes if node.data_type == "string" and node.control == "input"]
        return in_words((texts or nodes)[0], self._desk.choices) if nodes else ""
