# SPDX-License-Identifier: EUPL-1.2
"""The budget of an application: totals by category, what is eligible, the funding, and the ceilings of the call.

Line costs are the form's own (quantity x price rounded to the cent, then the VAT that is not recovered); everything
here is exact Decimal arithmetic over them, in euros. Rules B01 to B07 and B10 of the call profile.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from functools import cache

import resources
from fieldkit.values import Values

CENT = Decimal("0.01")
ZERO = Decimal(0)
IN_KIND = "NATU"
REVENUE = "RECE"
STAFF = "PERS"
INDIRECT = "FORF"
LINE_REF = "/data/h_budget/ligne"
FUNDING_REF = "/data/h_budget/apport"


class Rule(StrEnum):
    """The rules that set a limit; the values are the codes of the call profiles."""

    GRANT_RATE = "B02"
    GRANT_MAX = "B03-max"
    GRANT_MIN = "B03-min"
    PROJECT_MIN = "B04"
    BALANCE = "B05"
    LOCAL_SHARE = "B06"
    INDIRECT_RATE = "B07"


@dataclass(frozen=True, slots=True)
class Category:
    """A cost category with its name by language code."""

    code: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One expense. `cost` includes the VAT that is not recovered; `step` is the number of a milestone or None."""

    ref: str
    category: str
    label: str
    partner: str
    quantity: Decimal
    unit_price: Decimal
    vat_rate: int
    recoverable: bool
    step: int | None
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Funding:
    """One source of money beside the grant: publique, privee, recettes or nature."""

    ref: str
    source: str
    organisation: str
    amount: Decimal
    status: str


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One limit of the call: `value` against `limit`, and by how much it is broken (`excess`, 0 if kept).

    `is_minimum` tells that the value must reach the limit instead of staying under it. `rate` is the fraction that made
    the limit, None if it is an amount of the call. For BALANCE, value is the funding and limit the total cost.
    """

    rule: Rule
    value: Decimal
    limit: Decimal
    excess: Decimal
    is_minimum: bool = False
    rate: Decimal | None = None

    @property
    def over(self) -> bool:
        """Tell whether the limit is broken."""
        return self.excess > 0


@dataclass(frozen=True, slots=True)
class BudgetSummary:
    """The whole budget in euros. `total` = every line but revenue; `eligible` = total - in kind - revenue."""

    lines: tuple[BudgetLine, ...]
    by_category: Mapping[str, Decimal]
    total: Decimal
    eligible: Decimal
    in_kind: Decimal
    revenue: Decimal
    grant: Decimal
    funding: tuple[Funding, ...]
    advance: Decimal
    ceilings: tuple[Ceiling, ...]

    @property
    def local_share(self) -> Decimal:
        """Return all funding but the grant."""
        return sum((funding.amount for funding in self.funding), ZERO)

    @property
    def funded(self) -> Decimal:
        """Return the grant and all other funding."""
        return self.grant + self.local_share

    @property
    def prefinancing(self) -> Decimal:
        """Return what the applicant pays before the grant arrives: cash cost less the advance."""
        return max(self.total - self.in_kind - self.advance, ZERO)

    @property
    def broken(self) -> tuple[Ceiling, ...]:
        """Return the limits that are broken."""
        return tuple(ceiling for ceiling in self.ceilings if ceiling.over)


@cache
def categories() -> tuple[Category, ...]:
    """Return the cost categories in the order of the form."""
    rows = csv.DictReader(io.StringIO(resources.read_text("calls", "cost_categories.csv")))
    return tuple(Category(r["code"], {lang: r[f"label_{lang}"] for lang in ("fr", "de", "en")}) for r in rows)


def summarize(values: Values) -> BudgetSummary:
    """Compute the summary from the answers; cheap enough to repeat after every change."""
    lines = tuple(_line(values, f"{LINE_REF}[{n}]") for n in range(1, values.count(LINE_REF) + 1))
    funding = tuple(_funding(values, f"{FUNDING_REF}[{n}]") for n in range(1, values.count(FUNDING_REF) + 1))
    by_category = {
        category.code: total
        for category in categories()
        if (total := sum((line.cost for line in lines if line.category == category.code), ZERO))
    }
    revenue = by_category.get(REVENUE, ZERO)
    in_kind = by_category.get(IN_KIND, ZERO)
    total = sum((line.cost for line in lines), ZERO) - revenue
    grant = amount(values.value("/data/h_budget/subvention"))
    draft = BudgetSummary(
        lines, by_category, total, total - in_kind - revenue, in_kind, revenue, grant, funding, ZERO, ()
    )
    advance = cents((_parameter(values, "avance") or ZERO) * grant)
    return BudgetSummary(
        lines, by_category, total, draft.eligible, in_kind, revenue, grant, funding, advance, _ceilings(values, draft)
    )


def share_by_population(total: Decimal, populations: Mapping[str, int]) -> dict[str, Decimal]:
    """Divide an amount among communes (NIS -> inhabitants) in proportion, to the cent; the parts sum to `total`.

    Rule B18. The cents left by rounding down go to the largest remainders, then to the lowest NIS codes.
    """
    people = sum(populations.values())
    if not people:
        return {}
    exact = {nis: total * population / people for nis, population in populations.items()}
    parts = {nis: part.quantize(CENT, rounding=ROUND_DOWN) for nis, part in exact.items()}
    left = int((cents(total) - sum(parts.values(), ZERO)) / CENT)
    for nis in sorted(exact, key=lambda nis: (parts[nis] - exact[nis], nis))[:left]:
        parts[nis] += CENT
    return parts


def amount(text: str) -> Decimal:
    """Return a lexical number as Decimal, 0 where there is none."""
    try:
        return Decimal(text) if text else ZERO
    except InvalidOperation:
        return ZERO


def cents(value: Decimal) -> Decimal:
    """Round to the cent, half a cent upwards (rule B20)."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def _parameter(values: Values, name: str) -> Decimal | None:
    text = values.value(f"/data/p_{name}")
    return Decimal(text) if text else None


