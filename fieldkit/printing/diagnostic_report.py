# SPDX-License-Identifier: EUPL-1.2
"""The report of a territorial diagnostic: the result, then priorities, comparison, guides, comments and method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

from fieldkit import charts
from fieldkit.comparison import Scored, TerritoryScores
from fieldkit.diagnostic import AxisScore, Diagnostic
from fieldkit.framework import LEVEL_LABELS, RANKED_FROM, Level, axes, questions
from fieldkit.guides import catalogue
from fieldkit.printing.blocks import SectionHeading, box, data_table, facts, overline, paragraph
from fieldkit.printing.drawing import ChartFlowable
from fieldkit.printing.ink import flowing, style, tint
from fieldkit.printing.pages import TEXT_WIDTH, Heading, Sheet, build_pages
from fieldkit.typography import DASH, decimal, integer, long_date, noun, percent, plural, quoted, signed, words

LANGUAGE = "fr"  # the sentences around the figures are French
CHART_SCALE = 0.68
HALF = (TEXT_WIDTH - 24) / 2
MOST_GUIDES = 8
VERSION_WORDS: Mapping[str, str] = {"express": "Express", "complet": "Complète"}


@dataclass(frozen=True, slots=True)
class Compared:
    """What the diagnostic is set beside: another diagnostic or a territory's scores, and the name it is shown under."""

    scores: Scored
    name: str


def diagnostic_pages(
    diagnostic: Diagnostic, sheet: Sheet, compared: Compared | None, guide_titles: Mapping[str, str]
) -> bytes:
    """Return the report as PDF; `guide_titles` holds the titles of the guides that exist, by id."""
    story: list[Flowable] = [
        *_cover(diagnostic),
        *_profile(diagnostic, compared),
        *_priorities(diagnostic),
        *(_comparison(diagnostic, compared) if compared else []),
        *_guides(diagnostic, guide_titles),
        *_comments(diagnostic),
        *_method(diagnostic),
    ]
    return build_pages(story, sheet)


def _label(axis_score: AxisScore) -> str:
    return axis_score.labels[LANGUAGE]


def _shown(value: float | None, places: int = 0) -> str:
    return DASH if value is None else decimal(value, places)


def _cover(diagnostic: Diagnostic) -> list[Flowable]:
    story: list[Flowable] = [
        NextPageTemplate("text"),
        overline("Diagnostic territorial"),
        Heading(diagnostic.place or "Territoire sans nom", "title", 0, title="Résultat"),
        paragraph(_opening_sentence(diagnostic), "lead"),
        _headline(diagnostic),
        facts(_cover_facts(diagnostic), columns=4),
    ]
    if diagnostic.conclusion:
        story.append(box([paragraph("Ce que le groupe retient", "h3"), paragraph(diagnostic.conclusion)]))
    return story


def _opening_sentence(diagnostic: Diagnostic) -> str:
    if diagnostic.score is None:
        return "Aucun axe n’a encore de score : répondez à quelques questions, puis imprimez de nouveau ce rapport."
    ranked = diagnostic.priorities
    sentence = f"Le territoire obtient {integer(diagnostic.score)} sur 100, avec une fiabilité de "
    sentence += f"{percent(diagnostic.reliability)}."
    if ranked:
        first = ranked[0]
        sentence += f" La première priorité est « {_label(first)} », dont le score est de {_shown(first.score)}."
    return sentence


def _headline(diagnostic: Diagnostic) -> Table:
    names = [LEVEL_LABELS[level][LANGUAGE] for level in Level]
    figure = [
        Paragraph(flowing(_shown(diagnostic.score)), style("figure")),
        paragraph("sur 100", "small"),
    ]
    bar = ChartFlowable(charts.scale_bar(diagnostic.score, names, (TEXT_WIDTH - 105) / 0.75), space_after=0)
    table = Table([[figure, bar]], colWidths=[105, TEXT_WIDTH - 105])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ]
        )
    )
    return table


