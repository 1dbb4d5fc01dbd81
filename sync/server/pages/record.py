# SPDX-License-Identifier: EUPL-1.2
"""One received record: its answers, its files, what staff say of it, and how its author hears of that."""

from __future__ import annotations

import sqlite3
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.wrappers import Response

from fieldkit.typography import byte_size, plural
from sync.safe_xml import UnsafeXmlError
from sync.server import answers, blobs, datasets, entities, published, received, reviews
from sync.server.call import require_project, whole_number
from sync.server.envelope import read_envelope
from sync.server.pages.answers_shown import Shown, answers_of
from sync.server.pages.markup import Html, hidden, join, link, table, tag
from sync.server.pages.overview import form_path
from sync.server.pages.visit import HEADERS, Visit, go_to
from sync.server.pages.wording import DECISIONS, REVIEWS, badge, moment

if TYPE_CHECKING:
    from sync.server.published import Form
    from sync.server.received import Received

PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
MAX_COMMENT = 5000


def _found(visit: Visit, db: sqlite3.Connection, verb: str, place: tuple[str, str, str]) -> tuple[Form, Received]:
    project, form_id, root_id = place
    require_project(db, whole_number(project))
    visit.require(db, verb, whole_number(project))
    form = published.form_named(db, whole_number(project), form_id)
    return form, received.named(db, form, root_id)


def record_page(visit: Visit, project: str, form_id: str, root_id: str, *, fault: str = "") -> Response:
    """Show one record; `fault` is a sentence about what was just refused."""
    with visit.database.reading() as db:
        form, row = _found(visit, db, "submission.read", (project, form_id, root_id))
        definition = published.xml_of(db, published.def_of_version(db, form, row.form_version))
        files = {name: blobs.load(db, sha256) if sha256 else None for name, sha256 in row.files.items()}
        comments = reviews.comments_of(db, row.submission_id)
        made = entities.made_by(db, form.project_id, row.submission_id)
    told = any(reviews.STATUS in dataset.properties for dataset, _ in made)
    envelope = read_envelope(row.xml)
    here = f"{form_path(form.project_id, form_id)}/records/{quote(root_id, safe='')}"
    facts = [
        f"Arrivé le {moment(row.submitted_at)}, de {row.submitter or 'inconnu'}",
        f"version {row.form_version} du formulaire",
        f"corrigé {plural(row.versions - 1, 'fois', 'fois')}" if row.versions > 1 else None,
    ]
    return visit.page(
        envelope.instance_name or root_id,
        tag("p", link(form.name or form_id, form_path(form.project_id, form_id)), class_="back"),
        tag("p", badge(row.review_state), " ", ", ".join(filter(None, facts)), "."),
        tag("p", fault, class_="error", role="alert") if fault else None,
        tag("p", "Avis enregistré.", class_="done", role="status") if visit.request.args.get("done") else None,
        _review(visit, here, row, comments, told=told),
        _entities(made),
        _files(here, files),
        _answers(definition, row, encrypted=envelope.encrypted),
        status=400 if fault else 200,
    )


def _review(visit: Visit, here: str, row: Received, comments: list[reviews.Comment], *, told: bool) -> Html:
    choices = [
        tag(
            "label",
            tag("input", type="radio", name="state", value=state, checked=state == row.review_state, required=True),
            " ",
            REVIEWS[state] if state else "Reçu, sans avis",
        )
        for state in DECISIONS
    ]
    reach = (
        "L’auteur lit cet avis et le commentaire à sa prochaine synchronisation, dans sa liste."
        if told
        else "Cet envoi n’a pas de fiche avec un statut dans une liste\u00a0: l’auteur ne verra pas cet avis chez lui."
    )
    form = tag(
        "form",
        hidden(visit.csrf),
        tag("fieldset", tag("legend", "Décision"), *choices),
        tag("p", tag("label", "Commentaire", for_="comment"), class_="field"),
        tag("textarea", id="comment", name="comment", rows="4", maxlength=str(MAX_COMMENT)),
        tag("p", reach, class_="hint"),
        tag("p", tag("button", "Enregistrer l’avis", class_="main")),
        method="post",
        action=here,
    )
    said = [
        tag(
            "li",
            tag("p", each.body, class_="said"),
            tag("p", f"{each.author}, {moment(each.created_at)}", class_="hint"),
        )
        for each in comments
    ]
    history = join(tag("h3", "Commentaires"), tag("ul", *said, class_="comments")) if said else None
    return tag("section", tag("h2", "Avis"), form, history)


