# SPDX-License-Identifier: EUPL-1.2
"""A kit on a workspace of its own, with work done at once, and records made from the shipped demonstration answers."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import resources
from fieldkit import answer_files, credentials, settings
from fieldkit.account import Account
from fieldkit.errors import NoKeyringError
from fieldkit.form_cache import load_stored
from fieldkit.instance import Instance, State
from fieldkit.shipped_forms import install_shipped_forms
from fieldkit.workspace import Workspace
from forms import FormSession, load_form
from sync.server import ReferenceServer
from tests.forms.entity_sheets import sheet
from tests.ui.account_places import Place
from tests.ui.meetings import Meetings
from ui import theme
from ui.entry.page import EntryPage
from ui.kit import Kit
from ui.sweeping import sweep
from ui.tasks import InlineTasks

DIAGNOSTIC = "diagnostic_territorial"
PHOTOS = "| survey | | | |\n| | type | name | label |\n| | text | lieu | Lieu |\n" + "".join(
    f"| | image | p{number} | Photo {number} |\n" for number in (1, 2, 3)
)


@pytest.fixture(autouse=True, scope="module")
def garbage_stays_in_this_thread() -> Iterator[None]:
    """Let no thread of a server or worker end a widget, during these tests or after them."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """Collect between tests what the program would collect by its timer."""
    yield
    sweep()


@pytest.fixture(autouse=True)
def empty_clipboard() -> Iterator[None]:
    """Leave nothing of Python's to the clipboard: it is destroyed after Python is, which ends in a crash."""
    yield
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


def start_theme(app: QApplication) -> None:
    """Show the light theme at 100 %: anew only if a test left another, for each window that is left is drawn again."""
    begun = app.property(theme.FUSION)
    if not begun or (theme.chosen(), theme.text_scale(), theme._Chosen.readable) != ("light", 100, False):
        theme.start(app, "light", 100, readable=False)


@pytest.fixture
def meet(qapp: object) -> Iterator[Meetings]:
    """Answer the modal dialogs that the test opens: `meet(kind, act)` before what opens one."""
    made = Meetings()
    yield made
    made.conclude()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the folder of a workspace as a second start finds it: territory chosen, forms that ship put and compiled."""
    folder = tmp_path_factory.mktemp("home") / "workspace"
    with Workspace.open(folder) as workspace:
        workspace.settings.set(settings.TERRITORY_KIND.key, "gal")
        workspace.settings.set(settings.TERRITORY_ID.key, "23-culturalite")
        workspace.settings.set(settings.FIRST_RUN_DONE.key, True)
        for form_id in install_shipped_forms(workspace.store):
            load_stored(workspace.store, form_id)
    return folder


@pytest.fixture
def kit(tmp_path: Path, home: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[Kit]:
    """Open a kit in the territory of the GAL Culturalité, in the light theme at 100 %."""
    start_theme(qapp)
    shutil.copytree(home, tmp_path / "workspace")
    workspace = Workspace.open(tmp_path / "workspace")
    tasks = InlineTasks()
    made = Kit(workspace, tasks)
    yield made
    tasks.close()
    workspace.close()


@pytest.fixture
def diagnosed(kit: Kit) -> Callable[[str], str]:
    """Make a draft diagnostic of a commune (incourt, jodoigne, perwez, ramillies); return its instance_id."""

    def make(place: str) -> str:
        answers = json.loads(resources.read_text("forms", "answers", f"diagnostic_express_{place}.json"))
        instance_id = kit.new_record(DIAGNOSTIC)
        session = kit.open_session(instance_id)
        answer_files.fill(session, answers)
        name, nis = session.instance_name, session.value("/data/identite/commune")
        instances = kit.store.instances
        instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", name, nis)
        return instance_id

    return make


@pytest.fixture(scope="session")
def types_xml() -> bytes:
    """Compile the form that asks one question of every kind (entry_types.md)."""
    from pyxform.xls2xform import convert

    return convert(xlsform=Path(__file__).with_name("entry_types.md")).xform.encode()


@pytest.fixture
def open_types(kit: Kit, qtbot: QtBot, types_xml: bytes) -> Callable[..., EntryPage]:
    """Open a record of that form in the questionnaire; the answers given are in it already."""

    def open_page(answers: dict[str, str] | None = None) -> EntryPage:
        form = load_form(types_xml)
        session = FormSession(form)
        for ref, value in (answers or {}).items():
            session.answer(ref, value)
        now = datetime.now(UTC)
        # Not through `new_record`: it would first install the forms that ship, which takes longer than most tests.
        kit.store.blank_forms.put(form.form_id, form.version, form.title, types_xml, {}, "test")
        drafted = Instance(session.instance_id, form.form_id, form.version, State.DRAFT, form.title, now, now)
        kit.store.instances.create(drafted, session.draft_xml())
        page = EntryPage(kit, session.instance_id)
        qtbot.addWidget(page)
        page.resize(1300, 720)
        with qtbot.waitActive(page):
            page.show()
            page.activateWindow()
        return page

    return open_page


@pytest.fixture(scope="session")
def photos_xml() -> bytes:
    return sheet(PHOTOS, "photos")


@pytest.fixture
def connected(tmp_path: Path, kit: Kit, photos_xml: bytes) -> Iterator[ReferenceServer]:
    """Run a region that takes the form with photos; the kit is connected to it."""
    with ReferenceServer(tmp_path / "region") as server:
        project = server.create_project("Essai")
        server.publish_form(project, photos_xml)
        account = Account("essai", server.url, project, "Essai")
        kit.store.accounts.put(account)
        kit.settings.set(settings.ACCOUNT_ID, account.account_id)
        credentials.keep_for_session(account.account_id, server.create_app_user(project, "agent"))
        kit.connection.sync()
        yield server
        kit.connection._job = None
        kit.connection.stop()
        credentials._session.clear()


@pytest.fixture
def visit(kit: Kit, photos_xml: bytes) -> Callable[..., str]:
    """Finish a record with so many photos of 1 kB; return its instance_id."""
    kit.store.blank_forms.put("photos", "1", "Relevé", photos_xml, {}, "essai")

    def make(place: str, photos: int = 0) -> str:
        instance_id = kit.new_record("photos")
        session = kit.open_session(instance_id)
        session.answer("/f/lieu", place)
        for number in range(1, photos + 1):
            kit.store.instances.put_attachment(instance_id, f"p{number}.jpg", bytes(1000))
            session.answer(f"/f/p{number}", f"p{number}.jpg")
        instances = kit.store.instances
        instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", place, "")
        instances.finalize(instance_id, session.finalize(), datetime.now(UTC))
        return instance_id

    return make


@pytest.fixture
def places(kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Connect two accounts, « GAL » first, on a machine without a keyring: tokens live for the session only."""

    def refuse(*_given: str) -> None:
        raise NoKeyringError("none here")

    monkeypatch.setattr(credentials, "set", refuse)
    monkeypatch.setattr(credentials, "_session", {})
    monkeypatch.setattr(credentials, "_safe_keyring", refuse)
    monkeypatch.setattr(kit, "install_forms", lambda: None)  # what ships takes longer to load than these tests last
    monkeypatch.setattr("fieldkit.shipped_forms.bring_back", lambda _store: ())
    gal, province = Place(kit, tmp_path / "gal", "GAL"), Place(kit, tmp_path / "province", "Province")
    gal.connect()
    province.connect()
    yield SimpleNamespace(gal=gal, province=province)
    kit.connection.stop()
    gal.server.close()
    province.server.close()