def _cover_facts(diagnostic: Diagnostic) -> list[tuple[str, str]]:
    answered = len(diagnostic.answers)
    asked = sum(question.express or diagnostic.version == "complet" for question in questions())
    return [
        ("Date du diagnostic", long_date(diagnostic.made_on) if diagnostic.made_on else DASH),
        ("Rempli par", diagnostic.agent or DASH),
        ("Version", VERSION_WORDS.get(diagnostic.version, diagnostic.version)),
        ("Réponses qui comptent", f"{integer(answered)} sur {integer(asked)}"),
        ("Fiabilité", percent(diagnostic.reliability)),
        ("Niveau", LEVEL_LABELS[diagnostic.level][LANGUAGE] if diagnostic.level else DASH),
        ("Participants", DASH if diagnostic.participants is None else integer(diagnostic.participants)),
        ("Population", DASH if diagnostic.population is None else plural(diagnostic.population, "habitant")),
    ]


def _chart_axes(diagnostic: Diagnostic, compared: Compared | None, *, short: bool) -> list[charts.Axis]:
    return [
        charts.Axis(
            each.axis.short_labels[LANGUAGE] if short else _label(each),
            each.score,
            compared.scores.axis_score(each.code) if compared else None,
            each.reliability >= RANKED_FROM,
        )
        for each in diagnostic.axes
    ]


def _profile(diagnostic: Diagnostic, compared: Compared | None) -> list[Flowable]:
    reference = compared.name if compared else ""
    width = HALF / CHART_SCALE
    radar = charts.radar(
        _chart_axes(diagnostic, compared, short=True), width, 356, name=diagnostic.place, reference_name=reference
    )
    bars = charts.axis_bars(_chart_axes(diagnostic, compared, short=False), width, row_height=35.6)
    table = Table([[ChartFlowable(radar, CHART_SCALE), ChartFlowable(bars, CHART_SCALE)]], colWidths=[HALF + 24, HALF])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    notes = []
    if any(axis.score is not None and axis.reliability < RANKED_FROM for axis in diagnostic.axes):
        limit = percent(RANKED_FROM)
        notes.append(f"Barre hachurée et point creux : fiabilité sous {limit}, l’axe n’est pas classé.")
    if compared:
        notes.append(f"Trait vertical, ligne tiretée et écart signé : {compared.name}.")
    content = [SectionHeading("", "Profil par axe"), Spacer(0, 4), table]
    return [KeepTogether([*content, *(paragraph(note, "small") for note in notes)])]


def _priorities(diagnostic: Diagnostic) -> list[Flowable]:
    ranked = diagnostic.priorities
    heading = SectionHeading("", "Priorités")
    if not ranked:
        reason = "Aucun axe n’est classé : il faut un score fiable et l’importance donnée par le groupe."
        return [KeepTogether([heading, paragraph(reason)])]
    points = [
        charts.MatrixItem(i, (axis.score or 0) / 100, ((axis.importance or 1) - 1) / 4, _label(axis))
        for i, axis in enumerate(ranked, 1)
    ]
    matrix_width = 206.0
    matrix = charts.priority_matrix(points, matrix_width / CHART_SCALE, 330, charts.SCORE_BY_IMPORTANCE)
    table = _priority_table(ranked, TEXT_WIDTH - matrix_width - 16)
    side = Table([[table, ChartFlowable(matrix, CHART_SCALE)]], colWidths=[TEXT_WIDTH - matrix_width, matrix_width])
    side.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    said = "Priorité = importance × (100 − score) / 5. Une priorité haute réunit un thème important et un score bas."
    return [KeepTogether([heading, paragraph(said, "small"), side]), *_unranked(diagnostic)]


def _priority_table(ranked: Sequence[AxisScore], width: float) -> Table:
    rows = [
        [
            Paragraph(tint(str(i), "primary"), style("cell_strong")),
            paragraph(_label(axis), "cell"),
            paragraph(_shown(axis.score), "cell_number"),
            paragraph(_shown(axis.importance), "cell_number"),
            paragraph(_shown(axis.priority), "cell_total"),
        ]
        for i, axis in enumerate(ranked, 1)
    ]
    right = [paragraph(word, "cell_head_right") for word in ("Score", "Import.", "Priorité")]
    return data_table(["", "Axe", *right], rows, [24, width - 24 - 36 - 40 - 44, 36, 40, 44])


def _unranked(diagnostic: Diagnostic) -> list[Flowable]:
    left = [axis for axis in diagnostic.axes if not axis.ranked]
    if not left:
        return []
    words = ", ".join(f"{_label(axis)} ({percent(axis.reliability)} de fiabilité)" for axis in left)
    return [paragraph(f"{noun(len(left), 'Axe non classé', 'Axes non classés')} : {words}.", "small")]


