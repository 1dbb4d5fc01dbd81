# SPDX-License-Identifier: EUPL-1.2
"""The cards of the results: profile, bars, map, priorities, what to do next, guides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldkit import charts, territory
from fieldkit.collected import Collected
from fieldkit.comparison import Scored
from fieldkit.diagnostic import AxisScore, Diagnostic, GuideAdvice
from fieldkit.framework import LEVEL_LABELS, RANKED_FROM, questions
from fieldkit.guides import Guide, catalogue
from fieldkit.typography import DASH, integer
from ui import i18n, icons, theme
from ui.chart_view import ChartView
from ui.i18n import plural, translate
from ui.screens.page import ActionRow
from ui.widgets import Button, Card, StatusChip, ToolButton, column, label, row
from ui.widgets.painting import draw_text, painter_of

if TYPE_CHECKING:
    from ui.kit import Kit

BAR_ROW = 29.0
ICON_ROOM = 28.0
MOST_PRIORITIES = 6
MOST_GUIDES = 3
AXIS_ICONS = {
    "GOUV": "landmark",
    "CONN": "wifi",
    "SERV": "laptop",
    "MOBI": "bus",
    "SANT": "heart-pulse",
    "ENER": "leaf",
    "ECON": "shopping-cart",
    "TRAV": "briefcase",
    "CULT": "palette",
    "DATA": "database",
}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Compared:
    """What stands beside the diagnostic looked at, and its name on screen."""

    scores: Scored
    name: str


def axis_name(axis: AxisScore, *, short: bool = False) -> str:
    """Return the name of an axis in the window's language, else in French."""
    names = axis.axis.short_labels if short else axis.axis.labels
    return names.get(i18n.current(), names["fr"])


def _chart_axes(diagnostic: Diagnostic, compared: Compared | None, *, short: bool) -> list[charts.Axis]:
    return [
        charts.Axis(
            axis_name(axis, short=short),
            axis.score,
            compared.scores.axis_score(axis.code) if compared else None,
            axis.reliability >= RANKED_FROM,
        )
        for axis in diagnostic.axes
    ]


def profile_card(diagnostic: Diagnostic, compared: Compared | None) -> Card:
    """Return the radar with the territory's score, its level and its reliability."""
    axes = _chart_axes(diagnostic, compared, short=True)
    other = compared.name if compared else ""

    def build(width: float, height: float) -> charts.Chart:
        return charts.radar(axes, width, height, name=diagnostic.commune_name, reference_name=other)

    total = DASH if diagnostic.score is None else integer(diagnostic.score)
    score = row(label(total, "h2", "primary_text"), label(translate("Results", "sur 100"), "small", "text2"), spacing=6)
    facts = row(spacing=6)
    if diagnostic.level is not None:
        names = LEVEL_LABELS[diagnostic.level]
        facts.addWidget(StatusChip("ok", names.get(i18n.current(), names["fr"])))
    reliability = translate("Results", "Fiabilité {percent} %").format(percent=diagnostic.reliability)
    low = diagnostic.reliability < RANKED_FROM
    facts.addWidget(StatusChip("draft" if low else "neutral", reliability, "triangle-alert" if low else ""))
    facts.addStretch(1)
    head = row(label(translate("Results", "Profil du territoire"), "h3"), None, score)
    return Card(head, facts, (ChartView(build, tall=True, least=QSize(300, 230)), 1), spacing=6)


