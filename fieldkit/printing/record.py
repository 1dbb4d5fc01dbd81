# SPDX-License-Identifier: EUPL-1.2
"""A filled record on paper: each question with its answer, section by section, and what proves which record it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

from fieldkit.instance import Instance, State
from fieldkit.printing.answers import LONG_TEXT, UNANSWERED, read_answer
from fieldkit.printing.blocks import (
    SectionHeading,
    announced,
    box,
    column_widths,
    data_table,
    facts,
    least_width,
    overline,
    paragraph,
)
from fieldkit.printing.fields import choice_labels, likert_table
from fieldkit.printing.ink import color, flowing, style
from fieldkit.printing.pages import TEXT_WIDTH, Heading, Sheet, build_pages
from fieldkit.printing.reading import (
    UNNUMBERED,
    PaperLine,
    PaperSection,
    is_sentence,
    plain,
    read_sections,
    strip_marks,
)
from fieldkit.printing.rules import label_is_computed
from fieldkit.typography import DASH, byte_size, integer, long_moment, noun, plural, written_days
from forms.views import NodeKind, NodeView

if TYPE_CHECKING:
    from forms import FormSession

NUMBER_WIDTH = 32.0
QUESTION_WIDTH = 262.0
ORDER_WIDTH = 20.0
STATE_WORDS = {
    State.DRAFT: "Brouillon",
    State.FINALIZED: "Terminé, prêt à envoyer",
    State.SUBMITTED: "Envoyé",
    State.RETURNED: "À corriger",
    State.REJECTED: "Refusé par la région",
}


def record_pages(session: FormSession, instance: Instance | None, sheet: Sheet) -> bytes:
    """Return the record as PDF. `instance` None: a form that the store does not hold."""
    name = (instance.name if instance else "") or session.instance_name or session.form.title
    story: list[Flowable] = [
        NextPageTemplate("text"),
        overline(session.form.title),
        Heading(written_days(name), "title", 0),
        Spacer(0, 4),
        facts(_record_facts(session, instance), columns=3),
    ]
    for section in read_sections(session):
        story += section_story(session, section)
    story += _proof(session, instance)
    return build_pages(story, sheet)


def _record_facts(session: FormSession, instance: Instance | None) -> list[tuple[str, str]]:
    progress = session.progress()
    told = [("Réponses", f"{integer(progress.answered)} sur {integer(progress.asked)}")]
    if instance:
        told.insert(0, ("État", STATE_WORDS[instance.state]))
        moment = instance.submitted_at or instance.finalized_at or instance.changed_at
        verb = "Envoyé le" if instance.submitted_at else "Terminé le" if instance.finalized_at else "Modifié le"
        told.append((verb, long_moment(moment.astimezone())))
    return told


def section_story(
    session: FormSession,
    section: PaperSection,
    *,
    label: str = "",
    replaced: Mapping[str, Sequence[Flowable]] | None = None,
    in_contents: bool = False,
) -> list[Flowable]:
    """Return a section: heading, count of answers, then its relevant lines; nothing if nothing in it is relevant.

    `label` stands for the section's number (« H »: its questions are H.1, H.2 …). A line whose ref is in `replaced`
    gives way to those flowables, and what is below it is left out.
    """
    others = replaced or {}
    lines = [line for line in section.lines if line.node.relevant]
    if not lines or (section.node and not section.node.relevant):
        return []
    shown: list[Flowable] = []
    position = 0
    while position < len(lines):
        line = lines[position]
        grid = _grid_lines(session, lines, position)
        if line.node.ref in others:
            shown += others[line.node.ref]
        elif not any(line.node.ref.startswith(f"{ref}/") for ref in others):
            shown += [_grid(session, grid, label)] if grid else line_story(session, line, label)
        position += max(1, len(grid))
    heading = SectionHeading(label or str(section.number), section.title, in_contents=in_contents)
    return announced([heading, *_count(session, section)], shown)


def _grid_lines(session: FormSession, lines: Sequence[PaperLine], start: int) -> list[PaperLine]:
    """Return the selects from `start` on that the form asks for as one grid."""
    found: list[PaperLine] = []
    for line in lines[start:]:
        node = line.node
        if node.control not in {"select1", "select"} or "list-nolabel" not in node.appearance:
            break
        if found and session.choices(node.ref) != session.choices(found[0].node.ref):
            break
        found.append(line)
    return found


def _grid(session: FormSession, lines: Sequence[PaperLine], label: str) -> Table:
    choices = session.choices(lines[0].node.ref)
    rows = [
        (
            _number(line, label),
            [paragraph(plain(line.node), "choice")],
            [c.value in line.node.value.split() for c in choices],
        )
        for line in lines
    ]
    return likert_table(
        rows, choice_labels(choices), "one" if lines[0].node.control == "select1" else "several", TEXT_WIDTH
    )


def _number(line: PaperLine, label: str) -> str:
    """Return the number of a line, with the section's letter in the place of its number."""
    return f"{label}.{line.number.rpartition('.')[2]}" if label and "." in line.number else line.number.strip()


