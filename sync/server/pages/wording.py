# SPDX-License-Identifier: EUPL-1.2
"""The words of the pages that more than one of them needs: states, days, counts."""

from __future__ import annotations

from datetime import datetime

from fieldkit.typography import long_moment
from sync.server.pages.markup import Html, tag

REVIEWS = {
    "": "Reçu",
    "hasIssues": "À corriger",
    "edited": "Corrigé par l’auteur",
    "approved": "Accepté",
    "rejected": "Refusé",
}
# What a trainer can decide; « Corrigé » comes from the author alone.
DECISIONS = ("hasIssues", "approved", "rejected", "")
FORM_STATES = {
    "open": "ouvert",
    "closing": "retiré, les envois arrivent encore",
    "closed": "fermé",
}


def moment(text: str) -> str:
    """Write a time of the API as people do, by this computer's clock; "" for none."""
    return long_moment(datetime.fromisoformat(text).astimezone()) if text else ""


def badge(review: str) -> Html:
    """Return the state of a record as a coloured word."""
    return tag("span", REVIEWS.get(review, review), class_=f"badge {review or 'received'}")
