# SPDX-License-Identifier: EUPL-1.2
"""The components: native roles and names for screen readers, keys, states; they paint in every theme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.widgets import (
    Banner,
    Bar,
    Button,
    Card,
    ChoiceTile,
    Dialog,
    EmptyState,
    ErrorSummary,
    Field,
    FilterChip,
    IconBadge,
    KeyHint,
    RadioTile,
    Ring,
    SearchField,
    Segmented,
    Select,
    StatusChip,
    ToastHost,
    ToolButton,
    column,
    focus_visible,
    label,
    row,
    scrolled,
)

LONG = "Une étiquette de réponse assez longue pour ne pas tenir sur une seule ligne de la tuile, vraiment"


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> Iterator[QApplication]:
    theme.start(qapp, "light", 100, readable=False)
    yield qapp
    theme.start(qapp, "light", 100, readable=False)


def accessible(widget: QWidget) -> tuple[QAccessible.Role, str]:
    found = QAccessible.queryAccessibleInterface(widget)
    return found.role(), found.text(QAccessible.Text.Name)


def colours(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_a_button_is_named_by_its_word_and_takes_its_room(qtbot: QtBot) -> None:
    button = Button("Pays & Terres", "plus", "primary")
    qtbot.addWidget(button)
    assert accessible(button) == (QAccessible.Role.Button, "Pays & Terres")
    assert button.sizeHint().height() == 36
    wide = button.sizeHint().width()
    button.set_text("Un mot bien plus long qu’avant")
    assert button.accessibleName() == "Un mot bien plus long qu’avant"
    assert button.sizeHint().width() > wide


@pytest.mark.parametrize(("kind", "ground"), [("primary", "primary"), ("secondary", "surface"), ("danger", "surface")])
def test_a_button_wears_the_colours_of_its_kind(kind: str, ground: str, qtbot: QtBot) -> None:
    button = Button("Envoyer", kind=kind)
    qtbot.addWidget(button)
    button.resize(button.sizeHint())
    assert theme.color(ground).name() in colours(button)


def test_a_tool_button_is_named_by_its_tooltip_and_is_big_enough_to_hit(qtbot: QtBot) -> None:
    button = ToolButton("x", "Fermer (Échap)", size=24)
    qtbot.addWidget(button)
    assert accessible(button) == (QAccessible.Role.Button, "Fermer (Échap)")
    assert button.sizeHint().width() >= 32


@pytest.mark.parametrize(("exclusive", "role"), [(True, "RadioButton"), (False, "CheckBox")])
def test_tiles_stay_native_choices(exclusive: bool, role: str, qtbot: QtBot) -> None:
    tile = ChoiceTile("Hameaux & isolés", exclusive, "2", "Trois au plus")
    qtbot.addWidget(tile)
    assert accessible(tile) == (getattr(QAccessible.Role, role), "Hameaux & isolés")
    assert tile.accessibleDescription() == "Trois au plus"
    tile.resize(300, tile.heightForWidth(300))
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(290, 5))
    assert tile.isChecked()
    assert theme.color("primary_soft").name() in colours(tile)


def test_a_long_tile_wraps_instead_of_cutting(qtbot: QtBot) -> None:
    tile = ChoiceTile(LONG, exclusive=True)
    qtbot.addWidget(tile)
    assert tile.heightForWidth(900) == 42
    assert tile.heightForWidth(220) > 80


def test_a_tall_tile_is_for_fingers(qtbot: QtBot) -> None:
    tile = ChoiceTile("Oui", True, height=60, percent=118)
    qtbot.addWidget(tile)
    assert tile.sizeHint().height() == 60


def test_space_chooses_a_focused_tile(qtbot: QtBot) -> None:
    tile = ChoiceTile("Oui", exclusive=False)
    qtbot.addWidget(tile)
    qtbot.keyClick(tile, Qt.Key.Key_Space)
    assert tile.isChecked()


def test_the_ring_shows_for_the_keyboard_only(qtbot: QtBot) -> None:
    holder = QWidget()
    first, second = Button("Un"), Button("Deux")
    holder.setLayout(row(first, second))
    qtbot.addWidget(holder)
    with qtbot.waitActive(holder):
        holder.show()
        holder.activateWindow()
    first.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert focus_visible(second)
    assert theme.color("focus").name() in colours(second)
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert not focus_visible(first)
    assert theme.color("focus").name() not in colours(first)


def test_filters_exclude_each_other_and_say_their_counts(qtbot: QtBot) -> None:
    holder = QWidget()
    every, drafts = FilterChip("Tout", 48), FilterChip("Brouillons", 12, "draft")
    holder.setLayout(row(every, drafts))
    qtbot.addWidget(holder)
    every.setChecked(True)
    qtbot.mouseClick(drafts, Qt.MouseButton.LeftButton)
    assert (every.isChecked(), drafts.isChecked()) == (False, True)
    assert accessible(drafts) == (QAccessible.Role.RadioButton, "Brouillons : 12")
    drafts.set_count(1234)
    assert drafts.accessibleName() == "Brouillons : 1234"


def test_a_segmented_choice_tells_its_value_when_pressed_only(qtbot: QtBot) -> None:
    choice = Segmented([("page", "Page", "rows-3"), ("one", "Une par une")], name="Présentation")
    qtbot.addWidget(choice)
    told: list[str] = []
    choice.chosen.connect(told.append)
    choice.set_value("page")
    choice.set_value("nothing")
    assert (choice.value(), told) == ("page", [])
    qtbot.mouseClick(choice._segments["one"], Qt.MouseButton.LeftButton)
    assert (choice.value(), told) == ("one", ["one"])


def test_a_field_shows_that_it_is_wrong_and_right_again(qtbot: QtBot) -> None:
    field = Field("128", name="Part des foyers")
    qtbot.addWidget(field)
    field.resize(160, 38)
    field.set_error(True)
    assert theme.color("err").name() in colours(field)
    field.set_error(False)
    assert theme.color("err").name() not in colours(field)
    assert accessible(field)[1] == "Part des foyers"


def test_escape_empties_a_search_before_it_leaves(qtbot: QtBot) -> None:
    field = SearchField("Rechercher")
    qtbot.addWidget(field)
    field.setText("incourt")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    with qtbot.waitSignal(field.list_asked, timeout=500):
        qtbot.keyClick(field, Qt.Key.Key_Down)


def test_the_wheel_scrolls_the_page_not_the_choice(qtbot: QtBot) -> None:
    select = Select(name="Commune")
    qtbot.addWidget(select)
    select.addItems(["Incourt", "Perwez"])
    down = QPoint(0, -120)
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        down,
        down,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(select, event)
    assert select.currentText() == "Incourt"
    assert not event.isAccepted()


def test_a_toast_offers_to_take_back_once(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 400)
    window.show()
    host = ToastHost(window)
    assert host.text() == ""
    undone: list[int] = []
    host.show_toast("Projet supprimé", ("Annuler", lambda: undone.append(1)))
    assert host.text() == "Projet supprimé"
    host.press()
    assert undone == [1]
    assert host.text() == ""
    host.show_toast("Déjà enregistré")
    host.press()
    assert undone == [1]


def test_a_toast_stays_in_the_middle_at_the_bottom(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 400)
    window.show()
    host = ToastHost(window)
    host.show_toast("Déjà enregistré")
    window.resize(600, 500)
    place = host._toast.geometry()
    assert abs(place.center().x() - 300) <= 1
    assert 440 < place.bottom() < 500


def test_the_summary_of_errors_leads_to_each_question(qtbot: QtBot) -> None:
    summary = ErrorSummary()
    qtbot.addWidget(summary)
    told: list[str] = []
    summary.chosen.connect(told.append)
    summary.set_items("Il reste 2 réponses", [("/data/a", "3.1 Entre 0 et 100"), ("/data/b", "4.2 Précisez")])
    qtbot.mouseClick(summary._links[1], Qt.MouseButton.LeftButton)
    assert told == ["/data/b"]
    assert accessible(summary._links[0]) == (QAccessible.Role.Button, "3.1 Entre 0 et 100")
    summary.set_items("Il reste 1 réponse", [("/data/a", "3.1 Entre 0 et 100")])
    assert len(summary._links) == 1


def test_a_banner_says_its_words_to_screen_readers(qtbot: QtBot) -> None:
    banner = Banner("neutral", "Pas de connexion", "Continuez à travailler.")
    qtbot.addWidget(banner)
    assert banner.accessibleName() == "Pas de connexion. Continuez à travailler."
    banner.set_message("err", "Refusé")
    assert banner.accessibleName().startswith("Refusé.")
    assert banner.text.isHidden()


def test_a_dialog_answers_with_the_button_pressed_and_escape_means_no(qtbot: QtBot) -> None:
    dialog = Dialog("Nouvelle collecte", "Choisissez.")
    qtbot.addWidget(dialog)
    dialog.add_button("Annuler")
    yes = dialog.add_button("Commencer", "yes", "primary")
    dialog.open()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.answer == "yes"
    assert yes.isDefault()
    dialog.open()
    dialog.choose("")
    assert dialog.answer == ""


@pytest.mark.parametrize("name", ["light", "dark", "sun"])
@pytest.mark.parametrize("scale", [90, 130])
def test_everything_paints_in_every_theme_and_size(name: str, scale: int, app: QApplication, qtbot: QtBot) -> None:
    page = QWidget()
    page.setLayout(
        column(
            row(
                Button("Un", "plus", "primary"),
                Button("Deux", trailing_icon="arrow-right"),
                Button("Trois", kind="ghost"),
            ),
            row(
                StatusChip("error", "À corriger", "circle-alert"),
                StatusChip("sent", "Envoyé"),
                Ring(59),
                (Bar(40, 50), 1),
            ),
            row(FilterChip("Tout", 3), KeyHint("Entrée", "question suivante"), IconBadge("send", "info"), None),
            row((SearchField("Rechercher"), 1), Select(name="Commune"), Field("12")),
            ChoiceTile("Oui", True, "1"),
            Banner("info", "Titre", "Texte", Button("Réessayer")),
            Card(label("Carte", "h3"), label(LONG, "small", "review_fg", wrap=True)),
            EmptyState("folder-kanban", "Rien", "Encore rien.", Button("Commencer")),
        )
    )
    window = QWidget()
    window.setLayout(column(scrolled(page)))
    qtbot.addWidget(window)
    window.resize(700, 900)
    window.show()
    theme.apply(app, name)
    theme.set_text_scale(app, scale)
    seen = colours(window)
    assert theme.color("primary").name() in seen
    assert theme.color("surface").name() in seen
    assert theme.color("bg").name() in seen


def test_labels_follow_size_and_theme_without_being_built_again(app: QApplication, qtbot: QtBot) -> None:
    words = label("Texte", "h2", "review_fg")
    qtbot.addWidget(words)
    small = words.fontMetrics().height()
    theme.set_text_scale(app, 130)
    assert words.fontMetrics().height() > small
    theme.apply(app, "dark")
    assert words.palette().color(words.foregroundRole()).name() == theme.color("review_fg").name()


def test_texts_of_others_are_never_read_as_markup(qtbot: QtBot) -> None:
    words = label("<b>gras</b>")
    qtbot.addWidget(words)
    assert words.textFormat() is Qt.TextFormat.PlainText


def test_helpers_build_the_row_that_was_written(qtbot: QtBot) -> None:
    one, two = label("a"), label("b")
    box = row(one, None, 12, (two, 3))
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.setLayout(box)
    assert isinstance(box, QHBoxLayout)
    assert box.count() == 4
    assert box.stretch(3) == 3
    assert box.itemAt(1).spacerItem() is not None


def test_radio_tiles_of_one_parent_exclude_each_other(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    first, second = RadioTile("Oui"), RadioTile("Non")
    holder.setLayout(column(first, second))
    first.setChecked(True)
    second.setChecked(True)
    assert not first.isChecked()
