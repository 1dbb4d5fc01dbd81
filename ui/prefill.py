# SPDX-License-Identifier: EUPL-1.2
"""Answers that are known before a record is begun: given once, never asked again (WCAG 3.3.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.errors import AnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fieldkit.store import Store
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


def answers_of(store: Store, diagnostic_id: str, axis_code: str) -> dict[str, str]:
    """Return what a diagnostic fills in of an application; with `axis_code`, that axis is the first need."""
    from fieldkit import application, diagnostic, readable

    found = diagnostic.read_xml(readable.find(store, diagnostic_id).xml)
    return application.prefill(found, axis_code)
