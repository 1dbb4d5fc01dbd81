# SPDX-License-Identifier: EUPL-1.2
"""The regional API over real HTTP, table by table of the contract (sections 2.1 to 2.4 and 8).

Against the reference server, or against the one that FIELDKIT_SERVER_URL, FIELDKIT_SERVER_EMAIL and
FIELDKIT_SERVER_PASSWORD name: everything is set up through REST paths that any regional server has.
"""

from __future__ import annotations

import hashlib

import pytest

from tests.sync.contract_callers import Caller, Staff, form_xml, instance, message


def test_form_list_names_hash_addresses_and_304(caller: Caller) -> None:
    answer = caller.call("GET", "/P/formList")
    assert (answer.status_code, answer.headers["X-OpenRosa-Accept-Content-Length"]) == (200, "100000000")
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert f"<hash>md5:{hashlib.md5(form_xml()).hexdigest()}</hash>" in answer.text  # noqa: S324 — OpenRosa's
    assert "<name>Lieux &amp; liens</name>" in answer.text
    assert f"/v1/projects/{caller.project}/forms/lieux/manifest</manifestUrl>" in answer.text
    assert caller.token not in answer.text
    again = caller.call("GET", "/P/formList", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert answer.headers["ETag"].startswith("W/")
    assert "<formID>" not in caller.call("GET", "/P/formList?formID=autre").text


def test_definition_and_media_are_the_published_bytes(caller: Caller) -> None:
    answer = caller.call("GET", "/P/forms/lieux.xml")
    assert answer.content == form_xml()
    assert caller.call("GET", "/P/forms/lieux/versions/1.xml").content == form_xml()
    manifest = caller.call("GET", "/P/forms/lieux/manifest").text
    assert "<filename>carte.png</filename>" in manifest
    medium = caller.call("GET", "/P/forms/lieux/attachments/carte.png", headers={"Range": "bytes=0-1"})
    assert (medium.status_code, medium.content) == (200, b"png")
    etag = medium.headers["ETag"]
    assert etag == f'"{hashlib.md5(b"png").hexdigest()}"'  # noqa: S324 — OpenRosa's
    assert (
        caller.call("GET", "/P/forms/lieux/attachments/carte.png", headers={"If-None-Match": etag}).status_code == 304
    )


def test_key_in_the_path_works_and_is_repeated_in_addresses(caller: Caller) -> None:
    url = f"{caller.url}/v1/key/{caller.token}/projects/{caller.project}/formList"
    answer = caller.session.get(url, headers={"X-OpenRosa-Version": "1.0"}, timeout=5)
    assert answer.status_code == 200
    assert f"/v1/key/{caller.token}/projects/{caller.project}/forms/lieux.xml" in answer.text


@pytest.mark.parametrize(
    ("token", "by_bearer", "by_path"),
    [("z" * 64, 401, 403), ("short", 401, 401), ("", 401, 401)],
)
def test_unknown_and_malformed_tokens(caller: Caller, token: str, by_bearer: int, by_path: int) -> None:
    caller.token = token
    assert caller.call("GET", "/sessions/restore").status_code == by_bearer
    answer = caller.session.get(f"{caller.url}/v1/key/{token or 'x'}/sessions/restore", timeout=5)
    assert answer.status_code == by_path
    assert "code" in answer.json()


def test_revoked_token(staff: Staff, caller: Caller) -> None:
    assert set(caller.call("GET", "/sessions/restore").json()) == {"createdAt", "expiresAt"}
    staff.revoke(caller)
    assert caller.call("GET", "/sessions/restore").json()["code"] == "401.2"
    refused = caller.submit(instance("uuid:1"))
    assert refused.status_code == 401
    assert "Could not authenticate" in message(refused)


def test_token_without_assignment(staff: Staff, caller: Caller) -> None:
    caller = staff.create_app_user(assigned=False)
    assert "<xform>" not in caller.call("GET", "/P/formList").text
    assert caller.call("GET", "/P/forms/lieux.xml").json()["code"] == "403.1"
    assert caller.call("HEAD", "/P/submission").status_code == 204
    refused = caller.submit(instance("uuid:1"))
    assert (refused.status_code, "Could not authenticate" in message(refused)) == (401, True)
    staff.assign(caller)
    assert caller.submit(instance("uuid:1")).status_code == 201


def test_openrosa_header_is_required_and_nothing_is_stored_without(staff: Staff, caller: Caller) -> None:
    answer = caller.call("POST", "/P/submission", headers={"X-OpenRosa-Version": ""},
                         files={"xml_submission_file": instance("uuid:1")})  # fmt: skip
    assert answer.status_code == 400
    assert "X-OpenRosa-Version" in message(answer)
    assert staff.stored() == {}


def test_greeting(caller: Caller) -> None:
    for method in ("HEAD", "GET"):
        answer = caller.call(method, "/P/submission")
        assert (answer.status_code, answer.headers["X-OpenRosa-Version"]) == (204, "1.0")


def test_wrong_addresses(caller: Caller) -> None:
    assert caller.call("GET", "/projects/99/formList").status_code == 404
    assert caller.call("GET", "/projects/abc/formList").status_code == 400
    assert caller.session.get(f"{caller.url}/projects/1/formList", timeout=5).json()["code"] == "404.2"
    assert caller.call("GET", "/users/current").json()["code"] == "404.1"


def test_new_then_same_bytes_then_other_bytes(staff: Staff, caller: Caller) -> None:
    xml = instance("uuid:1")
    for _ in range(3):
        answer = caller.submit(xml)
        assert (answer.status_code, message(answer)) == (201, "full submission upload was successful!")
        assert 'nature=""' in answer.text
    refused = caller.submit(instance("uuid:1", "Perwez "))
    assert refused.status_code == 409
    assert "already exists with this ID, but with different XML" in message(refused)
    assert staff.stored() == {"uuid:1": xml}


@pytest.mark.parametrize(
    ("xml", "status", "text"),
    [
        (instance("uuid:" + "1" * 60), 400, "Length of value too long"),
        (instance("uuid:1", version="9"), 404, "The form version specified in this submission '9' does not exist."),
        (instance("uuid:1").replace(b'"lieux"', b'"autre"'), 404, "Could not find the resource"),
        (instance("uuid:1", deprecated="uuid:0"), 404, "can't find that submission to update"),
        (b"not xml", 400, "XML"),
    ],
)
def test_refused_submissions(staff: Staff, caller: Caller, xml: bytes, status: int, text: str) -> None:
    answer = caller.submit(xml)
    assert answer.status_code == status
    assert text in message(answer)
    assert staff.stored() == {}


def test_nul_is_a_500_and_cut_xml_is_taken(staff: Staff, caller: Caller) -> None:
    answer = caller.submit(instance("uuid:1", "a\0b"))
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})
    assert caller.submit(instance("uuid:2")[:-9]).status_code == 201
    assert list(staff.stored()) == ["uuid:2"]


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"Content-Type": "multipart/form-data; boundary=b"}, b"--b\r\nContent-Disp", "400.39"),
        ({"Content-Type": "multipart/form-data"}, b"--b--", "400.39"),
        ({"Content-Type": "multipart/form-data; boundary=b", "Content-Encoding": "gzip"}, b"--b--", "400.39"),
        ({"Content-Type": "text/xml"}, b"<data/>", ""),
        ({"Content-Type": "multipart/form-data; boundary=b"}, b"--b--\r\n", ""),
    ],
)
def test_broken_multiparts(caller: Caller, headers: dict[str, str], body: bytes, code: str) -> None:
    answer = caller.call("POST", "/P/submission", headers=headers, data=body)
    assert answer.status_code == 400
    if code:
        assert answer.json()["code"] == code
    else:
        assert "Required multipart POST field" in message(answer)