def _line(values: Values, ref: str) -> BudgetLine:
    step = values.value(f"{ref}/ligne_etape")
    return BudgetLine(
        ref,
        values.value(f"{ref}/ligne_categorie"),
        values.value(f"{ref}/ligne_libelle"),
        values.value(f"{ref}/ligne_partenaire"),
        amount(values.value(f"{ref}/ligne_quantite")),
        amount(values.value(f"{ref}/ligne_prix")),
        int(amount(values.value(f"{ref}/ligne_tva"))),
        values.value(f"{ref}/ligne_recuperable") == "oui",
        int(amount(step)) if step else None,
        cents(amount(values.value(f"{ref}/ligne_cout"))),
    )


def _funding(values: Values, ref: str) -> Funding:
    return Funding(
        ref,
        values.value(f"{ref}/apport_source"),
        values.value(f"{ref}/apport_organisme"),
        cents(amount(values.value(f"{ref}/apport_montant"))),
        values.value(f"{ref}/apport_statut"),
    )


def _ceilings(values: Values, budget: BudgetSummary) -> tuple[Ceiling, ...]:
    """Return the limits that the call sets, in the order of the rules."""
    rate, minimum, maximum = (_parameter(values, name) for name in ("taux", "min", "max"))
    floor, indirect, local = (_parameter(values, name) for name in ("plancher", "indirect", "locale"))
    found = []
    if rate is not None:
        found.append(_at_most(Rule.GRANT_RATE, budget.grant, cents(rate * budget.eligible), rate))
    if maximum is not None:
        found.append(_at_most(Rule.GRANT_MAX, budget.grant, maximum))
    if minimum is not None:
        found.append(_at_least(Rule.GRANT_MIN, budget.grant, minimum))
    if floor is not None:
        found.append(_at_least(Rule.PROJECT_MIN, budget.total, floor))
    gap = abs(budget.funded - budget.total)
    found.append(Ceiling(Rule.BALANCE, budget.funded, budget.total, gap if gap > CENT else ZERO))
    share = local if local is not None else (1 - rate if rate is not None else None)
    if share is not None:
        found.append(_at_least(Rule.LOCAL_SHARE, budget.local_share, cents(share * budget.eligible), share))
    if indirect is not None:
        limit = cents(indirect * budget.by_category.get(STAFF, ZERO))
        found.append(_at_most(Rule.INDIRECT_RATE, budget.by_category.get(INDIRECT, ZERO), limit, indirect))
    return tuple(found)


def _at_most(rule: Rule, value: Decimal, limit: Decimal, rate: Decimal | None = None) -> Ceiling:
    return Ceiling(rule, value, limit, max(value - limit, ZERO), rate=rate)


def _at_least(rule: Rule, value: Decimal, limit: Decimal, rate: Decimal | None = None) -> Ceiling:
    return Ceiling(rule, value, limit, max(limit - value, ZERO), is_minimum=True, rate=rate)
