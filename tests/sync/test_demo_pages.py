# SPDX-License-Identifier: EUPL-1.2
"""The trainer's pages of the reference server, over HTTP: what they show, what they change, whom they refuse."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests  # noqa: TID253 — this is the other end of the line

from fieldkit.account import Account
from fieldkit.store import Store
from sync.client import RegionClient
from sync.invitation import parse_invitation
from sync.invitation_picture import read_picture
from sync.pull import pull
from sync.server import ReferenceServer
from tests.sync.chromium import PROGRAM
from tests.sync.dossier_form import HOSTILE, dossier, dossier_form, list_form
from tests.sync.trainer_browser import EMAIL, PASSWORD, Browser, Page

ONE, TWO = "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10", "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b11"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
RECORDS = "/demo/projects/1/forms/dossier/records"


@pytest.fixture(scope="module")
def gal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Run a server that received two records, one of them hostile, from an account with a hostile name."""
    folder = tmp_path_factory.mktemp("gal")
    with ReferenceServer(folder, admin_email=EMAIL, admin_password=PASSWORD) as region:
        project = region.create_project(f"GAL {HOSTILE}")
        region.publish_form(project, dossier_form(HOSTILE))
        region.publish_form(project, list_form())
        token = region.create_app_user(project, f"Ana {HOSTILE}")
        made = SimpleNamespace(region=region, project=project, token=token)
        send(made, dossier("uuid:1", ONE, "Potager", photo="p.png"), **{"p.png": PNG})
        send(made, dossier("uuid:2", TWO, HOSTILE, photo="page.html"), **{"page.html": b"<script>alert(1)</script>"})
        yield made


def send(gal: SimpleNamespace, xml: bytes, **files: bytes) -> None:
    url = f"{gal.region.url}/v1/projects/{gal.project}/submission"
    headers = {"X-OpenRosa-Version": "1.0", "Authorization": f"Bearer {gal.token}"}
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(url, headers=headers, files={"xml_submission_file": xml, **files}, timeout=10)
    assert answer.status_code == 201


@pytest.fixture
def visitor(gal: SimpleNamespace) -> Iterator[Browser]:
    browser = Browser(gal.region.url)
    yield browser
    browser.session.close()


@pytest.fixture
def trainer(visitor: Browser) -> Browser:
    assert visitor.log_in().status_code == 200
    return visitor


def test_who_is_not_logged_in_sees_the_way_in_and_nothing_else(visitor: Browser) -> None:
    for path in ("/", RECORDS + "/uuid:1", "/demo/projects/1/accounts/2", f"{RECORDS}/uuid:1/files/p.png"):
        page = visitor.page(path)
        assert page.attributes("input", "name") == ["email", "password"]
        assert "Potager" not in page.text
        assert "Pour les démonstrations et la formation." in page.text
    refused = visitor.log_in("wrong")
    assert (refused.status_code, "ne vont pas ensemble" in refused.text) == (403, True)
    assert "Potager" not in visitor.get(RECORDS + "/uuid:1").text


def test_an_app_users_token_opens_no_page_and_a_cookie_no_api(gal: SimpleNamespace, trainer: Browser) -> None:
    assert trainer.get("/v1/projects").status_code == 401
    cookie = trainer.session.cookies["fieldkit_demo"]
    trainer.session.cookies.clear()
    trainer.session.cookies.set("fieldkit_demo", gal.token)
    assert trainer.page("/").attributes("input", "name") == ["email", "password"]
    bearer = {"Authorization": f"Bearer {cookie}"}
    assert trainer.get("/v1/projects", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", (f"Dossier {HOSTILE}", f"GAL {HOSTILE}", f"Ana {HOSTILE}")),
        ("/demo/projects/1/forms/dossier", (f"Dossier {HOSTILE}", HOSTILE, f"Ana {HOSTILE}")),
        (RECORDS + "/uuid%3A2", (HOSTILE, f"Titre {HOSTILE}", f"Dossier {HOSTILE}")),
        ("/demo/projects/1/accounts/2", (f"Compte de Ana {HOSTILE}",)),
    ],
)
def test_hostile_words_are_shown_and_nothing_more(trainer: Browser, path: str, shown: tuple[str, ...]) -> None:
    answer = trainer.get(path)
    page = Page(answer.text)
    for words in shown:
        assert words in page.texts or any(words in text for text in page.texts)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "iframe", "object", "svg", "style", "base"}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    addresses = [*page.attributes("a", "href"), *page.attributes("img", "src"), *page.attributes("link", "href"),
                 *page.attributes("form", "action")]  # fmt: skip
    assert all(re.match(r"/(?!/)|#", address) for address in addresses)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert page.attributes("html", "lang") == ["fr"]


def test_answers_have_the_words_of_the_form(trainer: Browser) -> None:
    text = trainer.page(RECORDS + "/uuid%3A1").text
    assert "Public visé Les aînés, autres" in text
    assert "Montant 12.5" in text
    assert "Poste 2 Intitulé Deux" in text
    assert text.index("Valeurs calculées") < text.index("total 3")


