# SPDX-License-Identifier: EUPL-1.2
"""The forms of a region that hands dossiers back: one that sends them, one that brings their list; and its reviews."""

from __future__ import annotations

from uuid import uuid4

from tests.forms.entity_sheets import sheet

DOSSIER = """
| survey | | | | | |
| | type | name | label | save_to | calculation |
| | text | titre | Titre | titre | |
| | integer | code_postal | Code postal | | |
| | calculate | numero | | instance_id | ${instanceID} |
| entities | | | |
| | list_name | label |
| | dossiers | ${titre} |
"""
# « Mes dossiers »: what brings the list to who sends; here the office writes with it, too.
MINE = """
| survey | | | | |
| | type | name | label | save_to |
| | select_one_from_file dossiers.csv | dossier | Dossier | |
| | text | statut | Statut | statut |
| | text | commentaire | Commentaire | commentaire |
| entities | | | | | |
| | list_name | label | entity_id |
| | dossiers | | ${dossier} |
"""
REVIEW = (
    '<f xmlns="http://www.opendatakit.org/xforms" id="mes_dossiers" version="1"><dossier>{id}</dossier>'
    "<statut>{statut}</statut><commentaire>{commentaire}</commentaire><meta><instanceID>uuid:{number}</instanceID>"
    '<entity dataset="dossiers" id="{id}" update="1" baseVersion="1"/></meta></f>'
)


def dossier_form() -> bytes:
    """Compile the form that sends a dossier; its record names itself in `instance_id`."""
    return sheet(DOSSIER, "dossier")


def list_form() -> bytes:
    """Compile « Mes dossiers »."""
    return sheet(MINE, "mes_dossiers")


def review_xml(entity_id: str, statut: str, commentaire: str = "") -> bytes:
    """Write what the office submits to change a dossier."""
    return REVIEW.format(id=entity_id, statut=statut, commentaire=commentaire, number=uuid4()).encode()
