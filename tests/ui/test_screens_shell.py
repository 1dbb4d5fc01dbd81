# SPDX-License-Identifier: EUPL-1.2
"""« Envois », « Projets », « Réglages », the first steps, new records, search everywhere and help: what they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from fieldkit import application, diagnostic, settings, territory
from fieldkit.instance import State
from sync.pull import PullReport
from sync.push import PushReport
from sync.service import SyncStatus
from ui import hand, states, theme
from ui.connection_story import synced_text
from ui.help import HelpDialog
from ui.kit import Kit
from ui.palette import SearchPalette, find
from ui.screens.first_run import FirstRunScreen
from ui.screens.forms_dialog import FormsDialog
from ui.screens.new_record import NewRecordDialog
from ui.screens.outbox import OutboxScreen
from ui.screens.projects import ProjectCard, ProjectsScreen, start_dialog
from ui.screens.settings import SettingsScreen
from ui.screens.territory_picker import TerritoryPicker
from ui.screens.territory_picker import find as find_place
from ui.widgets import Button, ToolButton

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def words_of(widget: QWidget) -> str:
    texts = [label.text() for label in widget.findChildren(QLabel) if not label.isHidden()]
    return " | ".join(
        texts + [button.accessibleName() for button in widget.findChildren(Button) if not button.isHidden()]
    )


def finish(kit: Kit, instance_id: str) -> str:
    kit.store.instances.finalize(instance_id, kit.open_session(instance_id).finalize(), NOW)
    return instance_id


def shown(screen: QWidget, qtbot: QtBot) -> QWidget:
    qtbot.addWidget(screen)
    screen.resize(1150, 700)
    screen.refresh()  # type: ignore[attr-defined]  # every screen has it
    screen.show()
    return screen


def test_an_empty_outbox_says_what_it_is_for(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(OutboxScreen(kit), qtbot)
    assert "Rien à envoyer" in words_of(screen)
    assert "Sans compte" in words_of(screen)


def test_the_outbox_tells_causes_and_offers_one_action_each(
    kit: Kit, qtbot: QtBot, diagnosed: Callable[[str], str]
) -> None:
    instances = kit.store.instances
    waiting, refused, sent = (finish(kit, diagnosed(place)) for place in ("incourt", "perwez", "jodoigne"))
    instances.mark_attempted(waiting, NOW)
    instances.mark_waiting(waiting, "interrupted", "")
    instances.mark_attempted(refused, NOW)
    instances.mark_rejected(refused, "too-big", "413")
    instances.mark_attempted(sent, NOW)
    instances.mark_submitted(sent, NOW, "ok")
    screen = shown(OutboxScreen(kit), qtbot)
    words = words_of(screen)
    assert "1 en attente, 1 à corriger" in words
    assert "La connexion s’est coupée pendant l’envoi" in words
    assert "Les fichiers joints sont trop lourds" in words
    assert f"accusé {states.receipt_number(sent)}" in words
    opened: list[str] = []
    kit.record_asked.connect(opened.append)
    next(button for button in screen.findChildren(Button) if button.accessibleName() == "Corriger").click()
    assert opened
    assert opened[0] != refused


def test_a_refused_record_can_be_sent_again_as_it_is(kit: Kit, qtbot: QtBot, diagnosed: Callable[[str], str]) -> None:
    instance_id = finish(kit, diagnosed("incourt"))
    kit.store.instances.mark_attempted(instance_id, NOW)
    kit.store.instances.mark_rejected(instance_id, "no-right", "x")
    screen = shown(OutboxScreen(kit), qtbot)
    menu = screen.findChildren(ToolButton)[-1].menu()
    assert isinstance(menu, QMenu)
    assert "Corriger" in [action.text() for action in menu.actions()]  # a missing right is not cured by it
    hand.click(hand.button(screen, "Renvoyer telle quelle"))
    assert kit.store.instances.get(instance_id).state is State.FINALIZED


def test_what_never_left_can_become_a_draft_again(kit: Kit, qtbot: QtBot, diagnosed: Callable[[str], str]) -> None:
    instance_id = finish(kit, diagnosed("incourt"))
    screen = shown(OutboxScreen(kit), qtbot)
    menu = screen.findChildren(ToolButton)[-1].menu()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "Reprendre comme brouillon").trigger()
    assert kit.store.instances.get(instance_id).state is State.DRAFT


def test_sending_by_itself_is_a_choice_made_there(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(OutboxScreen(kit), qtbot)
    from ui.widgets import CheckTile  # noqa: PLC0415 - the only use

    tile = screen.findChildren(CheckTile)[0]
    assert tile.isChecked()
    tile.click()
    assert kit.settings.get(settings.AUTO_SEND) is False


def test_what_one_sync_may_send_is_a_choice_made_there(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(OutboxScreen(kit), qtbot)
    from ui.widgets.buttons import Segmented  # noqa: PLC0415 - the only use

    limits = screen.findChildren(Segmented)[0]
    assert limits.value() == "0"
    limits.chosen.emit("5000000")
    assert kit.settings.get(settings.SYNC_BUDGET) == 5_000_000


def test_projects_begin_empty_and_list_what_is_there(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(ProjectsScreen(kit), qtbot)
    assert "Pas encore de projet" in words_of(screen)
    kit.new_record(application.FORM_ID, commune_nis="25043")
    screen.refresh()  # type: ignore[attr-defined]  # a ProjectsScreen
    cards = screen.findChildren(ProjectCard)
    opened: list[str] = []
    kit.record_asked.connect(opened.append)
    qtbot.waitUntil(cards[-1].isVisible, timeout=2000)
    qtbot.mouseClick(cards[-1], Qt.MouseButton.LeftButton)
    assert kit.store.instances.get(opened[0]).form_id == application.FORM_ID
    assert "Mon Smart Village" in words_of(screen)


def test_a_project_asks_for_its_diagnostic(kit: Kit, qtbot: QtBot, diagnosed: Callable[[str], str]) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    assert "Aucun diagnostic" in words_of(start_dialog(kit, holder))
    instance_id = diagnosed("incourt")
    dialog = start_dialog(kit, holder)
    from ui.screens.page import ActionRow  # noqa: PLC0415 - the only use

    dialog.findChildren(ActionRow)[0].click()
    assert dialog.answer == instance_id


def test_settings_are_kept_at_once(kit: Kit, qtbot: QtBot) -> None:
    screen = SettingsScreen(kit)
    shown(screen, qtbot)
    screen.text_size._segments["130"].click()
    assert kit.settings.get(settings.TEXT_SIZE) == 130
    assert theme.text_scale() == 130
    screen.text_size._segments["100"].click()
    screen._on_theme("sun")
    assert (kit.settings.get(settings.THEME), theme.current()) == ("sun", "sun")
    screen._on_readable(True)
    assert kit.settings.get(settings.READABLE_FONT) is True
    screen._on_readable(False)
    screen._on_theme("light")
    assert "GAL Culturalité en Hesbaye brabançonne · 7 communes" in words_of(screen)
    assert "Aucun compte" in words_of(screen)
    assert "EUPL-1.2" in words_of(screen)
    assert "Statbel" in words_of(screen)


def test_a_backup_is_made_beside_and_elsewhere_with_the_files(kit: Kit, qtbot: QtBot, tmp_path: Path) -> None:
    instance_id = kit.new_record(application.FORM_ID)
    kit.store.instances.put_attachment(instance_id, "plan.pdf", b"%PDF plan")
    screen = SettingsScreen(kit)
    shown(screen, qtbot)
    toasts: list[str] = []
    kit.toast_asked.connect(lambda text, _action: toasts.append(text))
    screen.data_card.copy_here()
    (tmp_path / "key").mkdir()
    screen.data_card._copy(tmp_path / "key")
    assert len(toasts) == 2
    assert len(list((tmp_path / "key").glob("sauvegarde-*.db"))) == 1
    assert any(path.read_bytes() == b"%PDF plan" for path in (tmp_path / "key").rglob("*") if path.is_file())


def test_the_bin_gives_back(kit: Kit, qtbot: QtBot) -> None:
    instance_id = kit.new_record(diagnostic.FORM_ID, commune_nis="25043")
    kit.store.instances.delete(instance_id)
    screen = SettingsScreen(kit)
    shown(screen, qtbot)
    assert "1 brouillon dans la corbeille" in words_of(screen)
    button = Button("Récupérer")
    qtbot.addWidget(button)
    screen.data_card._bring_back(instance_id, button)
    assert kit.store.instances.bin() == []
    assert button.accessibleName() == "Récupéré"


def test_the_three_steps_end_with_a_territory_and_no_account(kit: Kit, qtbot: QtBot) -> None:
    kit.settings.set(settings.TERRITORY_KIND, "")
    kit.settings.set(settings.TERRITORY_ID, "")
    screen = FirstRunScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(1100, 760)
    screen.show()
    assert "Choisissez votre langue" in words_of(screen)
    screen.next.click()
    assert not screen.next.isEnabled()
    qtbot.keyClicks(screen.territory.search, "1315")
    assert screen.territory.value() == ("commune", "25043")
    screen.next.click()
    assert screen.account.without.isChecked()
    with qtbot.waitSignal(screen.finished, timeout=2000):
        screen.next.click()
    assert kit.settings.get(settings.TERRITORY_ID) == "25043"
    assert kit.settings.get(settings.FIRST_RUN_DONE) is True
    assert kit.connection.account is None


def test_a_language_promises_no_more_than_is_translated(kit: Kit, qtbot: QtBot) -> None:
    screen = FirstRunScreen(kit)
    qtbot.addWidget(screen)
    told = {tile.objectName(): tile.accessibleDescription() for tile in screen.languages.buttons()}
    assert "Questionnaires traduits" in told["de"]
    assert "restent en français" in told["nl"]
    assert "traduits" not in told["nl"]


def test_the_territory_can_be_passed_over_and_gone_back_to(kit: Kit, qtbot: QtBot) -> None:
    screen = FirstRunScreen(kit)
    qtbot.addWidget(screen)
    screen.show_step(2)
    screen.skip.click()
    assert "Relier Field Kit à la région" in words_of(screen)
    screen.back.click()
    assert "Où travaillez-vous" in words_of(screen)


def test_a_link_that_is_none_stays_on_screen_with_the_reason(kit: Kit, qtbot: QtBot) -> None:
    screen = FirstRunScreen(kit)
    qtbot.addWidget(screen)
    screen.show_step(3)
    screen.account.with_link.click()
    screen.account.field.setText("https://example.org/page")
    screen.next.click()
    assert "n’est pas un lien d’invitation" in screen.account.error.text()
    assert screen.next.isEnabled()
    assert kit.settings.get(settings.ACCOUNT_ID) == ""
    screen.account.field.setText("x")
    assert screen.account.error.text() == ""


@pytest.mark.parametrize(
    ("typed", "first"),
    [("culturalite", "Culturalité en Hesbaye brabançonne"), ("saint leger", "Saint-Léger"), ("6600", "Bastogne")],
)
def test_territories_are_found_as_people_write_them(typed: str, first: str) -> None:
    assert find_place(typed)[0].name == first


def test_nothing_typed_offers_every_territory() -> None:
    assert len(find_place("")) >= 261 + 19
    assert find_place("zzzz") == []


def test_the_picker_works_by_keyboard_alone(qtbot: QtBot) -> None:
    picker = TerritoryPicker()
    qtbot.addWidget(picker)
    picker.show()
    qtbot.keyClicks(picker.search, "herve")
    qtbot.keyClick(picker.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(picker.accepted, timeout=500):
        qtbot.keyClick(picker.list, Qt.Key.Key_Return)
    kind, code = picker.value()
    name = territory.gal(code).name if kind == "gal" else territory.commune(code).name
    assert "Herve" in name


def test_a_picker_without_groups_offers_communes_only(qtbot: QtBot) -> None:
    picker = TerritoryPicker(with_gals=False)
    qtbot.addWidget(picker)
    picker.search.setText("culturalite")
    assert picker.list.count() == 0


def test_a_new_record_proposes_a_commune_that_has_none_yet(kit: Kit, qtbot: QtBot) -> None:
    kit.new_record(diagnostic.FORM_ID, commune_nis="25005")
    dialog = NewRecordDialog(kit)
    qtbot.addWidget(dialog)
    assert dialog.forms[0].form_id == diagnostic.FORM_ID
    assert dialog.communes.currentText() == "Hélécine"
    opened: list[str] = []
    kit.record_asked.connect(opened.append)
    dialog.begin()
    row = kit.store.instances.get(opened[0])
    assert (row.form_id, row.commune_nis) == (diagnostic.FORM_ID, "25118")


def test_searching_everywhere_finds_places_records_and_guides(kit: Kit, diagnosed: Callable[[str], str]) -> None:
    instance_id = diagnosed("perwez")
    assert [hit.screen for hit in find(kit, "")] == [
        "today",
        "records",
        "results",
        "projects",
        "toolkit",
        "outbox",
        "settings",
    ]
    assert find(kit, "reglages")[0].screen == "settings"
    assert instance_id in {hit.target for hit in find(kit, "perwez")}
    assert any(hit.screen == "toolkit" and hit.target for hit in find(kit, "mallette"))


def test_enter_goes_to_what_was_found(kit: Kit, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    palette = SearchPalette(kit, window)
    asked: list[str] = []
    kit.screen_asked.connect(lambda name, _target: asked.append(name))
    palette.open()
    qtbot.keyClicks(palette.field, "env")
    qtbot.keyClick(palette, Qt.Key.Key_Return)
    assert asked == ["outbox"]
    empty = SearchPalette(kit, window)
    empty.open()
    qtbot.keyClicks(empty.field, "zzzz")
    empty.go()
    assert asked == ["outbox"]


def test_help_names_the_keys(qtbot: QtBot) -> None:
    dialog = HelpDialog()
    qtbot.addWidget(dialog)
    from ui.widgets import KeyHint  # noqa: PLC0415 - the only use

    told = " ".join(hint.accessibleName() for hint in dialog.findChildren(KeyHint))
    for key in ("Ctrl+K", "F5", "F8", "Ctrl+Alt+S"):
        assert key in told


def test_questionnaires_are_listed_with_their_blank_pages(kit: Kit, qtbot: QtBot) -> None:
    dialog = FormsDialog(kit)
    qtbot.addWidget(dialog)
    words = words_of(dialog)
    assert "Express : Diagnostic territorial" in words
    assert "fourni avec Field Kit" in words
    assert "Recevoir" not in words


def test_blank_pages_are_real_pages(kit: Kit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []
    monkeypatch.setattr("ui.paper.show_document", lambda _kit, make, _title, _parent: made.append(make()))
    dialog = FormsDialog(kit)
    qtbot.addWidget(dialog)
    next(b for b in dialog.findChildren(Button) if b.accessibleName() == "Express : Diagnostic territorial").click()
    assert made[0].startswith(b"%PDF")


def test_the_end_of_a_sync_is_told_in_a_line(kit: Kit) -> None:
    both = SyncStatus(pushed=PushReport(delivered=["a", "b"]), pulled=PullReport(new=["f"]))
    assert synced_text(both) == "2 réponses envoyées, 1 questionnaire reçu"
    assert synced_text(SyncStatus(pushed=PushReport(), pulled=PullReport(unchanged=["f"]))) == ""
    assert synced_text(SyncStatus()) == ""
    assert synced_text(SyncStatus(pulled=PullReport(new=["mes_dossiers"], refreshed=["f"]))) == ""  # nothing to fill
