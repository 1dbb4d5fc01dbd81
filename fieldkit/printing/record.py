# SPDX-License-Identifier: EUPL-1.2
"""A filled record on paper: each question with its answer, section by section, and what proves which record it is."""

from __future__ import annotations

from collections.abc import Sequence
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
from fieldkit.printing.blocks import SectionHeading, box, data_table, facts, overline, paragraph
from fieldkit.printing.ink import color, flowing, style, width_of
from fieldkit.printing.pages import TEXT_WIDTH, Heading, Sheet, build_pages
from fieldkit.printing.reading import PaperLine, PaperSection, plain, read_sections, strip_marks
from fieldkit.typography import DASH, byte_size, integer, long_moment, noun, plural
from forms.views import NodeKind, NodeView

if TYPE_CHECKING:
    from forms import FormSession

NUMBER_WIDTH = 28.0
QUESTION_WIDTH = 262.0
MOST_COLUMNS = 6
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
        Heading(name, "title", 0),
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


def section_story(session: FormSession, section: PaperSection, *, in_contents: bool = False) -> list[Flowable]:
    """Return a section: heading, count of answers, then its relevant lines; nothing if nothing in it is relevant."""
    lines = [line for line in section.lines if line.node.relevant]
    if not lines or (section.node and not section.node.relevant):
        return []
    shown: list[Flowable] = []
    for line in lines:
        shown += line_story(session, line)
    heading = SectionHeading(str(section.number), section.title, in_contents=in_contents)
    return [CondPageBreak(110), heading, *_count(session, section), *shown]


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


def line_story(session: FormSession, line: PaperLine) -> list[Flowable]:
    """Return one line of the form with its answer."""
    node = line.node
    if node.kind is NodeKind.GROUP:
        return [paragraph(plain(node), "h2")]
    if node.kind is NodeKind.REPEAT:
        return _repeat(session, line)
    if line.is_note:
        return _note(session, node)
    answer = read_answer(session, node)
    question = plain(node)
    if len(answer) > LONG_TEXT or "\n" in answer:
        return [_question_row(line.number, question, None), _indented(answer)]
    return [_question_row(line.number, question, answer)]


def _note(session: FormSession, node: NodeView) -> list[Flowable]:
    """Return a note; of a value that the form works out, the label with the value."""
    text = strip_marks(node.label.value) if node.label else ""
    value = read_answer(session, node)
    if value:
        return [_question_row("", text or plain(node), value)]
    return [paragraph(text, "small")] if text else []


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


def _repeat(session: FormSession, line: PaperLine) -> list[Flowable]:
    entries = [entry for entry in session.children(line.node.ref) if entry.relevant]
    title = Paragraph(f"{flowing(line.number)}  {flowing(plain(line.node))}", style("h3"))
    if not entries:
        return [title, paragraph("Aucune entrée.", "unanswered")]
    columns = _fields(session, entries[0])
    rows = [[read_answer(session, node) or DASH for node in _fields(session, entry)] for entry in entries]
    even = all(len(row) == len(columns) for row in rows)
    if even and 0 < len(columns) <= MOST_COLUMNS and all(len(cell) <= LONG_TEXT for row in rows for cell in row):
        return [title, repeat_table([plain(node) for node in columns], rows)]
    cards: list[Flowable] = [title]
    for i, entry in enumerate(entries, 1):
        cards += _card(session, entry, f"{plain(line.node)} {i}")
    return cards


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
            number = "" if node.kind is not NodeKind.QUESTION or node.readonly else "·"
            story += line_story(session, PaperLine(node, number, 1))
    return [KeepTogether(story[:3]), *story[3:], Spacer(0, 6)]


def repeat_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return the entries of a repeat as a table, numbered; columns are as wide as what they hold asks."""
    wanted = []
    for i, head in enumerate(heads):
        longest = max(width_of(text, "Inter", 8.6) for text in (*(row[i] for row in rows), head[:26]))
        wanted.append(min(200.0, max(46.0, longest + 12)))
    room = TEXT_WIDTH - 20
    widths = [20.0, *(width * room / sum(wanted) for width in wanted)]
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