def test_chunked_body_is_taken(caller: Caller) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="xml_submission_file"\r\n\r\n'
        + instance("uuid:1")
        + b"\r\n--b--\r\n"
    )
    pieces = (body[i : i + 50] for i in range(0, len(body), 50))
    answer = caller.call(
        "POST", "/P/submission", headers={"Content-Type": "multipart/form-data; boundary=b"}, data=pieces
    )
    assert answer.status_code == 201


def test_form_states(staff: Staff, caller: Caller) -> None:
    staff.set_form_state("closing")
    assert "<xform>" not in caller.call("GET", "/P/formList").text
    assert caller.call("GET", "/P/forms/lieux.xml").status_code == 200
    assert caller.submit(instance("uuid:1")).status_code == 201
    staff.set_form_state("closed")
    assert caller.call("GET", "/P/forms/lieux.xml").status_code == 403
    assert caller.call("GET", "/P/forms/lieux/manifest").status_code == 403
    refused = caller.submit(instance("uuid:1"))
    assert refused.status_code == 409
    assert "not currently accepting submissions" in message(refused)


def test_old_versions_are_accepted_and_a_version_is_published_once(staff: Staff, caller: Caller) -> None:
    staff.publish_form(form_xml("2"))
    assert caller.submit(instance("uuid:1", version="1")).status_code == 201
    assert caller.submit(instance("uuid:2", version="2")).status_code == 201
    assert "<version>2</version>" in caller.call("GET", "/P/formList").text
    assert caller.call("GET", "/P/forms/lieux/attachments/carte.png").content == b"png"
    assert staff.call("POST", "/P/forms/lieux/draft").status_code == 200
    assert staff.call("POST", "/P/forms/lieux/draft/publish").json()["code"] == "409.6"