def _entities(made: list[tuple[datasets.Dataset, entities.Entity]]) -> Html | None:
    rows: list[tuple[str, ...]] = [
        (entity.label, dataset.name, entity.data.get(reviews.STATUS, ""), entity.data.get(reviews.COMMENT, ""))
        for dataset, entity in made
    ]
    head = ("Fiche", "Liste", "Statut", "Commentaire")
    return tag("section", tag("h2", "Ce que l’auteur en voit"), table(head, rows, "", "Fiches")) if rows else None


def _files(here: str, files: dict[str, blobs.Blob | None]) -> Html | None:
    if not files:
        return None
    shown = []
    for name, blob in files.items():
        address = f"{here}/files/{quote(name, safe='')}"
        if blob is None:
            shown.append(tag("li", name, "\u00a0: annoncé, pas encore arrivé"))
            continue
        picture = tag("img", src=address, alt=f"Image {name}", loading="lazy") if kind_of(blob.content) else None
        shown.append(tag("li", link(name, address, download=name), f" ({byte_size(len(blob.content))})", picture))
    return tag("section", tag("h2", "Fichiers"), tag("ul", *shown, class_="files"))


def kind_of(content: bytes) -> str:
    """Return the type of a picture that a browser may show, by its first bytes; "" for all else."""
    return next((kind for start, kind in PICTURES.items() if content.startswith(start)), "")


def _answers(definition: bytes, row: Received, *, encrypted: bool) -> Html:
    title = tag("h2", "Réponses")
    if encrypted:
        sealed = "Les réponses sont chiffrées\u00a0: seule la clé privée les ouvre, ce serveur ne peut pas les lire."
        return tag("section", title, tag("p", sealed))
    try:
        shown = answers_of(definition, row.xml)
    except UnsafeXmlError:
        raw = row.xml.decode("utf-8", "replace")
        return tag("section", title, tag("p", "L’envoi est arrivé abîmé. Voici ce qu’il contient."), tag("pre", raw))
    asked = [each for each in shown if each.asked]
    computed = [each for each in shown if not each.asked]
    details = tag("details", tag("summary", "Valeurs calculées"), *_groups(computed)) if computed else None
    return tag("section", title, *_groups(asked) or [tag("p", "Aucune réponse.", class_="empty")], details)


def _groups(shown: list[Shown]) -> list[Html]:
    return [
        join(
            tag("h3", section) if section else None,
            tag("dl", *(join(tag("dt", each.label), tag("dd", each.value)) for each in inside)),
        )
        for section, inside in groupby(shown, key=lambda each: each.section)
    ]


def decide(visit: Visit, project: str, form_id: str, root_id: str) -> Response:
    """Keep a decision and its comment, and write both where the author reads them."""
    state, comment = visit.request.form.get("state", ""), visit.request.form.get("comment", "").strip()
    if state not in DECISIONS or len(comment) > MAX_COMMENT:
        raise answers.unexpected_value("state", state, "a decision")
    if state == "hasIssues" and not comment:
        fault = "Dites dans le commentaire ce qui est à corriger."
        return record_page(visit, project, form_id, root_id, fault=fault)
    with visit.database.writing() as db:
        form, row = _found(visit, db, "submission.update", (project, form_id, root_id))
        reviews.set_state(db, form, root_id, state or None)
        if comment:
            reviews.add_comment(db, row.submission_id, visit.actor.id, comment)
        reviews.tell_owner(db, form.project_id, row, state, comment)
    return go_to(f"{form_path(form.project_id, form_id)}/records/{quote(root_id, safe='')}?done=1")


def file_of(visit: Visit, project: str, form_id: str, root_id: str, name: str) -> Response:
    """Give one file: pictures to look at, all else only to keep, never as a page of this site."""
    with visit.database.reading() as db:
        _, row = _found(visit, db, "submission.read", (project, form_id, root_id))
        if not row.files.get(name):
            raise answers.not_found()
        content = blobs.load(db, row.files[name]).content
    response = Response(content, content_type=kind_of(content) or "application/octet-stream", headers=HEADERS)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Content-Disposition"] = "inline" if kind_of(content) else "attachment"
    return response
