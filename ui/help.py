# SPDX-License-Identifier: EUPL-1.2
"""F1: the keys, and where to find more; the same everywhere (WCAG 3.2.6)."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from ui.i18n import translate
from ui.widgets.dialogs import Dialog
from ui.widgets.layout import column
from ui.widgets.text import KeyHint, label


def keys() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the keys by group: (title, ((key, meaning), …))."""
    return (
        (
            translate("Help", "Partout"),
            (
                (translate("Help", "Ctrl+1 … 6"), translate("Help", "changer d’écran")),
                ("Ctrl+K", translate("Help", "rechercher partout")),
                ("Ctrl+N", translate("Help", "nouvelle collecte")),
                ("F5", translate("Help", "envoyer maintenant")),
                ("Ctrl+Alt+S", translate("Help", "plein soleil")),
                ("Ctrl+ + − 0", translate("Help", "taille du texte")),
            ),
        ),
        (
            translate("Help", "Questionnaire"),
            (
                (translate("Help", "Entrée"), translate("Help", "question suivante")),
                ("1 … 9", translate("Help", "choisir une réponse")),
                ("Ctrl+↓ ↑", translate("Help", "section suivante, précédente")),
                ("F8", translate("Help", "erreur suivante")),
                ("Ctrl+J", translate("Help", "sommaire")),
                ("F6", translate("Help", "passer d’une zone à l’autre")),
            ),
        ),
        (
            translate("Help", "Listes"),
            (
                (translate("Help", "Espace"), translate("Help", "choisir la ligne")),
                (translate("Help", "Entrée"), translate("Help", "ouvrir")),
                (translate("Help", "Suppr"), translate("Help", "supprimer, avec retour possible")),
                (translate("Help", "Échap"), translate("Help", "fermer le panneau")),
            ),
        ),
    )


class HelpDialog(Dialog):
    """The keys in two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("Help", "Aide"),
            translate(
                "Help",
                "Tout s’enregistre au fur et à mesure sur cet ordinateur. La boîte à outils contient les guides.",
            ),
            parent,
            icon="circle-question-mark",
            kind="info",
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(36)
        grid.setVerticalSpacing(18)
        for number, (title, pairs) in enumerate(keys()):
            group = column(label(title, "h3"), *(KeyHint(key, meaning) for key, meaning in pairs), None, spacing=7)
            grid.addLayout(group, number // 2, number % 2)
        self.body.addLayout(grid)
        self.add_button(translate("Help", "Fermer"), kind="primary")
