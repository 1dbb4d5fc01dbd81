# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with an answer, said to the person who gave it: the form's own sentence, else one of these."""

from __future__ import annotations

from forms.views import NodeView, Violation, ViolationKind
from ui.i18n import translate


def sentence_of(violation: Violation, node: NodeView) -> str:
    """Return what to do about a broken rule."""
    if violation.kind is ViolationKind.REQUIRED:
        return violation.message or translate("Entry", "Cette réponse est attendue.")
    if violation.kind is ViolationKind.TYPE:
        return _expected(node)
    if violation.message:
        return violation.message
    if violation.kind is ViolationKind.CHOICE:
        return translate("Entry", "Cette réponse n’est plus dans la liste. Choisissez-en une autre.")
    return translate("Entry", "Cette réponse ne convient pas. Relisez la question et corrigez-la.")


def _expected(node: NodeView) -> str:
    sentences = {
        "int": translate("Entry", "Indiquez un nombre entier. Vous avez saisi « {} »."),
        "decimal": translate("Entry", "Indiquez un nombre. Vous avez saisi « {} »."),
        "date": translate("Entry", "Indiquez une date comme 22/11/2026. Vous avez saisi « {} »."),
        "time": translate("Entry", "Indiquez une heure comme 10:42. Vous avez saisi « {} »."),
        "dateTime": translate("Entry", "Indiquez une date et une heure, comme 22/11/2026 et 10:42."),
        "geopoint": translate("Entry", "Indiquez une latitude et une longitude en degrés, comme 50,6912 et 4,7983."),
        "geotrace": translate("Entry", "Indiquez au moins deux points, un par ligne : latitude ; longitude."),
        "geoshape": translate("Entry", "Indiquez au moins trois points, un par ligne : latitude ; longitude."),
    }
    sentence = sentences.get(node.data_type, translate("Entry", "« {} » n’est pas une réponse possible ici."))
    return sentence.format(node.value)
