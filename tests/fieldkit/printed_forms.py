# SPDX-License-Identifier: EUPL-1.2
"""Forms and sessions to print: the shipped ones, and one with every kind of question."""

from __future__ import annotations

import json
from functools import cache

import resources
from fieldkit.answer_files import fill
from fieldkit.shipped_forms import read_media
from forms import FormDef, FormSession, load_form
from tests.fieldkit.printed_pages import PRINTED_AT

EVERY_KIND = """
| survey | | | | | | | | |
| | type | name | label | hint | relevant | constraint | appearance | parameters |
| | text | titre | **Titre** du _projet_ | Court | | string-length(.) <= 60 | | |
| | text | recit | Récit | | | string-length(.) <= 2000 | multiline | |
| | note | mot | Une note qui explique ce qui suit. | | | | | |
| | note | calcul | Vous avez écrit ${titre}. | | | | | |
| | begin_group | mesures | Mesures | | | | | |
| | integer | age | Âge | | | . <= 120 | | |
| | decimal | prix | Prix | | | | | |
| | date | jour | Jour | | | | | |
| | date | annee | Année | | | | year | |
| | time | heure | Heure | | | | | |
| | datetime | instant | Instant | | | | | |
| | geopoint | lieu | Lieu | | | | | |
| | range | note_sur_dix | Note | | | | | start=0 end=10 step=1 |
| | range | large | Large | | | | | start=0 end=1000 step=1 |
| | acknowledge | accord | Accord | | | | | |
| | image | photo | Photo | | | | | |
| | end_group | | | | | | | |
| | begin_group | choix | Choix | | | | | |
| | select_one couleur | une | Une couleur | | | | | |
| | select_multiple couleur | plusieurs | Des couleurs | | ${une} = 'vert' | | | |
| | select_one couleur | encore | Encore une | | ${une} != 'vert' or ${age} >= 18 | | | |
| | select_one couleur | toujours | Toujours une | | count(${enfant}) > 2 | | | |
| | rank couleur | ordre | Ordre | | | | | |
| | select_one long | longue | Longue liste | | | | | |
| | end_group | | | | | | | |
| | begin_repeat | enfant | Enfants | Tous | | | | |
| | text | prenom | Prénom | | | string-length(.) <= 40 | | |
| | integer | annees | Années | | | | | |
| | select_one couleur | teinte | Teinte | | | | | |
| | end_repeat | | | | | | | |
| | begin_repeat | histoire | Histoires | | | | | |
| | text | texte | Texte | | | string-length(.) <= 3000 | multiline | |
| | end_repeat | | | | | | | |
| choices | | | |
| | list_name | name | label |
| | couleur | vert | Vert œillet |
| | couleur | bleu | Bleu d'été |
| | couleur | gris | Gris |
"""


@cache
def every_kind() -> FormDef:
    """Return a form that asks every kind of question once."""
    from pyxform.xls2xform import convert

    long = "".join(f"| | long | l{i} | Élément {i} |\n" for i in range(40))
    xform = convert(EVERY_KIND.rstrip() + "\n" + long, file_type=".md", validate=False, form_name="tout").xform
    return load_form(xform.encode())


@cache
def shipped(form_id: str) -> FormDef:
    """Return a shipped form."""
    return load_form(resources.read_bytes("forms", f"{form_id}.xml"), read_media)


def filled(form_id: str, answers: str) -> FormSession:
    """Return a session of a shipped form, filled from a shipped file of answers."""
    session = FormSession(shipped(form_id), now=lambda: PRINTED_AT)
    fill(session, json.loads(resources.read_text("forms", "answers", f"{answers}.json")))
    return session