def _comparison(diagnostic: Diagnostic, compared: Compared) -> list[Flowable]:
    spreads = {}
    if isinstance(compared.scores, TerritoryScores):
        spreads = {spread.axis: spread for spread in compared.scores.axes}
    columns = ["Score", compared.name, "Écart", *(["Minimum", "Maximum"] if spreads else [])]
    rows: list[list[Flowable | str]] = []
    for axis in diagnostic.axes:
        other = compared.scores.axis_score(axis.code)
        spread = spreads.get(axis.code)
        extremes = [_shown(spread.minimum if spread else None), _shown(spread.maximum if spread else None)]
        numbers = [_shown(axis.score), _shown(other), _gap(axis.score, other), *(extremes if spreads else [])]
        rows.append([_label(axis), *(paragraph(number, "cell_number") for number in numbers)])
    whole = [_shown(diagnostic.score), _shown(compared.scores.score), _gap(diagnostic.score, compared.scores.score)]
    whole += [""] * (len(columns) - len(whole))
    rows.append([paragraph("Territoire", "cell_strong"), *(paragraph(number, "cell_total") for number in whole)])
    width = 56.0
    widths = [TEXT_WIDTH - width * len(columns) - 24, width, width + 24, *([width] * (len(columns) - 2))]
    table = data_table(["Axe", *(paragraph(c, "cell_head_right") for c in columns)], rows, widths, totals=1)
    return [KeepTogether([SectionHeading("", f"Comparaison : {compared.name}"), table])]


def _gap(mine: float | None, other: float | None) -> str:
    return DASH if mine is None or other is None else signed(charts.integer_gap(mine, other))


def _guides(diagnostic: Diagnostic, titles: Mapping[str, str]) -> list[Flowable]:
    advice = diagnostic.guides
    if not advice:
        return []
    short = {axis.code: axis.short_labels[LANGUAGE] for axis in axes()}
    ready = [each for each in advice if each.guide in titles][:MOST_GUIDES]
    rows = [
        [
            Paragraph(tint(each.guide, "primary"), style("cell_strong")),
            paragraph(titles[each.guide], "cell_strong"),
            paragraph(", ".join(short[code] for code in each.axes), "cell"),
            paragraph(plural(len(each.questions), "réponse basse", "réponses basses"), "cell"),
        ]
        for each in ready
    ]
    content: list[Flowable] = [
        SectionHeading("", "Guides recommandés"),
        paragraph("Les guides de la boîte à outils qui répondent aux réponses les plus basses.", "small"),
    ]
    if rows:
        content.append(data_table(["", "Guide", "Axes", "Pourquoi"], rows, [34, TEXT_WIDTH - 34 - 130 - 100, 130, 100]))
    later = [f"{each.guide} {quoted(catalogue()[each.guide])}" for each in advice if each.guide not in titles]
    if later:
        content.append(paragraph(f"En préparation : {words(later[:MOST_GUIDES])}.", "small"))
    return [KeepTogether(content)]


def _comments(diagnostic: Diagnostic) -> list[Flowable]:
    spoken = [axis for axis in diagnostic.axes if axis.comment.strip()]
    if not spoken:
        return []
    story: list[Flowable] = [CondPageBreak(90), SectionHeading("", "Commentaires par axe")]
    for axis in spoken:
        story += [paragraph(_label(axis), "h3"), paragraph(axis.comment)]
    return story


def _method(diagnostic: Diagnostic) -> list[Flowable]:
    asked = plural(len(questions()), "question")
    express = integer(sum(question.express for question in questions()))
    sentences = [
        f"Le questionnaire compte dix axes et {asked} ; la version express en garde {express}.",
        "Chaque réponse vaut de 0 à 4.",
        "Score d’un axe = 100 × somme (poids × réponse) / (4 × somme des poids répondus).",
        "« Ne sait pas » sort du score et abaisse la fiabilité. Fiabilité = poids répondu / poids demandé.",
        "Score du territoire = moyenne des axes selon leur poids. Les écarts comparent les nombres entiers affichés.",
        "Sources : réponses du groupe, calculées par le questionnaire ; population au 1er janvier 2026 (Statbel).",
        "Les pondérations sont une proposition de la mallette, à discuter avec le groupe.",
    ]
    heading = paragraph("Méthode et sources", "h3")
    return [Spacer(0, 8), KeepTogether([box([heading, paragraph(" ".join(sentences), "small")], edge=False)])]