def _count(session: FormSession, section: PaperSection) -> list[Flowable]:
    if not section.node:
        return []
    progress = session.progress(section.node.ref)
    if not progress.asked:
        return []
    missing = progress.asked - progress.answered
    if not missing:
        return []
    said = f"{plural(missing, 'question')} {noun(missing, 'reste', 'restent')} sans réponse."
    return [paragraph(said, "small")]


def line_story(session: FormSession, line: PaperLine, label: str = "") -> list[Flowable]:
    """Return one line of the form with its answer."""
    node = line.node
    if node.kind is NodeKind.GROUP:
        return [paragraph(plain(node), "h2")]
    if node.kind is NodeKind.REPEAT:
        return _repeat(session, line, label)
    if line.is_note:
        return _note(session, node)
    answer = read_answer(session, node)
    question = plain(node)
    if len(answer) > LONG_TEXT or "\n" in answer:
        return [_question_row(_number(line, label), question, None), _indented(answer)]
    return [_question_row(_number(line, label), question, answer)]


def _note(session: FormSession, node: NodeView) -> list[Flowable]:
    """Return a note; of a value that the form works out, the label with the value."""
    text = strip_marks(node.label.value) if node.label else ""
    value = read_answer(session, node)
    if value:
        return [_question_row("", text or plain(node), value)]
    told = is_sentence(text) or label_is_computed(session.form, node.ref)
    return [paragraph(text, "small")] if told else []


def _question_row(number: str, question: str, answer: str | None) -> Table:
    """Return number, question and answer side by side; an answer of None follows below."""
    asked = paragraph(question, "asked")
    if answer is None:
        cells, widths = [paragraph(number, "cell_head"), asked], [NUMBER_WIDTH, TEXT_WIDTH - NUMBER_WIDTH]
    else:
        shown = paragraph(answer, "answer") if answer else paragraph(UNANSWERED, "unanswered")
        cells = [paragraph(number, "cell_head"), asked, shown]
        widths = [NUMBER_WIDTH, QUESTION_WIDTH, TEXT_WIDTH - NUMBER_WIDTH - QUESTION_WIDTH]
    table = Table([cells], colWidths=widths, splitInRow=0)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 12),
                ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (0, -1), 6.2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4.6),
                *([("LINEBELOW", (0, 0), (-1, -1), 0.5, color("border"))] if answer is not None else []),
            ]
        )
    )
    table.keepWithNext = answer is None
    return table


def _indented(answer: str) -> Table:
    """Return a long answer under its question; it may go on over the page."""
    table = Table([["", Paragraph(flowing(answer), style("answer"))]], colWidths=[NUMBER_WIDTH, None], splitInRow=1)
    table.setStyle(
        TableStyle(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, color("border")),
            ]
        )
    )
    return table