class _AxisBars(ChartView):
    """The bars with the icon of each axis before its name."""

    def __init__(self, axes: Sequence[charts.Axis], codes: Sequence[str], names: tuple[str, str]) -> None:
        self._codes = codes

        def build(width: float, height: float) -> charts.Chart:
            del height
            name, other = names
            return charts.axis_bars(axes, width, row_height=BAR_ROW, indent=ICON_ROOM, name=name, reference_name=other)

        super().__init__(build, least=QSize(320, 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars, then the icons."""
        super().paintEvent(event)
        painter = painter_of(self)
        step = theme.px(1000) / 1000 * BAR_ROW
        for number, code in enumerate(self._codes):
            square = QRectF(0, number * step + step * 0.2, theme.px(17), theme.px(17))
            icons.paint_icon(painter, square, AXIS_ICONS[code], "text2")
        painter.end()


def bars_card(diagnostic: Diagnostic, compared: Compared | None) -> Card:
    """Return the score of each axis, with the gap to what it is compared with."""
    axes = _chart_axes(diagnostic, compared, short=False)
    names = (diagnostic.commune_name, compared.name if compared else "")
    view = _AxisBars(axes, [axis.code for axis in diagnostic.axes], names)
    note = translate("Results", "écart à la comparaison") if compared else ""
    head = row(label(translate("Results", "Score par axe"), "h3"), None, label(note, "small", "text2"))
    parts: list[QWidget] = [view]
    if any(not axis.reliable and axis.value is not None for axis in axes):
        words = translate("Results", "Hachuré : moins de 60 % de réponses, à compléter avant de conclure.")
        parts.append(label(words, "caption", "text2", wrap=True))
    return Card(head, *parts, None, spacing=6)


def map_card(shown: Collected, others: Iterable[Collected]) -> Card:
    """Return the scores where the communes lie; the latest diagnostic of each."""
    latest: dict[str, Collected] = {}
    for one in others:
        latest.setdefault(one.instance.commune_nis, one)
    latest[shown.instance.commune_nis] = shown
    places = []
    for nis, one in latest.items():
        if nis:
            commune = territory.commune(nis)
            chosen = one is shown
            places.append(charts.MapPlace(commune.name, commune.lon, commune.lat, one.diagnostic.score, chosen))
    view = ChartView(partial(charts.score_map, places), tall=True, least=QSize(250, 220))
    note = plural(len(places), translate("Results", "{n} commune"), translate("Results", "{n} communes"))
    head = row(
        label(translate("Results", "Score par commune"), "h3"),
        None,
        label(note.format(n=len(places)), "small", "text2"),
    )
    return Card(head, (view, 1))


def matrix_card(diagnostic: Diagnostic) -> Card:
    """Return the priorities as numbered points: score against importance."""
    items = [
        charts.MatrixItem(number, (axis.score or 0) / 100, ((axis.importance or 1) - 1) / 4, axis_name(axis))
        for number, axis in enumerate(diagnostic.priorities, start=1)
    ]

    def build(width: float, height: float) -> charts.Chart:
        return charts.priority_matrix(items, width, height, charts.SCORE_BY_IMPORTANCE)

    note = label(translate("Results", "importance × score"), "small", "text2")
    head = row(label(translate("Results", "Priorités"), "h3"), None, note)
    return Card(head, (ChartView(build, tall=True, least=QSize(280, 190)), 1))


class _Priority(QWidget):
    """One line: rank, name, priority out of 100, and the button that makes a project of it."""

    def __init__(self, number: int, axis: AxisScore) -> None:
        super().__init__()
        self._number, self._axis = number, axis
        self._name = axis_name(axis)
        words = translate("Results", "{number}. {name}, priorité {priority} sur 100")
        self._value = integer(axis.priority or 0)
        self.setAccessibleName(words.format(number=number, name=self._name, priority=self._value))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return one line."""
        return QSize(200, theme.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rank on its disc, the name and the priority."""
        del event
        painter = painter_of(self)
        side, middle = float(theme.px(22)), self.height() / 2
        disc = QRectF(0, middle - side / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("primary_soft"))
        painter.drawEllipse(disc)
        centre = Qt.AlignmentFlag.AlignCenter
        draw_text(painter, disc, str(self._number), theme.font("caption_strong"), "primary_text", centre)
        value = theme.metrics("number").horizontalAdvance("100") + 8
        room = QRectF(side + 10, 0, self.width() - side - 10 - value, self.height())
        draw_text(painter, room, self._name, theme.font("body"), "text")
        draw_text(painter, QRectF(self.rect()), self._value, theme.font("number"), "text2", _RIGHT)
        painter.end()


def priorities_card(kit: Kit, shown: Collected) -> Card:
    """Return the priorities in order, each with a « + » that starts a project from it."""
    lines = column(spacing=2)
    ranked = shown.diagnostic.priorities[:MOST_PRIORITIES]
    for number, axis in enumerate(ranked, start=1):
        words = translate("Results", "Commencer un projet : {name}").format(name=axis_name(axis))
        begin = ToolButton("plus", words, size=32)
        begin.clicked.connect(lambda _on=False, code=axis.code: kit.begin_project(shown.instance.instance_id, code))
        lines.addLayout(row((_Priority(number, axis), 1), begin, spacing=6))
    if not ranked:
        words = translate(
            "Results", "Indiquez l’importance de chaque axe dans le questionnaire : l’ordre apparaît ici."
        )
        lines.addWidget(label(words, "body", "text2", wrap=True))
    lines.addStretch(1)
    note = label(translate("Results", "importance × (100 − score) / 5"), "caption", "text2")
    return Card(row(label(translate("Results", "Ce que le diagnostic suggère"), "h3"), None, note), lines)


def guides_card(kit: Kit, diagnostic: Diagnostic) -> Card:
    """Return the guides that low answers lead to, those that are written first, then those to come."""
    written = {guide.guide_id: guide for guide in kit.library.shelf(i18n.current()).guides}
    advised = sorted(diagnostic.guides, key=lambda one: one.guide not in written)[:MOST_GUIDES]
    lines = column(spacing=0)
    for one in advised:
        guide = written.get(one.guide)
        lines.addWidget(_guide_row(kit, guide, one) if guide else _planned_row(one))
    if not advised:
        words = translate("Results", "Aucune réponse basse : le territoire peut partager ce qui marche.")
        lines.addWidget(label(words, "body", "text2", wrap=True))
    readable = [one.guide for one in diagnostic.guides if one.guide in written]
    compose = Button(translate("Results", "Composer un livret"), "printer")
    compose.clicked.connect(lambda: kit.screen_asked.emit("toolkit", {"booklet": readable[:MOST_GUIDES]}))
    compose.setEnabled(bool(readable))
    return Card(label(translate("Results", "Guides recommandés"), "h3"), lines, None, compose)


def _reasons(advice: GuideAdvice) -> str:
    total = plural(
        len(advice.questions), translate("Results", "{n} réponse basse"), translate("Results", "{n} réponses basses")
    )
    return total.format(n=len(advice.questions))


def _guide_row(kit: Kit, guide: Guide, advice: GuideAdvice) -> ActionRow:
    line = ActionRow("book-open", "ok", guide.title, f"{guide.duration} · {_reasons(advice)}", height=48)
    line.setToolTip(f"{guide.title}\n{', '.join(advice.questions)}")
    line.clicked.connect(lambda: kit.screen_asked.emit("toolkit", guide.guide_id))
    return line


def _planned_row(advice: GuideAdvice) -> ActionRow:
    title = catalogue().get(advice.guide, advice.guide)
    second = translate("Results", "En préparation · {reasons}").format(reasons=_reasons(advice))
    line = ActionRow("book-marked", "neutral", title, second, height=48)
    line.setToolTip(f"{title}\n{', '.join(advice.questions)}")
    line.setEnabled(False)
    return line


def answered_words(collected: Collected) -> str:
    """Return « 29 réponses utiles sur 31 questions »."""
    diagnostic = collected.diagnostic
    asked = sum(1 for question in questions() if question.express or diagnostic.version == "complet")
    count = len(diagnostic.answers)
    words = plural(
        count,
        translate("Results", "{n} réponse utile sur {asked} questions"),
        translate("Results", "{n} réponses utiles sur {asked} questions"),
    )
    return words.format(n=count, asked=asked)
