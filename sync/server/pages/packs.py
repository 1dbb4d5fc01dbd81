# SPDX-License-Identifier: EUPL-1.2
"""What the catalogue of a project hands out, with the fingerprint that people compare before they trust its key."""

from __future__ import annotations

import sqlite3

from fieldkit.packs import CATALOGUE, SUFFIX
from fieldkit.packs.container import read_label
from fieldkit.packs.errors import PackError
from fieldkit.packs.keys import fingerprint
from fieldkit.typography import long_date
from sync.server import published
from sync.server.blobs import load
from sync.server.pages.markup import Html, join, table, tag

_HEAD = ("Fichier", "Contenu", "Version", "Valable jusqu’au", "Empreinte de la clé")


def catalogue(db: sqlite3.Connection, project: int) -> Html | None:
    """Return the packs of a project's catalogue as a table; None if it has no catalogue."""
    form = next((one for one in published.forms_of(db, project) if one.xml_form_id == CATALOGUE), None)
    if form is None:
        return None
    media = [one for one in published.media_of(db, form.current_def) if one.name.lower().endswith(SUFFIX)]
    rows = [_line(db, medium) for medium in media]
    hint = tag(
        "p",
        "Montrez ou dictez l’empreinte\u00a0: chacun la compare à celle qu’affiche Field Kit avant de faire confiance.",
        class_="hint",
    )
    return join(tag("h3", "Paquets du catalogue"), table(_HEAD, rows, "Aucun paquet.", "Paquets du catalogue"), hint)


def _line(db: sqlite3.Connection, medium: published.Medium) -> tuple[str, ...]:
    if not medium.sha256:
        return medium.name, "pas encore déposé", "", "", ""
    try:
        told = read_label(load(db, medium.sha256).content, medium.name)
    except PackError:
        return medium.name, "illisible", "", "", ""
    return (
        medium.name,
        told.title,
        str(told.version),
        long_date(told.valid_until),
        tag("code", fingerprint(told.public_key)),
    )
