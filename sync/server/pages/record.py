# SPDX-License-Identifier: EUPL-1.2
"""One received record: its answers, its files, what staff say of it, and how its author hears of that."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.wrappers import Response

from fieldkit import standing
from fieldkit.typography import byte_size, plural
from sync.safe_xml import UnsafeXmlError
from sync.server import access, answers, blobs, datasets, entities, published, received, reviews
from sync.server.call import require_project, whole_number
from sync.server.envelope import read_envelope
from sync.server.pages import remarks
from sync.server.pages.answers_shown import Shown, answers_of
from sync.server.pages.markup import Html, join, link, table, tag
from sync.server.pages.overview import form_path
from sync.server.pages.visit import HEADERS, Visit, go_to
from sync.server.pages.wording import DECISIONS, badge, moment

if TYPE_CHECKING:
    from sync.server.published import Form
    from sync.server.received import Received

PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def _found(visit: Visit, db: sqlite3.Connection, verb: str, place: tuple[str, str, str]) -> tuple[Form, Received]:
    project, form_id, root_id = place
    require_project(db, whole_number(project))
    visit.require(db, verb, whole_number(project))
    form = published.form_named(db, whole_number(project), form_id)
    return form, received.named(db, form, root_id)


def record_page(visit: Visit, project: str, form_id: str, root_id: str, *, fault: str = "") -> Response:
    """Show one record; `fault` is a sentence about what was just refused, which is shown again as it was given."""
    with visit.database.reading() as db:
        form, row = _found(visit, db, "submission.read", (project, form_id, root_id))
        may = access.can(db, visit.actor, "submission.update", form.project_id)
        shown, before = _read_answers(db, form, row)
        files = {name: blobs.load(db, sha256) if sha256 else None for name, sha256 in row.files.items()}
        comments = reviews.comments_of(db, row.submission_id)
        made = entities.made_by(db, form.project_id, row.submission_id)
    told = any(standing.STATUS in dataset.properties for dataset, _ in made)
    envelope = read_envelope(row.xml)
    here = f"{form_path(form.project_id, form_id)}/records/{quote(root_id, safe='')}"
    given = visit.request.form if fault else {}
    facts = [
        f"Arrivé le {moment(row.submitted_at)}, de {row.submitter or 'inconnu'}",
        f"version {row.form_version} du formulaire",
        f"corrigé {plural(row.versions - 1, 'fois', 'fois')}" if row.versions > 1 else None,
    ]
    review = remarks.review_form(here, visit.csrf, row.review_state, given, told=told) if may else None
    return visit.page(
        envelope.instance_name or root_id,
        tag("p", link(form.name or form_id, form_path(form.project_id, form_id)), class_="back"),
        tag("p", badge(row.review_state), " ", ", ".join(filter(None, facts)), "."),
        tag("p", fault, class_="error", role="alert") if fault else None,
        tag("p", "Avis enregistré.", class_="done", role="status") if visit.request.args.get("done") else None,
        _review(review, comments),
        _entities(made),
        _files(here, files),
        _answers(row, shown, before, given if may and told else None, encrypted=envelope.encrypted),
        status=400 if fault else 200,
    )


def _read_answers(
    db: sqlite3.Connection, form: Form, row: Received
) -> tuple[list[Shown] | None, dict[str, Shown] | None]:
    """Return the answers, None if they cannot be read; and by ref those that the last correction replaced."""
    def_id = published.def_of_version(db, form, row.form_version)
    definition = published.xml_of(db, def_id)
    media = {medium.name: medium.sha256 for medium in published.media_of(db, def_id)}

    def read_list(name: str) -> bytes:
        if media.get(name):
            return blobs.load(db, media[name]).content
        dataset = datasets.served_as(db, form.project_id, name)
        return datasets.csv_of(db, dataset) if dataset is not None else b""

    try:
        shown = answers_of(definition, row.xml, read_list)
        if row.versions < 2:
            return shown, None
        earlier = received.listed(db, form, every_version=True, root_id=row.root_id)[-2]
        return shown, {each.ref: each for each in answers_of(definition, earlier.xml, read_list)}
    except UnsafeXmlError:
        return None, None


def _review(form: Html | None, comments: list[reviews.Comment]) -> Html | None:
    said = [
        tag(
            "li",
            tag("p", each.body, class_="said"),
            tag("p", f"{each.author}, {moment(each.created_at)}", class_="hint"),
        )
        for each in comments
    ]
    history = join(tag("h3", "Commentaires"), tag("ul", *said, class_="comments")) if said else None
    return tag("section", tag("h2", "Avis"), form, history) if form or history else None


def _entities(made: list[tuple[datasets.Dataset, entities.Entity]]) -> Html | None:
    rows: list[tuple[str, ...]] = [
        (
            entity.label,
            dataset.name,
            entity.data.get(standing.STATUS) or standing.STATUS_WORDS[""],
            entity.data.get(standing.COMMENT, ""),
        )
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


def _answers(
    row: Received, shown: list[Shown] | None, before: dict[str, Shown] | None, given: Mapping[str, str] | None,
    *, encrypted: bool,
) -> Html:  # fmt: skip
    """Show the answers; with `given` each has room for a remark, with `before` those that were corrected say so."""
    title = tag("h2", "Réponses")
    if encrypted:
        sealed = "Les réponses sont chiffrées\u00a0: seule la clé privée les ouvre, ce serveur ne peut pas les lire."
        return tag("section", title, tag("p", sealed))
    if shown is None:
        raw = row.xml.decode("utf-8", "replace")
        return tag("section", title, tag("p", "L’envoi est arrivé abîmé. Voici ce qu’il contient."), tag("pre", raw))
    asked = [_line(each, before, given) for each in shown if each.asked]
    computed = [_line(each) for each in shown if not each.asked]
    refs = {each.ref for each in shown}
    gone = [_line(each) for each in (before or {}).values() if each.asked and each.ref not in refs]
    return tag(
        "section",
        title,
        *_groups(asked) or [tag("p", "Aucune réponse.", class_="empty")],
        join(tag("h3", "Retiré par la correction"), tag("dl", *(line for _, line in gone))) if gone else None,
        remarks.again() if given is not None and asked else None,
        tag("details", tag("summary", "Valeurs calculées"), *_groups(computed)) if computed else None,
    )


def _line(
    shown: Shown, before: dict[str, Shown] | None = None, given: Mapping[str, str] | None = None
) -> tuple[str, Html]:
    """Return the section of an answer, and the answer with its question."""
    old = before.get(shown.ref) if before is not None else None
    change = None
    if before is not None and (old is None or old.value != shown.value):
        words = f"avant\u00a0: {old.value}" if old is not None else "ajouté"
        change = tag("span", f"Corrigé, {words}", class_="change")
    box = remarks.remark_box(shown, given) if given is not None else None
    return shown.section, join(tag("dt", shown.label), tag("dd", tag("span", shown.value), change, box))


def _groups(lines: list[tuple[str, Html]]) -> list[Html]:
    return [
        join(tag("h3", section) if section else None, tag("dl", *(line for _, line in inside)))
        for section, inside in groupby(lines, key=lambda each: each[0])
    ]


def decide(visit: Visit, project: str, form_id: str, root_id: str) -> Response:
    """Keep a decision and its comment, and write both where the author reads them."""
    state, comment = visit.request.form.get("state", ""), remarks.comment_of(visit.request.form)
    if state not in DECISIONS:
        raise answers.unexpected_value("state", state, "a decision")
    if fault := remarks.fault_of(state, comment):
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