def _repeat(session: FormSession, line: PaperLine, label: str = "") -> list[Flowable]:
    markup = f"{flowing(_number(line, label))}  {flowing(plain(line.node))}"
    entries = [entry for entry in session.children(line.node.ref) if _is_begun(session, entry)]
    if not entries:
        return [Paragraph(markup, style("h3")), paragraph("Aucune entrée.", "unanswered")]
    title = [CondPageBreak(90), Paragraph(markup, style("h3_free"))]
    columns = _fields(session, entries[0])
    rows = [[read_answer(session, node, short=True) or DASH for node in _fields(session, entry)] for entry in entries]
    heads = [plain(node) for node in columns]
    if all(len(row) == len(heads) for row in rows) and fits_a_table(heads, rows):
        return [*title, repeat_table(heads, rows)]
    cards: list[Flowable] = [*title]
    for i, entry in enumerate(entries, 1):
        cards += _card(session, entry, f"{plain(line.node)} {i}")
    return cards


def _is_begun(session: FormSession, entry: NodeView) -> bool:
    """Tell an entry of a repeat with an answer from the empty one that a form offers at the start."""
    return entry.relevant and session.progress(entry.ref).answered > 0


def _fields(session: FormSession, entry: NodeView) -> list[NodeView]:
    """Return the answerable fields of an entry that are relevant, nested groups opened."""
    found: list[NodeView] = []
    for node in session.children(entry.ref):
        if node.kind is NodeKind.GROUP and node.relevant:
            found += _fields(session, node)
        elif node.kind is NodeKind.QUESTION and node.relevant and (node.value or not node.readonly):
            found.append(node)
    return found


def _card(session: FormSession, entry: NodeView, title: str) -> list[Flowable]:
    story: list[Flowable] = [paragraph(title, "question")]
    for node in session.children(entry.ref):
        if node.relevant:
            number = "" if node.kind is not NodeKind.QUESTION or node.readonly else UNNUMBERED
            story += line_story(session, PaperLine(node, number, 1))
    return [KeepTogether(story[:3]), *story[3:], Spacer(0, 6)]


def fits_a_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether entries are short enough for one line each: no long text, and no word cut by its column."""
    short = all(len(cell) <= LONG_TEXT for row in rows for cell in row)
    return bool(heads) and short and least_width([*rows, heads]) <= TEXT_WIDTH - ORDER_WIDTH


def repeat_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return the entries of a repeat as a table, numbered; columns are as wide as what they hold asks."""
    widths = [ORDER_WIDTH, *column_widths([heads, *rows], TEXT_WIDTH - ORDER_WIDTH)]
    return data_table(["", *heads], [[str(i), *row] for i, row in enumerate(rows, 1)], widths)


def _proof(session: FormSession, instance: Instance | None) -> list[Flowable]:
    """Return the box that ties the paper to the record: ids, moments, and the fingerprint of the frozen bytes."""
    form = session.form
    lines = [f"Questionnaire : {form.form_id}, version {form.version or DASH}", f"Réponse : {session.instance_id}"]
    if instance and instance.finalized_at:
        lines.append(f"Terminée le {long_moment(instance.finalized_at.astimezone())}, {byte_size(instance.size)}")
    if instance and instance.submitted_at:
        lines.append(f"Envoyée le {long_moment(instance.submitted_at.astimezone())}")
    if instance and instance.deprecated_id:
        lines.append(f"Remplace la réponse {instance.deprecated_id}")
    if instance and instance.sha256:
        lines.append(f"Empreinte SHA-256 : {instance.sha256}")
    else:
        lines.append("Brouillon : les réponses peuvent encore changer.")
    return [
        Spacer(0, 14),
        KeepTogether(
            [box([paragraph("Ce que ce papier atteste", "h3"), *(paragraph(text, "small") for text in lines)])]
        ),
    ]
