# SPDX-License-Identifier: EUPL-1.2
"""What there is to do: order, verbs, causes; from rows alone, without a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fieldkit import territory
from fieldkit.instance import Instance, State
from ui import todo
from ui.screens.today import best_by_commune, section_name
from ui.states import answered, badge_of, shown_name

NOW = datetime.now(UTC)
ROW = Instance(
    "uuid:1",
    "diagnostic_territorial",
    "1",
    State.DRAFT,
    "Incourt — 2026-11-22",
    NOW,
    NOW,
    "25043",
    answered=10,
    asked=58,
)
INCOURT, PERWEZ = territory.commune("25043"), territory.commune("25084")


def some(number: int, state: State = State.DRAFT, **changes: object) -> Instance:
    return replace(ROW, instance_id=f"uuid:{number}", state=state, **changes)  # type: ignore[arg-type]


def test_what_the_region_refused_comes_first_then_sending_then_drafts_then_what_is_not_begun() -> None:
    refused = some(1, State.REJECTED, reason="too-big")
    rows = [some(2, answered=3), some(3, State.FINALIZED), some(4, invalid=2), some(5, answered=57), refused]
    lines = todo.build(rows, [refused], [INCOURT, PERWEZ])
    assert [line.action for line in lines] == ["correct", "send", "open", "open", "open", "begin"]
    assert [line.target for line in lines] == ["uuid:1", "", "uuid:4", "uuid:5", "uuid:2", "25084"]
    assert lines[2].text == "2 réponses à corriger avant de terminer"
    assert lines[3].title.startswith("Terminer")
    assert lines[4].title.startswith("Continuer")
    assert lines[5].title == "Commencer le diagnostic de Perwez"


def test_one_answer_is_told_as_one() -> None:
    assert todo.build([some(1, answered=1)], [], [])[0].text.startswith("1 réponse sur 58 · ")
    assert answered(0, 58) == "0 réponse sur 58"
    assert answered(2, 1058) == "2 réponses sur 1\u202f058"


def test_what_only_the_region_can_change_is_not_told_as_a_correction() -> None:
    refused = some(1, State.REJECTED, reason="closed")
    (line,) = todo.build([refused], [refused], [])
    assert (line.action, line.chip) == ("see", "À renvoyer")
    assert line.title == "Renvoyer « Diagnostic territorial — Incourt »".replace(" »", "\u00a0»").replace(
        "« ", "«\u00a0"
    )
    assert badge_of(refused).text == "À renvoyer"
    assert badge_of(some(1, State.REJECTED, reason="bad-request")).text == "À corriger"


def test_the_words_of_the_region_are_shown_as_they_are() -> None:
    returned = some(1, State.RETURNED, reason_text="Le code postal 1371 n’existe pas.")
    assert todo.build([returned], [returned], [])[0].text == "Le code postal 1371 n’existe pas."


def test_the_record_in_the_hero_is_not_repeated() -> None:
    assert todo.build([some(1)], [], [], skip="uuid:1") == []


def test_several_finished_records_make_one_line() -> None:
    lines = todo.build([some(n, State.FINALIZED) for n in range(3)], [], [])
    assert [line.title for line in lines] == ["Envoyer 3 réponses terminées"]


def test_a_diagnostic_is_called_by_its_place_and_others_by_their_name() -> None:
    assert todo.place_of(ROW) == "Diagnostic territorial — Incourt"
    assert todo.place_of(replace(ROW, name="Longueville (Chaumont-Gistoux) — 2026-11-22")).endswith(
        "— Longueville (Chaumont-Gistoux)"
    )
    other = replace(ROW, form_id="enquete", name="Marché du samedi")
    assert todo.place_of(other) == "Marché du samedi, Incourt"
    assert todo.place_of(replace(other, name="Marché d’Incourt")) == "Marché d’Incourt"


def test_days_in_names_are_written_as_people_do() -> None:
    year = datetime.now().astimezone().year
    assert shown_name(replace(ROW, name=f"Incourt — {year}-11-02")) == "Incourt — 2\u00a0nov."
    assert shown_name(replace(ROW, name="Relais — 2024-13-45")) == "Relais — 2024-13-45"


def test_a_commune_shows_the_diagnostic_that_tells_most() -> None:
    rows = [some(1, answered=50), some(2, State.SUBMITTED), some(3, answered=55), some(4, form_id="autre")]
    assert best_by_commune(rows)["25043"].instance_id == "uuid:2"
    assert best_by_commune([rows[0], rows[2]])["25043"].instance_id == "uuid:3"
    assert best_by_commune([some(5, commune_nis="")]) == {}


def test_the_last_change_is_told_in_days() -> None:
    yesterday = some(1, changed_at=NOW - timedelta(days=1))
    assert todo.build([yesterday], [], [])[0].text.endswith("modifié hier")


def test_the_section_where_the_user_stopped_is_read_from_the_ref() -> None:
    assert section_name(replace(ROW, current_ref="/data/axe_conn/CONN03")) == "Connectivité du territoire"
    assert section_name(replace(ROW, current_ref="/data/axe_conn")) == "Connectivité du territoire"
    assert section_name(replace(ROW, current_ref="/data/identite/agent")) == ""
    assert section_name(replace(ROW, form_id="autre", current_ref="/data/axe_conn")) == ""
