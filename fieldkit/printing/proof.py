# SPDX-License-Identifier: EUPL-1.2
"""The proof of filing as a page: what was sent, what the region answered, and what this shows and does not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from reportlab.platypus import Flowable, NextPageTemplate, Spacer

from fieldkit.printing.blocks import box, data_table, facts, overline, paragraph
from fieldkit.printing.pages import TEXT_WIDTH, Heading, Sheet, build_pages
from fieldkit.typography import DASH, NBSP, byte_size, long_date, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fieldkit.proof import Proof

LABEL_WIDTH = 132.0


def proof_pages(proof: Proof, sheet: Sheet) -> bytes:
    """Return the pages; times are written in the zone of `sheet.printed_at`."""

    def when(at: datetime | None) -> str:
        if at is None:
            return ""
        local = at.astimezone(sheet.printed_at.tzinfo)
        zone = f"UTC{local.isoformat()[-6:]}" if local.utcoffset() else "UTC"
        return f"{long_date(local)} à {local:%H:%M:%S} ({zone})"

    story: list[Flowable] = [
        NextPageTemplate("text"),
        overline("Preuve de dépôt"),
        Heading(proof.name or proof.form_title, "title", 0),
        Spacer(0, 4),
        facts(
            [
                ("Questionnaire", f"{proof.form_title} (version {proof.form_version})"),
                ("Déposé le", when(proof.server_at or proof.submitted_at)),
            ]
        ),
        *_table("Ce qui a été envoyé", _sent(proof, when(proof.finalized_at))),
        *_table("Ce que la région a répondu", _answer(proof, when)),
        *_table("L’accusé dans la liste de la région", _receipt(proof, when)),
        Spacer(0, 6),
        box([paragraph("Ce que cette page montre", "h3"), *map(_said, _shows(proof))]),
        box([paragraph("Ce qu’elle ne montre pas", "h3"), *map(_said, _shows_not())], edge=False),
    ]
    return build_pages(story, sheet)


def _said(text: str) -> Flowable:
    return paragraph(text, "cell")


def _table(title: str, rows: Sequence[tuple[str, str]]) -> list[Flowable]:
    widths = (LABEL_WIDTH, TEXT_WIDTH - LABEL_WIDTH)
    return [Heading(title, "h3", 1), data_table((), [(name, text or DASH) for name, text in rows], widths)]


def _sent(proof: Proof, finished: str) -> list[tuple[str, str]]:
    what = "l’enveloppe chiffrée" if proof.encrypted else "la réponse"
    rows = [("Numéro de la réponse", proof.instance_id)]
    if proof.deprecated_id:
        rows.append(("Corrige la réponse", proof.deprecated_id))
    rows += [
        ("Terminé le", finished),
        ("Octets envoyés", f"{byte_size(proof.size)} ({what}, XML)"),
        ("Empreinte SHA-256", proof.sha256),
    ]
    if proof.encrypted:
        rows.append(("Empreinte en clair", proof.record_sha256))
    if proof.files:
        rows.append(("Fichiers joints", plural(len(proof.files), "fichier")))
    rows += [(one.name, f"{one.sha256} · {byte_size(one.size)}") for one in proof.files]
    return rows


def _answer(proof: Proof, when: Callable[[datetime | None], str]) -> list[tuple[str, str]]:
    status = f"{proof.status}{NBSP}: {proof.text}" if proof.status else proof.text
    return [
        ("Adresse", proof.sent_to),
        ("Réponse", status),
        ("À l’horloge de la région", when(proof.server_at)),
        ("À l’horloge de cet ordinateur", when(proof.submitted_at)),
    ]


def _receipt(proof: Proof, when: Callable[[datetime | None], str]) -> list[tuple[str, str]]:
    if proof.confirmed_at is None:
        return [("Accusé", "pas encore reçu")]
    return [
        ("Numéro du dossier", proof.entity_id),
        ("À l’horloge de la région", when(proof.confirmed_server_at)),
        ("À l’horloge de cet ordinateur", when(proof.confirmed_at)),
    ]


def _shows(proof: Proof) -> list[str]:
    same = (
        "Une réponse dont l’empreinte SHA-256 est celle ci-dessus est, à l’octet près, celle qui a été envoyée :"
        " aucun mot n’a changé depuis."
    )
    texts = [same]
    if proof.confirmed_at is not None:
        texts.append("La région a repris ce dossier dans la liste qu’elle remet à ce compte.")
    return texts


def _shows_not() -> list[str]:
    unsigned = (
        "La région ne signe pas ses réponses : cette page est l’enregistrement de cet ordinateur, pas une attestation."
        " La région peut la confirmer : sa copie, sous le même numéro, a la même empreinte."
    )
    clocks = "L’horloge de cet ordinateur peut être fausse ; celle de la région est donnée telle qu’elle l’a écrite."
    more = (
        "La page ne dit rien de la suite donnée au dossier. Le fichier JSON de la preuve se vérifie sans réseau"
        " dans « Envois » ou avec « fieldkit verify »."
    )
    return [unsigned, clocks, more]
