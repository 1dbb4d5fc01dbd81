# SPDX-License-Identifier: EUPL-1.2
"""A form that makes an entity in the list `dossiers`, with hostile words in every place that a page shows."""

from __future__ import annotations

HOSTILE = "<script>alert(1)</script>\" onload='x' &amp; é"
ENTITIES = 'xmlns:entities="http://www.opendatakit.org/xforms/entities"'
FORM = f"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" {ENTITIES}>
<h:head><h:title>Dossier TITLE</h:title><model entities:entities-version="2025.1.0">
<itext><translation lang="English (en)"><text id="q"><value>Public</value></text></translation>
<translation lang="Français (fr)"><text id="q"><value>Public visé</value></text>
<text id="o-0"><value>Les aînés</value></text></translation></itext>
<instance><data id="dossier" version="1"><titre/><porteur><nom/><public/></porteur><photo/><montant/><total/>
<statut/><commentaire/><ligne><poste/></ligne>
<meta><instanceID/><instanceName/><entity dataset="dossiers" id="" create="1"><label/></entity></meta></data></instance>
<instance id="publics"><root><item><name>aines</name><itextId>o-0</itextId></item></root></instance>
<bind nodeset="/data/titre" type="string" entities:saveto="titre"/>
<bind nodeset="/data/porteur/nom" type="string"/><bind nodeset="/data/porteur/public" type="string"/>
<bind nodeset="/data/photo" type="binary"/><bind nodeset="/data/montant" type="decimal"/>
<bind nodeset="/data/total" type="int"/><bind nodeset="/data/statut" type="string" entities:saveto="statut"/>
<bind nodeset="/data/commentaire" type="string" entities:saveto="commentaire"/></model></h:head><h:body>
<input ref="/data/titre"><label>Titre TITLE</label></input>
<group ref="/data/porteur"><label>Le porteur</label><input ref="/data/porteur/nom"><label>Nom</label></input>
<select ref="/data/porteur/public"><label ref="jr:itext('q')"/>
<itemset nodeset="instance('publics')/root/item"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select>
</group>
<upload mediatype="image/*" ref="/data/photo"><label>Photo</label></upload>
<input ref="/data/montant"><label>Montant</label></input>
<group ref="/data/ligne"><label>Poste</label>
<repeat nodeset="/data/ligne"><input ref="/data/ligne/poste"><label>Intitulé</label>
</input></repeat></group></h:body></h:html>"""
LIST_FORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>Mes dossiers</h:title><model>
<instance><data id="mes_dossiers" version="1"><d/><meta><instanceID/></meta></data>
</instance><instance id="dossiers" src="jr://file-csv/dossiers.csv"/>
<bind nodeset="/data/d" type="string"/></model></h:head>
<h:body><input ref="/data/d"><label>D</label></input></h:body></h:html>"""


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def dossier_form(title: str = "") -> bytes:
    return FORM.replace("TITLE", escaped(title)).encode()


def list_form() -> bytes:
    return LIST_FORM.encode()


def dossier(
    instance_id: str,
    entity_id: str,
    titre: str = "Potager",
    *,
    photo: str = "",
    deprecated: str = "",
    montant: str = "12.5",
) -> bytes:
    old = f"<deprecatedID>{deprecated}</deprecatedID>" if deprecated else ""
    return (
        f'<data id="dossier" version="1"><titre>{escaped(titre)}</titre><porteur><nom>{escaped(titre)}</nom>'
        f"<public>aines autres</public></porteur><photo>{photo}</photo><montant>{montant}</montant><total>3</total>"
        "<statut>reçu</statut><commentaire/><ligne><poste>Un</poste></ligne><ligne><poste>Deux</poste></ligne>"
        f"<meta>{old}<instanceID>{instance_id}</instanceID><instanceName>{escaped(titre)}</instanceName>"
        f'<entity dataset="dossiers" id="{entity_id}" create="1"><label>{escaped(titre)}</label></entity></meta></data>'
    ).encode()


def update(entity_id: str, base: str, titre: str, *, instance_id: str, trunk: str = "", branch: str = "") -> bytes:
    """Return a record that changes an entity, offline if it names a branch."""
    return (
        f'<data id="dossier" version="1"><titre>{titre}</titre><meta><instanceID>{instance_id}</instanceID>'
        f'<entity dataset="dossiers" id="{entity_id}" update="1" baseVersion="{base}" trunkVersion="{trunk}"'
        f' branchId="{branch}"/></meta></data>'
    ).encode()
