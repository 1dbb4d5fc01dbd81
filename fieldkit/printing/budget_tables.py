# SPDX-License-Identifier: EUPL-1.2
"""The money of an application on paper: expenses by category with totals, who pays, and the limits of the call."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from reportlab.platypus import Flowable, KeepTogether, Table, TableStyle

from fieldkit import charts
from fieldkit.budget import INDIRECT, BudgetLine, BudgetSummary, Ceiling, Funding, Rule, categories
from fieldkit.printing.application_words import RULE_WORDS
from fieldkit.printing.blocks import data_table, paragraph
from fieldkit.printing.drawing import ChartFlowable
from fieldkit.printing.ink import color
from fieldkit.printing.pages import TEXT_WIDTH
from fieldkit.typography import DASH, money, number, percent

GUTTER = 26.0
BAR_WIDTH = (TEXT_WIDTH - GUTTER) / 2


def expense_table(budget: BudgetSummary) -> list[Flowable]:
    """Return the expenses grouped by category, a subtotal a group, then total and eligible cost."""
    begun = [line for line in budget.lines if line.label or line.cost]
    if not begun:
        return [paragraph("Aucune ligne de dépense.", "unanswered")]
    rows: list[list[Flowable | str]] = []
    groups: list[int] = []
    for category in categories():
        lines = [line for line in begun if line.category == category.code]
        if lines:
            groups.append(len(rows) + 1)
            rows.append(_group_row(category.labels["fr"], budget.by_category.get(category.code, Decimal(0))))
            rows += [_line_row(line) for line in lines]
    rows += [_line_row(line) for line in begun if not line.category]
    rows.append(_total_row("Coût total du projet", budget.total))
    rows.append(_total_row("dont coût éligible", budget.eligible))
    head: list[Flowable | str] = [
        "Poste",
        "Partenaire",
        *(paragraph(word, "cell_head_right") for word in ("Étape", "Quantité", "Prix HTVA", "TVA", "Coût")),
    ]
    widths = [TEXT_WIDTH - 96 - 34 - 48 - 64 - 36 - 70, 96, 34, 48, 64, 36, 70]
    table = data_table(head, rows, widths, totals=2)
    table.setStyle(TableStyle([("BACKGROUND", (0, row), (-1, row), color("primary_soft")) for row in groups]))
    table.setStyle(TableStyle([("SPAN", (0, row), (-2, row)) for row in groups]))
    # Neither a category alone at the foot of a page, nor the totals without the last line.
    table.setStyle(TableStyle([("NOSPLIT", (0, row), (-1, row + 1)) for row in groups]))
    table.setStyle(TableStyle([("NOSPLIT", (0, -3), (-1, -1))]))
    return [table]


def _group_row(label: str, total: Decimal) -> list[Flowable | str]:
    return [paragraph(label, "cell_strong"), "", "", "", "", "", paragraph(money(total, cents=True), "cell_total")]


def _line_row(line: BudgetLine) -> list[Flowable | str]:
    vat = percent(line.vat_rate) + ("*" if line.recoverable and line.vat_rate else "")
    numbers = [
        str(line.step) if line.step else DASH,
        number(line.quantity),
        money(line.unit_price, cents=True),
        vat,
        money(line.cost, cents=True),
    ]
    return [line.label, line.partner or DASH, *(paragraph(text, "cell_number") for text in numbers)]


def _total_row(label: str, total: Decimal) -> list[Flowable | str]:
    return [paragraph(label, "cell_strong"), "", "", "", "", "", paragraph(money(total, cents=True), "cell_total")]


def recoverable_note(budget: BudgetSummary) -> list[Flowable]:
    """Return the foot note on VAT, where a line needs it."""
    if not any(line.recoverable and line.vat_rate for line in budget.lines):
        return []
    return [paragraph("* TVA récupérable : elle n’entre pas dans le coût.", "small")]


def funding_table(budget: BudgetSummary, sources: Mapping[str, str], statuses: Mapping[str, str]) -> list[Flowable]:
    """Return who pays: the grant first, then the other sources, with their share of the total cost."""
    rows = [["Subvention demandée", "Région wallonne", "Demandée", *_amount_and_share(budget.grant, budget.total)]]
    begun = [funding for funding in budget.funding if funding.organisation or funding.amount]
    rows += [_funding_row(funding, budget.total, sources, statuses) for funding in begun]
    cells: list[list[Flowable | str]] = [
        [*row[:3], paragraph(row[3], "cell_number"), paragraph(row[4], "cell_number")] for row in rows
    ]
    total = _amount_and_share(budget.funded, budget.total)
    cells.append(
        [paragraph("Financement réuni", "cell_strong"), "", "", *(paragraph(text, "cell_total") for text in total)]
    )
    gap = budget.total - budget.funded
    words = "Le financement couvre exactement le coût total." if abs(gap) <= Decimal("0.01") else _gap_words(gap)
    head: list[Flowable | str] = [
        "Source",
        "Organisme",
        "Statut",
        *(paragraph(word, "cell_head_right") for word in ("Montant", "Part")),
    ]
    widths = [130.0, TEXT_WIDTH - 130 - 80 - 84 - 46, 80.0, 84.0, 46.0]
    table = data_table(head, cells, widths, totals=1)
    return [table, paragraph(words, "small")] if budget.total else [table]


def _funding_row(
    funding: Funding, total: Decimal, sources: Mapping[str, str], statuses: Mapping[str, str]
) -> list[str]:
    source, status = sources.get(funding.source, funding.source), statuses.get(funding.status, funding.status)
    return [source, funding.organisation, status, *_amount_and_share(funding.amount, total)]


def _amount_and_share(amount: Decimal, total: Decimal) -> list[str]:
    return [money(amount, cents=True), percent(100 * amount / total, 1) if total else DASH]


def _gap_words(gap: Decimal) -> str:
    if gap > 0:
        return f"Il manque {money(gap, cents=True)} pour couvrir le coût total."
    return f"Le financement dépasse le coût total de {money(-gap, cents=True)}."


def ceiling_bars(budget: BudgetSummary) -> list[Flowable]:
    """Return the limits of the call as bars in two columns."""
    bars = [_ceiling_bar(each) for each in budget.ceilings if each.rule is not Rule.BALANCE and _concerns(each, budget)]
    if not bars:
        return []
    rows = [[*bars[i : i + 2], *([""] * (2 - len(bars[i : i + 2])))] for i in range(0, len(bars), 2)]
    table = Table(rows, colWidths=[BAR_WIDTH + GUTTER, BAR_WIDTH])
    table.setStyle(
        TableStyle(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        )
    )
    return [KeepTogether([paragraph("Limites de l’appel", "h2"), table])]


def _concerns(ceiling: Ceiling, budget: BudgetSummary) -> bool:
    return ceiling.rule is not Rule.INDIRECT_RATE or bool(budget.by_category.get(INDIRECT))


def _ceiling_bar(ceiling: Ceiling) -> ChartFlowable:
    word = "min." if ceiling.is_minimum else "max."
    shown = f"{money(ceiling.value)} ({word} {money(ceiling.limit)})"
    chart = charts.limit_bar(
        RULE_WORDS[ceiling.rule],
        float(ceiling.value),
        float(ceiling.limit),
        least=ceiling.is_minimum,
        shown=shown,
        width=BAR_WIDTH / 0.68,
    )
    return ChartFlowable(chart, 0.68, space_after=0)
