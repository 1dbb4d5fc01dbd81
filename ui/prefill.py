# SPDX-License-Identifier: EUPL-1.2
"""Answers that are known before a record is begun: given once, never asked again (WCAG 3.3.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.errors import AnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forms import FormSession

COMMUNE_REFS = ("/data/identite/commune", "/data/commune", "/data/commune_nis")


def answer_known(session: FormSession, commune_nis: str, answers: Mapping[str, str]) -> None:
    """Give a new session the answers that are known; questions that the form does not ask are passed over."""
    known = dict.fromkeys(COMMUNE_REFS, commune_nis) if commune_nis else {}
    for ref, value in {**known, **answers}.items():
        try:
            session.answer(ref, value)
        except AnswerError:
            continue