def test_pictures_are_shown_and_all_else_is_only_kept(trainer: Browser) -> None:
    (source,) = trainer.page(RECORDS + "/uuid%3A1").attributes("img", "src")
    picture = trainer.get(source)
    assert (picture.headers["Content-Type"], picture.content) == ("image/png", PNG)
    assert trainer.page(RECORDS + "/uuid%3A2").attributes("img", "src") == []
    page = trainer.get(RECORDS + "/uuid%3A2/files/page.html")
    assert page.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["Content-Disposition"] == "attachment"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_hostile_file_name_leads_to_its_file_only(gal: SimpleNamespace, trainer: Browser) -> None:
    name = "../../a?b#c%2F'&lt;.png"
    xml = dossier("uuid:8/../x", "none", "Noms", photo=name.replace("&", "&amp;"))
    send(gal, xml, **{name: PNG})
    listing = trainer.page("/demo/projects/1/forms/dossier")
    path = next(each for each in listing.attributes("a", "href") if "uuid%3A8" in each)
    page = trainer.page(path)
    assert name in page.texts
    (source,) = page.attributes("img", "src")
    assert source.startswith(path + "/files/")
    assert trainer.get(source).content == PNG


def test_what_is_to_correct_reaches_its_owner_at_the_next_sync(
    gal: SimpleNamespace, trainer: Browser, store: Store
) -> None:
    shown = Page(trainer.send("/demo/projects/1/lists/dossiers", owner_only="1").text).text
    assert "les siennes seulement" in shown
    send(gal, dossier("uuid:5", ONE[:-1] + "5", "Verger"))
    record = RECORDS + "/uuid%3A5"
    refused = trainer.send(record, state="hasIssues", comment=" ")
    assert (refused.status_code, "ce qui est à corriger" in refused.text) == (400, True)
    done = trainer.send(record, state="hasIssues", comment=f"Le budget {HOSTILE}")
    assert (done.status_code, done.url.endswith("uuid%3A5?done=1")) == (200, True)
    assert "Avis enregistré." in Page(done.text).text
    assert f"Le budget {HOSTILE}" in Page(done.text).texts
    (row,) = [each for each in gal.region.submissions(gal.project, "dossier") if each.root_id == "uuid:5"]
    assert row.review_state == "hasIssues"
    client = RegionClient(Account("gal", gal.region.url, gal.project, "GAL"), gal.token)
    try:
        assert pull(store, client, origin="gal").problems == []
    finally:
        client.close()
    lines = store.blank_forms.attachment("mes_dossiers", "1", "dossiers.csv").decode()
    assert "à corriger" in lines
    assert "Le budget" in lines
    assert trainer.send(record, state="approved", comment="").status_code == 200
    entity = next(each for each in gal.region.entities(gal.project, "dossiers") if each["label"] == "Verger")
    assert (entity["statut"], entity["commentaire"]) == ("approuvé", "")


def test_a_form_of_another_site_changes_nothing(gal: SimpleNamespace, trainer: Browser) -> None:
    record, fields = RECORDS + "/uuid%3A1", {"state": "rejected", "comment": "x"}
    refused = [
        trainer.send(record, csrf="", **fields),
        trainer.send(record, csrf="z" * 64, **fields),
        trainer.send(record, {"Origin": "https://evil.example"}, **fields),
        trainer.send(record, {"Origin": "null"}, **fields),
        trainer.send(record, {"Sec-Fetch-Site": "cross-site"}, **fields),
        trainer.send("/demo/projects/1/accounts", csrf="", name="Eve"),
        trainer.send("/demo/projects/1/lists/dossiers", csrf="", owner_only="1"),
        trainer.send("/demo/logout", csrf=""),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    (row,) = [each for each in gal.region.submissions(1, "dossier") if each.root_id == "uuid:1"]
    assert row.review_state == ""
    assert "Eve" not in trainer.page("/").text
    own = trainer.send(record, {"Origin": gal.region.url}, state="", comment="")
    assert own.status_code == 200


def test_log_in_from_another_site_is_refused_and_log_out_ends_the_session(trainer: Browser) -> None:
    cookie = trainer.session.cookies["fieldkit_demo"]
    assert trainer.send("/demo/logout").status_code == 200
    assert "fieldkit_demo" not in trainer.session.cookies
    trainer.session.cookies.set("fieldkit_demo", cookie)
    assert trainer.page("/").attributes("input", "name") == ["email", "password"]
    trainer.session.cookies.clear()
    answer = trainer.send("/demo/login", {"Origin": "https://evil.example"}, email=EMAIL, password=PASSWORD)
    assert (answer.status_code, dict(trainer.session.cookies)) == (403, {})


def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor: Browser) -> None:
    fields = {"email": EMAIL, "password": PASSWORD}
    path = visitor.url + "/demo/login"
    plain = visitor.session.post(path, data=fields, allow_redirects=False, timeout=10)
    visitor.session.cookies.clear()
    behind = {"X-Forwarded-Proto": "https"}
    secure = visitor.session.post(path, data=fields, headers=behind, allow_redirects=False, timeout=10)
    assert plain.status_code == 303
    assert "HttpOnly" in plain.headers["Set-Cookie"]
    assert "SameSite=Strict" in plain.headers["Set-Cookie"]
    assert ("Secure" in plain.headers["Set-Cookie"], "Secure" in secure.headers["Set-Cookie"]) == (False, True)


