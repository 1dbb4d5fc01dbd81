# SPDX-License-Identifier: EUPL-1.2
"""What the program is, under which licence, and where its data come from."""

from __future__ import annotations

from fieldkit.printing import program_version
from ui.i18n import translate
from ui.widgets.indicators import IconMark
from ui.widgets.layout import Card, column, row
from ui.widgets.text import Label, label


def about_card() -> Card:
    """Return the card at the foot of the settings."""
    head = row(IconMark("info", "primary"), label(translate("About", "À propos"), "h3"), None, spacing=10)
    version = translate("About", "Field Kit {version} · logiciel libre sous licence EUPL-1.2").format(
        version=program_version()
    )
    lines = column(spacing=6)
    for title, text in sources():
        lines.addLayout(column(label(title, "small_strong"), Label(text, "small", "text2", True), spacing=1))
    return Card(head, label(version, "body", wrap=True), 4, lines, spacing=8)


def sources() -> tuple[tuple[str, str], ...]:
    """Return what ships, and the credit that its licence asks for."""
    return (
        (
            translate("About", "Communes et population"),
            translate("About", "Statbel (Direction générale Statistique) ; IWEPS – WalStat. Limites simplifiées."),
        ),
        (
            translate("About", "Groupes d’action locale"),
            translate("About", "Pages publiques de la Wallonie et des GAL, périodes 2014-2020 et 2023-2027."),
        ),
        (
            translate("About", "Caractères"),
            translate("About", "Inter et Atkinson Hyperlegible Next, licence SIL OFL 1.1."),
        ),
        (translate("About", "Icônes"), translate("About", "Lucide, licence ISC.")),
        (
            translate("About", "Questionnaires, guides et appels"),
            translate(
                "About", "Écrits pour ce logiciel. « Mon Smart Village » est une démonstration, pas un appel officiel."
            ),
        ),
    )
