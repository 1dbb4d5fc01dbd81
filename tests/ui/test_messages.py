# SPDX-License-Identifier: EUPL-1.2
"""Every error of every room has a sentence of its own: cause and way out, in French as people write it."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import fieldkit
import forms
import sync
from fieldkit import errors as domain
from fieldkit.errors import FieldkitError
from fieldkit.instance import State, TransitionError
from fieldkit.packs import errors as packs
from fieldkit.typography import french
from forms import errors as engine
from forms.errors import FormError
from forms.views import Violation, ViolationKind
from sync import errors as network
from sync.errors import Reason, SyncError
from ui import messages
from ui.sentences.network import reason_message, row_message

BANNED = ("Désolé", "Oups", "Veuillez", "!", "serveur", "instance", "soumission", "XML invalide")
FOLDER = Path("/srv/kit")
BASE = FOLDER / "fieldkit.db"
EXAMPLES: list[Exception] = [
    engine.FormError("x"),
    engine.FormFileError("x"),
    engine.NotXmlError("x", line=4, column=2),
    engine.NotXmlError("x"),
    engine.HostileXmlError("x"),
    engine.StructureError("x", form="f", ref="/data/a"),
    engine.ExpressionError("x", form="f", expression="1 +"),
    engine.UnknownFunctionError("magic", form="f"),
    engine.CycleError(["/data/a", "/data/b", "/data/a"], form="f"),
    engine.AttachmentError("communes.csv", "missing", form="f"),
    engine.NewerEntitiesError("2030.1.0", "2025.1.0", form="f"),
    engine.CacheError("x", form="f"),
    engine.InstanceError("x"),
    engine.AnswerError("x"),
    engine.NotValidError([Violation("/data/a", ViolationKind.REQUIRED)]),
    domain.WorkspaceMissing(FOLDER),
    domain.WorkspaceBusy(FOLDER, pid=4, host="pc", since="2026-11-22T09:00:00+00:00"),
    domain.WorkspaceBusy(FOLDER),
    domain.FolderNotWritable(FOLDER, "read-only"),
    domain.StoreTooNew(BASE, 9, 3),
    domain.StoreDamaged(BASE, (), "cut"),
    domain.StoreDamaged(BASE, (FOLDER / "copies" / "fieldkit-20261122T080000Z-day.db",), "cut"),
    domain.StoreFull(BASE),
    domain.StoreLocked(BASE),
    domain.StoreReadOnly(BASE),
    domain.StoreUnreadable(BASE, "x"),
    domain.NotFoundError("blank form", "f 1"),
    domain.NotFoundError("instance", "uuid:1"),
    domain.AlreadyThereError("instance", "uuid:1"),
    domain.WrongStateError("uuid:1", "submitted", "save"),
    domain.ProofError("x"),
    domain.NotSent("uuid:1", "finalized"),
    domain.NotAProof("not JSON"),
    domain.AttachmentDamaged("uuid:1/photo.jpg", FOLDER / "photo.jpg"),
    domain.EncryptionError("f", "x"),
    domain.UnusableKey("f", "x"),
    domain.ReservedName("f", "submission.xml"),
    domain.DossierError(FOLDER / "a.fieldkit", "x"),
    domain.NotADossier(FOLDER / "a.fieldkit", "x"),
    domain.DossierDamaged(FOLDER / "a.fieldkit", "x"),
    domain.DossierUnsafe(FOLDER / "a.fieldkit", "x"),
    domain.DossierTooNew(FOLDER / "a.fieldkit", 2, 1),
    domain.PassphraseNeeded(FOLDER / "a.fieldkit"),
    domain.WrongPassphrase(FOLDER / "a.fieldkit"),
    domain.NoRoomForDossier(FOLDER / "a.fieldkit"),
    domain.DossierMustBeEncrypted(FOLDER / "a.fieldkit", "f"),
    domain.DossierTooBig(FOLDER / "a.fieldkit", "x"),
    domain.DossierNotWritten(FOLDER / "a.fieldkit", "x"),
    domain.SettingError("theme", "x", "not one"),
    domain.NoKeyringError("x"),
    domain.TerritoryError("commune", "99999"),
    domain.GuideError("G01", "x"),
    domain.CallError("appel.json", "x"),
    domain.ExportError(FOLDER / "a.csv", "x"),
    packs.PackError("guides.zip", "x"),
    packs.NotAPack("guides.zip", "x"),
    packs.PackDamaged("guides.zip", "x"),
    packs.PackUnsafe("guides.zip", "x"),
    packs.PackTooNew("guides.zip", "x"),
    packs.PackUnsigned("guides.zip", "x"),
    packs.PackContentWrong("guides.zip", "guides/fr/G03.md: x"),
    packs.PackExpired("guides.zip", "2026-11-20"),
    packs.PackFromTomorrow("guides.zip", "2126-11-20T09:00:00+00:00"),
    packs.PackOlder("guides.zip", "x"),
    packs.PackNotWritten("guides.zip", "x"),
    packs.UnusablePackKey("region.pem", "x"),
    network.Offline("x"),
    network.Interrupted("x"),
    network.Intercepted("x", status=200, host="wifi.example"),
    network.ServerTrouble("x", status=503),
    network.ServerTrouble("x", status=423),
    network.Cancelled("x"),
    network.NotAuthorized("x"),
    network.WrongAddress("x"),
    network.InsecureAddress("http://a"),
    network.UntrustedCertificate("x"),
    network.BadInvitation("no token"),
    network.BadInvitation("picture too large"),
    network.BadInvitation("not a picture"),
    network.BadInvitation("damaged picture"),
    network.BadInvitation("no code"),
    network.BadInvitation("foreign code"),
    network.BadInvitation("several codes"),
    network.BadProjectAddress("https://odk.example.org"),
    network.OtherProject("https://odk.example.org/v1/projects/2"),
    network.WrongPassword("x"),
    network.SessionOver("x"),
    network.NotStaff("x"),
    network.MayNotReview("x"),
    network.ReviewedMeanwhile("approved", "Très bien."),
    network.ReviewedMeanwhile("", ""),
    network.ReviewedMeanwhile("edited", corrected=True),
    network.Refused(Reason.REFUSED, "Nope."),
    network.NoRight("f"),
    network.TooBig("x"),
    network.TooBig(name="haie.mp4", size=48_000_000, limit=20_000_000),
    network.TooBig(size=48_000_000, limit=20_000_000),
    network.BadServerData("carte.png", "hash"),
    network.FormClash("visite", "1", "region.example/7"),
    network.FormClash("visite", "", "region.example/7", "carte.png"),
    FileNotFoundError(2, "No such file", "/srv/kit/a.pdf"),
]


def descendants(kind: type[BaseException]) -> set[type[BaseException]]:
    return {kind, *(below for child in kind.__subclasses__() for below in descendants(child))}


def every_error() -> set[type[BaseException]]:
    """Return the classes of the three trees, whichever module of the rooms defines them."""
    for package in (forms, fieldkit, sync):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "__main__" not in module.name:
                importlib.import_module(module.name)
    found = set().union(*(descendants(kind) for kind in (FormError, FieldkitError, SyncError)))
    return {kind for kind in found if kind.__module__.split(".")[0] in {"forms", "fieldkit", "sync"}}


def test_every_class_of_error_has_its_own_entry() -> None:
    table = messages.entries()
    # An internal error of a parser may lean on its parent's sentence; one that other rooms meet may not.
    public = {kind for kind in every_error() if kind.__module__.rpartition(".")[2] == "errors"}
    assert len(public) > 45
    assert not {kind.__qualname__ for kind in public if kind not in table}
    assert all(messages.is_expected(kind.__new__(kind)) for kind in every_error())


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_a_sentence_says_what_happened_and_what_to_do(error: Exception) -> None:
    message = messages.sentence(error)
    assert messages.is_expected(error)
    assert message.title
    assert message.text.endswith((".", f"{getattr(error, 'filename', '.')}"))
    assert "{" not in message.line
    assert not [word for word in BANNED if word in message.line]
    assert french(message.line) == message.line


@pytest.mark.parametrize("reason", list(Reason), ids=str)
def test_every_reason_has_words(reason: Reason) -> None:
    message = reason_message(reason)
    assert message.title
    assert message.text.endswith(".")
    assert not [word for word in BANNED if word in message.line]


def test_an_unknown_reason_reads_as_a_refusal() -> None:
    assert reason_message("of a later version").title == reason_message(Reason.REFUSED).title


def test_what_only_the_program_can_get_wrong_is_a_bug() -> None:
    for error in (TransitionError("uuid:1", State.DRAFT, State.SUBMITTED), ZeroDivisionError()):
        assert messages.sentence(error) == messages.bug()
    assert not messages.is_expected(ZeroDivisionError())


def test_sentences_carry_the_numbers_of_the_error() -> None:
    assert "ligne 4" in messages.sentence(engine.NotXmlError("x", line=4, column=2)).title
    assert "magic()" in messages.sentence(engine.UnknownFunctionError("magic")).title
    assert (
        "/data/a → /data/b → /data/a" in messages.sentence(engine.CycleError(["/data/a", "/data/b", "/data/a"])).title
    )
    assert "wifi.example" in messages.sentence(network.Intercepted(host="wifi.example")).text
    assert messages.sentence(domain.StoreDamaged(BASE, (BASE,), "cut")).action == "restore"
    assert messages.sentence(domain.StoreDamaged(BASE, (), "cut")).action == ""


def test_what_is_too_big_is_told_with_its_size_and_the_limit() -> None:
    kept = network.TooBig(name="haie: sud.mp4", size=48_000_000, limit=20_000_000).text
    said = row_message(Reason.TOO_BIG, kept).text
    assert french(said).startswith(french("« haie: sud.mp4 » fait 48\u00a0Mo, la région accepte 20\u00a0Mo par envoi."))
    assert row_message(Reason.TOO_BIG, "413").title == reason_message(Reason.TOO_BIG).title
