# SPDX-License-Identifier: EUPL-1.2
"""A form to fill by hand: every question numbered as in the window, with boxes, combs and lines for the answers.

Questions in a row that share their choices become one grid. Long lists (the communes) are a line to write on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    NextPageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from fieldkit.printing.blocks import Comb, Mark, SectionHeading, TickBox, WritingLines, box, overline, paragraph
from fieldkit.printing.conditions import ALWAYS, OTHERWISE, Term, Verdict, judge, say_term
from fieldkit.printing.fields import LONG_LIST, blank_table, choice_labels, field_for, likert_table, text_lines
from fieldkit.printing.ink import flowing, style, tint
from fieldkit.printing.pages import TEXT_WIDTH, Heading, Sheet, build_pages
from fieldkit.printing.reading import (
    UNNUMBERED,
    PaperLine,
    PaperSection,
    is_sentence,
    plain,
    question_numbers,
    read_sections,
)
from fieldkit.printing.rules import constraint_of, hint_is_computed, label_is_computed, relevance_of
from fieldkit.reading_order import CHOICE_CONTROLS
from fieldkit.typography import integer, plural
from forms.views import NodeKind, NodeView

if TYPE_CHECKING:
    from forms import FormSession

NUMBER_WIDTH = 30.0
SHARED_FROM = 3  # a condition that comes back that often in a section is written once, then marked by a letter
GRID_CHOICES = 7
BLANK_ROWS, BLANK_CARDS = 5, 2
TABLE_COLUMNS = 8  # a budget line has eight


@dataclass(slots=True)
class _Paper:
    """What the walk over a form needs at hand."""

    session: FormSession
    settled: Mapping[str, str]
    sections: list[PaperSection]
    numbers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = question_numbers(self.sections)

    def verdict(self, node: NodeView) -> Verdict:
        """Tell whether a node is printed, and under which condition in words."""
        expression = relevance_of(self.session.form, node.ref)
        if not expression:
            return ALWAYS
        return judge(expression, node.ref, self.settled, self.say)

    def say(self, term: Term) -> str:
        """Put one open comparison in words."""
        number = self.numbers.get(term.ref, "")
        labels: dict[str, str] = {}
        if number and self.session.node(term.ref).control in CHOICE_CONTROLS:
            labels = {choice.value: choice.label.value for choice in self.session.choices(term.ref)}
        return say_term(term, number, labels)


def blank_pages(session: FormSession, settled: Mapping[str, str], sheet: Sheet) -> bytes:
    """Return the blank form as PDF. The session is fresh but for the `settled` answers; it is changed by the walk."""
    paper = _Paper(session, settled, read_sections(session))
    body: list[Flowable] = []
    asked = 0
    for section in paper.sections:
        count, story = _section(paper, section)
        asked += count
        body += story
    return build_pages([*_opening(session.form.title, asked), *body, *_closing()], sheet)


def _opening(title: str, asked: int) -> list[Flowable]:
    samples = Table(
        [
            [
                TickBox("one", ticked=True),
                paragraph("Cercle : une seule réponse.", "small"),
                TickBox("several", ticked=True),
                paragraph("Carré : plusieurs réponses possibles.", "small"),
            ]
        ],
        colWidths=[15, 150, 15, 200],
    )
    samples.setStyle(TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    samples.hAlign = "LEFT"
    told = "Mettez une croix dans la case. Écrivez les chiffres un par case, en commençant à droite. "
    told += "Une erreur : noircissez la case et mettez la croix ailleurs."
    return [
        NextPageTemplate("text"),
        overline("Questionnaire à remplir à la main"),
        Heading(title, "title", 0),
        paragraph(plural(asked, "question"), "subtitle"),
        box([paragraph("Comment remplir", "h3"), paragraph(told, "small"), samples], edge=False),
    ]


def _closing() -> list[Flowable]:
    """Return the box that says who wrote and who copied into the program."""
    rows = [
        [paragraph("Rempli par", "cell_head"), "", paragraph("Le", "cell_head"), Comb([2, 2, 4], ["/", "/"])],
        [paragraph("Recopié par", "cell_head"), "", paragraph("Le", "cell_head"), Comb([2, 2, 4], ["/", "/"])],
    ]
    for row in rows:
        row[1] = WritingLines(1, gap=16)
    table = Table(rows, colWidths=[62, 210, 24, TEXT_WIDTH - 296 - 28])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (0, -1), 0)]))
    return [Spacer(0, 12), KeepTogether([box([table])])]


def _section(paper: _Paper, section: PaperSection) -> tuple[int, list[Flowable]]:
    """Return how many questions a section asks, and its story; nothing if it asks nothing."""
    verdict = paper.verdict(section.node) if section.node else ALWAYS
    if not verdict.printed:
        return 0, []
    lines = _printed_lines(paper, section.lines)
    asked = sum(bool(line.number) for line in lines)
    if not asked:
        return 0, []
    story: list[Flowable] = [CondPageBreak(130), SectionHeading(str(section.number), section.title)]
    if verdict.words:
        story.append(paragraph(f"{verdict.words}.", "condition"))
    letters = _shared_conditions(paper, lines)
    story += [Paragraph(f"{_tag(letter)} {flowing(words)}.", style("condition")) for words, letter in letters.items()]
    return asked, [*story, *_lines(paper, lines, letters)]


def _printed_lines(paper: _Paper, lines: Sequence[PaperLine]) -> list[PaperLine]:
    """Return what settled answers leave, without headings that nothing is asked under."""
    kept: list[PaperLine] = []
    closed = ""
    for line in lines:
        if closed and line.node.ref.startswith(closed):
            continue
        if paper.verdict(line.node).printed:
            kept.append(line)
        else:
            closed = f"{line.node.ref}/"
    asked = [line.node.ref for line in kept if line.number]
    return [
        line
        for line in kept
        if line.node.kind is not NodeKind.GROUP or any(ref.startswith(f"{line.node.ref}/") for ref in asked)
    ]


def _shared_conditions(paper: _Paper, lines: Sequence[PaperLine]) -> dict[str, str]:
    """Return the conditions that come back often in a section, each with its letter."""
    counted = Counter(words for line in lines if line.number and (words := paper.verdict(line.node).words))
    shared = [words for words, count in counted.items() if count >= SHARED_FROM]
    return {words: "ABCDEFGH"[i] for i, words in enumerate(shared[:8])}


def _tag(letter: str) -> str:
    return tint(f"<b>[{letter}]</b>", "primary")


def _lines(paper: _Paper, lines: Sequence[PaperLine], letters: Mapping[str, str]) -> list[Flowable]:
    story: list[Flowable] = []
    position = 0
    while position < len(lines):
        grid = _grid_rows(paper, lines, position)
        if len(grid) > 1:
            story.append(_grid(paper, grid, letters))
            position += len(grid)
        else:
            story += _line(paper, lines[position], letters)
            position += 1
    return story


def _grid_rows(paper: _Paper, lines: Sequence[PaperLine], start: int) -> list[PaperLine]:
    """Return the questions from `start` on that share control and choices, on one level."""
    head = lines[start]
    if not head.number or head.node.control not in CHOICE_CONTROLS:
        return []
    choices = paper.session.choices(head.node.ref)
    if not 2 <= len(choices) <= GRID_CHOICES:
        return []
    rows = [head]
    for line in lines[start + 1 :]:
        same = line.number and line.node.control == head.node.control and line.level == head.level
        if not same or paper.session.choices(line.node.ref) != choices:
            break
        rows.append(line)
    return rows


def _grid(paper: _Paper, rows: Sequence[PaperLine], letters: Mapping[str, str]) -> Table:
    labels = choice_labels(paper.session.choices(rows[0].node.ref))
    mark: Mark = "one" if rows[0].node.control == "select1" else "several"
    cells = [
        (line.number, _question_texts(paper, line.node, letters, look="choice"), [False] * len(labels)) for line in rows
    ]
    return likert_table(cells, labels, mark, TEXT_WIDTH)


def _question_texts(
    paper: _Paper, node: NodeView, letters: Mapping[str, str], look: str = "question"
) -> list[Flowable]:
    """Return label, condition and hint of a question."""
    words = paper.verdict(node).words
    tag = f" {_tag(letters[words])}" if words in letters else ""
    texts: list[Flowable] = [Paragraph(flowing(plain(node)) + tag, style(look))]
    if words and not tag:
        texts.append(paragraph(f"{words}.", "condition"))
    return [*texts, *_hint(paper, node)]


def _hint(paper: _Paper, node: NodeView) -> list[Flowable]:
    """Return the hint, unless it speaks of the screen or of answers that paper does not know."""
    text = node.hint.value.strip() if node.hint else ""
    if not text or _is_searched(node) or hint_is_computed(paper.session.form, node.ref):
        return []
    return [paragraph(text, "hint")]


def _is_searched(node: NodeView) -> bool:
    """Tell whether the window finds the answer by typing: its hint speaks of the keyboard, not of the pen."""
    return node.control in CHOICE_CONTROLS and bool({"autocomplete", "search"} & set(node.appearance))


def _line(paper: _Paper, line: PaperLine, letters: Mapping[str, str]) -> list[Flowable]:
    node = line.node
    if node.kind is NodeKind.GROUP:
        words = paper.verdict(node).words
        return [paragraph(plain(node), "h2"), *([paragraph(f"{words}.", "condition")] if words else [])]
    if node.kind is NodeKind.REPEAT:
        return _repeat(paper, line, letters)
    if line.is_note:
        return _note(paper, node)
    return [_question(paper, line, letters)]


def _note(paper: _Paper, node: NodeView) -> list[Flowable]:
    """Return a note, unless it speaks of what the program works out or fills in."""
    text = plain(node) if node.label else ""
    computed = paper.verdict(node).words == OTHERWISE
    if computed or not is_sentence(text) or label_is_computed(paper.session.form, node.ref):
        return []
    return [paragraph(text, "small")]


def _question(paper: _Paper, line: PaperLine, letters: Mapping[str, str]) -> Table:
    """Return a question with its field as one row, which no page break cuts."""
    node = line.node
    choices = paper.session.choices(node.ref) if node.control in (*CHOICE_CONTROLS, "rank") else []
    constraint = constraint_of(paper.session.form, node.ref)
    texts = _question_texts(paper, node, letters)
    answer = field_for(node, choices, constraint, paper.settled.get(node.ref, ""))
    table = Table(
        [[paragraph(line.number, "cell_head"), [*texts, *answer]]],
        colWidths=[NUMBER_WIDTH, TEXT_WIDTH - NUMBER_WIDTH],
        splitInRow=0,
    )
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (0, -1), 5.8),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        )
    )
    return table


def _repeat(paper: _Paper, line: PaperLine, letters: Mapping[str, str]) -> list[Flowable]:
    """Return a repeat as a blank table, or as cards where the fields are many or long."""
    session = paper.session
    title = Paragraph(f"{flowing(line.number)}  {flowing(plain(line.node))}", style("h3"))
    words = paper.verdict(line.node).words
    texts: list[Flowable] = [title, *([paragraph(f"{words}.", "condition")] if words else [])]
    texts += _hint(paper, line.node)
    entries = session.children(line.node.ref)
    if not entries and line.node.can_add:
        session.add_repeat(line.node.ref)
        entries = session.children(line.node.ref)
    if not entries:
        return [*texts, paragraph("Autant d’entrées que vos réponses le demandent.", "hint"), WritingLines(4)]
    inside = _entry_lines(session, entries[0].ref)
    fields = [entry for entry in inside if entry.number]
    if 0 < len(fields) <= TABLE_COLUMNS and all(_fits_a_cell(paper, entry.node) for entry in fields):
        return [KeepTogether([*texts, *_repeat_table(paper, fields, max(BLANK_ROWS, len(entries)))])]
    for i in range(1, BLANK_CARDS + 1):
        texts.append(paragraph(f"{plain(line.node)} {integer(i)}", "h3"))
        texts += _lines(paper, inside, letters)
    return [
        *texts,
        paragraph("Pour d’autres entrées, continuez sur une feuille à part avec les mêmes numéros.", "hint"),
    ]


def _entry_lines(session: FormSession, entry_ref: str, level: int = 0) -> list[PaperLine]:
    """Return the lines of one entry; its fields are asked without a number."""
    lines: list[PaperLine] = []
    for node in session.children(entry_ref):
        if node.kind is NodeKind.GROUP:
            lines += [PaperLine(node, "", level), *_entry_lines(session, node.ref, level + 1)]
        else:
            lines.append(PaperLine(node, "" if node.readonly else UNNUMBERED, level))
    return lines


def _fits_a_cell(paper: _Paper, node: NodeView) -> bool:
    if node.kind is not NodeKind.QUESTION or node.control in {"rank", "range", "trigger", "upload"}:
        return False
    return node.control in CHOICE_CONTROLS or text_lines(node, constraint_of(paper.session.form, node.ref)) < 3


def _repeat_table(paper: _Paper, fields: Sequence[PaperLine], rows: int) -> list[Flowable]:
    """Return the table and, below, what can be written in the columns that offer choices or are conditional."""
    weights = [_weight(entry.node) for entry in fields]
    table = blank_table([plain(entry.node) for entry in fields], weights, rows, TEXT_WIDTH)
    notes: list[Flowable] = []
    for entry in fields:
        node = entry.node
        choices = paper.session.choices(node.ref) if node.control in CHOICE_CONTROLS else []
        if 0 < len(choices) <= LONG_LIST:
            offered = " ; ".join(choice_labels(choices))
            notes.append(Paragraph(f"<b>{flowing(plain(node))}</b> : {flowing(offered)}", style("hint")))
    return [table, *notes]


def _weight(node: NodeView) -> float:
    if node.control in CHOICE_CONTROLS:
        return 1.3
    return {"int": 0.8, "decimal": 1.0, "date": 1.1, "time": 0.8}.get(node.data_type, 2.0)
