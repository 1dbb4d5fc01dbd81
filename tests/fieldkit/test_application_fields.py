# SPDX-License-Identifier: EUPL-1.2
"""The twelve sections and thirty-nine fields of an application are all in its form, each in its section."""

from __future__ import annotations

import resources
from fieldkit.shipped_forms import read_media
from forms import FormSession, load_form
from forms.views import NodeKind

# section -> field (a group, a question, or a repeat under the name of one entry), and what it is in the form
FIELDS = {
    "a_identification": "titre acronyme appel maille communes resume",
    "b_porteur": "porteur_type porteur partenaire+ gouvernance",
    "c_besoin": "diagnostic probleme besoin+ public",
    "d_projet": "solution nature existant participation hors_ligne transfert",
    "e_numerique": "ouverture donnee+ vie_privee securite",
    "f_coherence": "politiques document+ odd double_financement",
    "g_calendrier": "debut fin etape+",
    "h_budget": "ligne+ apport+ recurrent tresorerie",
    "i_indicateurs": "indicateur+",
    "j_risques": "risque+",
    "k_annexes": "annexe_photo",
    "l_engagements": "declaration",
}


def test_every_field_is_in_its_section() -> None:
    session = FormSession(load_form(resources.read_bytes("forms", "mon_smart_village.xml"), read_media))
    assert [section.ref for section in session.children()] == [f"/data/{name}" for name in FIELDS]
    fields = [(section, field) for section, names in FIELDS.items() for field in names.split()]
    assert len(fields) == 39
    for section, field in fields:
        node = session.node(f"/data/{section}/{field.rstrip('+')}")
        assert (node.kind is NodeKind.REPEAT) == field.endswith("+"), node.ref


def test_required_annexes_have_a_place_each() -> None:
    session = FormSession(load_form(resources.read_bytes("forms", "mon_smart_village.xml"), read_media))
    places = [node for node in session.children("/data/k_annexes") if node.control == "upload"]
    assert len(places) == 5
    assert all(node.label is not None and node.label.value for node in places)
