# SPDX-License-Identifier: EUPL-1.2
"""A review on the trainer's pages: remarks beside answers, what a correction changed, what was refused and kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests  # noqa: TID253 — this is the other end of the line

import resources
from fieldkit import answer_files, application
from fieldkit.cli.serving import publish_shipped
from fieldkit.shipped_forms import read_media
from fieldkit.standing import question_refs, read_comment
from forms import FormDef, FormSession, load_form
from sync.server import ReferenceServer
from sync.server.pages.answers_shown import answers_of
from tests.sync.chromium import PROGRAM, Chromium
from tests.sync.trainer_browser import EMAIL, PASSWORD, Browser, Page

XML = resources.read_bytes("forms", f"{application.FORM_ID}.xml")
PHONE = "/data/b_porteur/porteur/contact_telephone"


@pytest.fixture(scope="module")
def form() -> FormDef:
    return load_form(XML, read_media)


@pytest.fixture(scope="module")
def filled(form: FormDef) -> FormSession:
    session = FormSession(form)
    answer_files.fill(session, json.loads(resources.read_text("forms", "answers", "application_perwez.json")))
    return session


@pytest.fixture
def gal(tmp_path_factory: pytest.TempPathFactory, filled: FormSession) -> Iterator[SimpleNamespace]:
    """Run a region as `serve` makes it, that received one application; `trainer` is logged in, `page` shows it."""
    folder = tmp_path_factory.mktemp("gal")
    with ReferenceServer(folder, admin_email=EMAIL, admin_password=PASSWORD) as region:
        publish_shipped(region, region.create_project("GAL"))
        token = region.create_app_user(1, "Ana")
        trainer = Browser(region.url)
        trainer.log_in()
        record = f"/demo/projects/1/forms/{application.FORM_ID}/records/{filled.instance_id.replace(':', '%3A')}"
        made = SimpleNamespace(region=region, token=token, trainer=trainer, record=record)
        send(made, filled.finalize().xml)
        yield made
        trainer.session.close()


def send(gal: SimpleNamespace, xml: bytes) -> None:
    headers = {"X-OpenRosa-Version": "1.0", "Authorization": f"Bearer {gal.token}"}
    url = f"{gal.region.url}/v1/projects/1/submission"
    answer = requests.post(url, headers=headers, files={"xml_submission_file": xml}, timeout=10)
    assert answer.status_code == 201


def said(gal: SimpleNamespace) -> tuple[str, str]:
    (row,) = gal.region.entities(1, "dossiers")
    return row["statut"], row["commentaire"]


def test_every_remark_finds_its_question_again(filled: FormSession) -> None:
    """What the page calls a question is what the author's program reads as that question, and no other."""
    refs = tuple(question_refs(filled))
    asked = [each for each in answers_of(XML, filled.finalize().xml, read_media) if each.asked]
    assert len(asked) > 200
    for each in asked:
        assert read_comment(f"{each.name}\u00a0: x", refs).pinned == {each.ref: "x"}, each
    names = {each.ref: each.name for each in asked}
    assert names[PHONE] == "contact_telephone"
    assert names["/data/b_porteur/partenaire[2]/partenaire_nom"] == "partenaire[2]/partenaire_nom"


def test_choices_from_files_have_their_words(gal: SimpleNamespace) -> None:
    text = gal.trainer.page(gal.record).text
    assert "Commune chef de file Perwez" in text
    assert "Appel visé Mon Smart Village (profil de démonstration)" in text


def test_a_list_that_is_none_leaves_the_values(filled: FormSession) -> None:
    for content in (b"", b"\xff\xfe", b'name,label\n"x', b"a,b\n1\n"):
        shown = answers_of(XML, filled.finalize().xml, lambda _name, content=content: content)
        assert next(each.value for each in shown if each.label == "Commune chef de file") == "25084"