def test_a_viewer_reads_and_decides_nothing(gal: SimpleNamespace, visitor: Browser) -> None:
    gal.region.create_web_user("viewer@gal.example", "only looks", "viewer", gal.project)
    visitor.log_in("only looks", "viewer@gal.example")
    page = visitor.page("/")
    assert "Potager" in visitor.page(RECORDS + "/uuid%3A1").text
    assert "Montrer le code QR" not in page.text
    assert visitor.send(RECORDS + "/uuid%3A1", state="rejected", comment="x").status_code == 403
    assert visitor.send("/demo/projects/1/lists/dossiers", owner_only="").status_code == 403
    assert visitor.get("/demo/projects/1/accounts/2").status_code == 403
    assert visitor.get("/demo/projects/1/accounts/2/code.png").status_code == 403


def test_a_new_account_and_its_code(gal: SimpleNamespace, trainer: Browser) -> None:
    answer = trainer.send("/demo/projects/1/accounts", name="Bo")
    page = Page(answer.text)
    link = next(text for text in page.texts if "/v1/key/" in text)
    invitation = parse_invitation(link)
    assert (invitation.origin, invitation.central_project) == (gal.region.url, gal.project)
    (source,) = page.attributes("img", "src")
    code = trainer.get(source)
    assert code.headers["Content-Type"] == "image/png"
    assert read_picture(code.content) == replace(invitation, project_name=f"GAL {HOSTILE}")
    headers = {"Authorization": f"Bearer {invitation.token}", "X-OpenRosa-Version": "1.0"}
    listed = trainer.get("/v1/projects/1/formList", headers=headers)
    assert "<formID>dossier</formID>" in listed.text
    assert trainer.send("/demo/projects/1/accounts", name=" ").status_code == 400


def test_what_cannot_be_read_is_told(gal: SimpleNamespace, trainer: Browser) -> None:
    send(gal, dossier("uuid:6", TWO, "Coupé")[:-8])
    text = trainer.page(RECORDS + "/uuid%3A6").text
    assert "arrivé abîmé" in text
    assert "Coupé" in text
    sealed = (
        '<data xmlns="http://opendatakit.org/submissions" encrypted="yes" id="dossier" version="1">'
        "<base64EncryptedKey>x</base64EncryptedKey><meta><instanceID>uuid:7</instanceID></meta>"
        "<encryptedXmlFile>s.enc</encryptedXmlFile></data>"
    )
    send(gal, sealed.encode())
    text = trainer.page(RECORDS + "/uuid%3A7").text
    assert "Les réponses sont chiffrées" in text
    assert "s.enc : annoncé, pas encore arrivé" in text
    for path in (RECORDS + "/uuid%3A99", "/demo/nowhere", "/demo/projects/9/forms/x", "/demo/projects/x/forms/x"):
        assert trainer.get(path).status_code in {400, 404}


def test_long_lists_have_pages(gal: SimpleNamespace, trainer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.server.pages.overview.PAGE_ROWS", 1)
    first = trainer.page("/demo/projects/1/forms/dossier")
    assert "Plus anciens" in first.text
    assert "Plus récents" not in first.text
    second = trainer.page("/demo/projects/1/forms/dossier?page=2")
    assert "Plus récents" in second.text
    assert trainer.get("/demo/projects/1/forms/dossier?page=x").status_code == 200


def test_a_browser_runs_nothing_and_fetches_nothing_from_elsewhere(
    trainer: Browser, scripted: Any, tmp_path: Path
) -> None:
    """Look with Chromium, through a line that adds the trainer's cookie and counts what is fetched."""
    if PROGRAM is None:
        pytest.skip("no Chromium on this machine")

    def relay(request: SimpleNamespace) -> tuple[int, dict[str, str], bytes]:
        answer = trainer.get(request.path)
        kept = ("Content-Type", "Content-Security-Policy")
        return (
            answer.status_code,
            {name: answer.headers[name] for name in kept if name in answer.headers},
            answer.content,
        )

    scripted.answer = relay
    command = [PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--dump-dom",
               f"{scripted.url}{RECORDS}/uuid%3A2"]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    page = Page(run.stdout)
    assert HOSTILE in page.texts
    assert "script" not in {tag for tag, _ in page.elements}
    assert {request.path for request in scripted.seen} - {"/favicon.ico"} == {f"{RECORDS}/uuid%3A2", "/demo/style.css"}