def test_files_late_overwritten_and_unexpected(staff: Staff, caller: Caller) -> None:
    xml = instance("uuid:1", photo="a.jpg")
    assert caller.submit(xml).status_code == 201
    assert staff.files("uuid:1") == {"a.jpg": None}
    assert caller.submit(xml, a__jpg=b"one", other__jpg=b"x").status_code == 201
    assert caller.submit(xml, a__jpg=b"two").status_code == 201
    assert staff.files("uuid:1") == {"a.jpg": b"two"}


def test_edits_in_order_inherit_files_and_conflict(staff: Staff, caller: Caller) -> None:
    assert caller.submit(instance("uuid:1", photo="a.jpg"), a__jpg=b"one").status_code == 201
    second = instance("uuid:2", "Orp", deprecated="uuid:1", photo="a.jpg")
    assert [caller.submit(second).status_code for _ in range(2)] == [201, 201]
    assert staff.stored() == {"uuid:1": second}
    assert staff.files("uuid:1") == {"a.jpg": b"one"}
    (row,) = staff.call("GET", "/P/forms/lieux/submissions").json()
    assert (row["currentVersion"]["instanceId"], row["reviewState"]) == ("uuid:2", "edited")
    other = caller.submit(instance("uuid:3", deprecated="uuid:1"))
    assert (other.status_code, "the copy you were editing (uuid:1) is now out of date" in message(other)) == (409, True)
    late = caller.submit(instance("uuid:1", photo="a.jpg"))
    assert (late.status_code, "(undefined) is now out of date" in message(late)) == (409, True)
    reused = caller.submit(instance("uuid:2", "Jauche", deprecated="uuid:1"))
    assert (reused.status_code, "A resource already exists with instanceID value(s)" in message(reused)) == (409, True)
    versions = staff.call("GET", "/P/forms/lieux/submissions/uuid:1/versions").json()
    assert [version["instanceId"] for version in versions] == ["uuid:2", "uuid:1"]


def test_deleted_by_staff(staff: Staff, caller: Caller) -> None:
    caller.submit(instance("uuid:1"))
    staff.delete_submission("uuid:1")
    refused = caller.submit(instance("uuid:1"))
    assert (refused.status_code, message(refused)) == (
        409, "This submission has been deleted. You may not resubmit it.",
    )  # fmt: skip
    assert staff.stored() == {}


def test_an_app_user_reads_nothing_back(caller: Caller) -> None:
    caller.submit(instance("uuid:1", photo="a.jpg"), a__jpg=b"one")
    for path in ("", "/uuid:1.xml", "/uuid:1/attachments", "/uuid:1/attachments/a.jpg"):
        assert caller.call("GET", f"/P/forms/lieux/submissions{path}").status_code == 403