def test_remarks_and_comment_reach_the_author_as_one(gal: SimpleNamespace) -> None:
    fields = {
        "comment": "Merci.",
        "remarque contact_telephone": "pas en service.\n\nLequel appeler ?",
        "remarque partenaire[2]/partenaire_nom": " le nom officiel ",
        "remarque adresse": " ",
    }
    assert gal.trainer.send(gal.record, state="hasIssues", **fields).status_code == 200
    comment = (
        "Merci.\ncontact_telephone\u00a0: pas en service.\ncontact_telephone\u00a0: Lequel appeler ?\n"
        "partenaire[2]/partenaire_nom\u00a0: le nom officiel"
    )
    assert said(gal) == ("à corriger", comment)
    assert gal.trainer.send(gal.record, state="hasIssues", **{"remarque adresse": "la rue ?"}).status_code == 200
    assert said(gal)[1] == "adresse\u00a0: la rue ?"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"comment": " "}, "Dites ce qui est à corriger, dans le commentaire ou à côté d’une réponse."),
        ({"comment": "a" * 4990, "remarque adresse": "b" * 20}, "5021 signes, 5000 au plus."),
    ],
)
def test_what_is_refused_has_not_to_be_written_again(
    gal: SimpleNamespace, fields: dict[str, str], sentence: str
) -> None:
    answer = gal.trainer.send(gal.record, state="hasIssues", **fields)
    page = Page(answer.text)
    assert answer.status_code == 400
    assert sentence in page.text
    (chosen,) = [each for tag, each in page.elements if tag == "input" and "checked" in each]
    assert chosen["value"] == "hasIssues"
    for name, text in fields.items():
        assert re.search(rf'name="{re.escape(name)}"[^>]*>{re.escape(text.strip())}', answer.text)
    assert said(gal) == ("", "")


def test_a_correction_shows_what_it_changed(gal: SimpleNamespace, form: FormDef, filled: FormSession) -> None:
    assert "1 envoi, 1 à relire" in gal.trainer.page("/").text
    gal.trainer.send(gal.record, state="hasIssues", comment="Le téléphone.")
    assert "à relire" not in gal.trainer.page("/").text
    assert "Corrigé" not in gal.trainer.page(gal.record).text
    xml = re.sub(rb"(<instanceID[^<>]*>)[^<]*", rb"\1", filled.finalize().xml)
    again = FormSession(form, instance_xml=xml, deprecated_id=filled.instance_id)
    again.answer(PHONE, "081 00 00 00")
    again.answer("/data/a_identification/acronyme", "")
    send(gal, again.finalize().xml)
    text = gal.trainer.page(gal.record).text
    assert "Téléphone 081 00 00 00 Corrigé, avant : 000 00 00 00" in text
    assert "Retiré par la correction Acronyme RELAIS" in text
    assert text.count("Corrigé, ") == 1
    assert "1 envoi, 1 à relire" in gal.trainer.page("/").text


def test_a_viewer_has_nothing_to_write_in(gal: SimpleNamespace) -> None:
    gal.region.create_web_user("viewer@gal.example", "only looks", "viewer", 1)
    gal.trainer.session.cookies.clear()
    gal.trainer.log_in("only looks", "viewer@gal.example")
    page = gal.trainer.page(gal.record)
    assert "Camille Exemple" in page.text
    assert not [each for tag, each in page.elements if tag in {"textarea", "fieldset"}]


def test_an_address_of_this_computer_says_so(gal: SimpleNamespace) -> None:
    assert "ne vaut que sur cet ordinateur" in Page(gal.trainer.send("/demo/projects/1/accounts", name="Bo").text).text


@pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine")
def test_a_trainer_reviews_in_a_real_browser(gal: SimpleNamespace, tmp_path: Path) -> None:
    """Log in, open a record, write beside an answer far below the form, send with the button at the end."""
    remark = 'textarea[name="remarque contact_telephone"]'
    with Chromium(tmp_path) as browser:
        browser.go(gal.region.url)
        browser.write("#email", EMAIL)
        browser.write("#password", PASSWORD)
        browser.click("button.main")
        browser.wait_for("document.title.startsWith('Ce qui est arrivé')")
        browser.go(gal.region.url + gal.record)
        assert browser.script(f"document.querySelector('{remark}').checkVisibility()") is False
        browser.click(f"details:has({remark}) summary")
        browser.write(remark, "ce numéro n’est pas en service.")
        browser.click("input[value=hasIssues]")
        browser.click(".foot button")
        browser.wait_for("location.search == '?done=1' && document.readyState == 'complete'")
        browser.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=True)
        assert browser.script("document.documentElement.scrollWidth") == 390
        assert [one for one in browser.complaints if "favicon" not in one] == []
    assert said(gal) == ("à corriger", "contact_telephone\u00a0: ce numéro n’est pas en service.")
