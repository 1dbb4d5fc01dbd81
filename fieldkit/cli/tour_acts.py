# SPDX-License-Identifier: EUPL-1.2
"""The acts of the tour, in order. Each does one thing as a person would, checks it, and returns what was seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import resources
from fieldkit import application, diagnostic, settings, territory
from fieldkit.answer_files import fill
from fieldkit.cli.serving import publish_shipped
from fieldkit.cli.tour_evidence import compare, print_pages
from fieldkit.cli.tour_journal import TourError
from fieldkit.cli.tour_return import ask_correction, correct_application, hear_acceptance
from fieldkit.cli.tour_stage import Through, shipped_answers
from fieldkit.instance import State

if TYPE_CHECKING:
    from fieldkit.cli.tour_stage import Stage
    from ui.screens.first_run import FirstRunScreen

FORMS = (diagnostic.FORM_ID, application.FORM_ID)
GAL = "Culturalité"
MINE = "Perwez"
SENT_BEFORE = ("Jodoigne", "Ramillies")
STARTED = "Incourt"
BY_HAND = "/data/axe_gouv"
SHOWN_SECTION = "/data/axe_conn"
UNANSWERED = "/data/axe_data"


def open_region(stage: Stage) -> str:
    """Start the server, with a project and what `serve` publishes."""
    server = stage.start_server()
    stage.project = server.create_project("Région, démonstration")
    return f"{server.url}, {len(publish_shipped(server, stage.project))} forms published"


def take_first_steps(stage: Stage) -> str:
    """Choose language, territory and account in the three first steps, the invitation pasted."""
    from ui import hand
    from ui.screens.first_run import FirstRunScreen

    window, server = stage.open_window(), stage.server
    invitation = server.invitation_link(stage.project, server.create_app_user(stage.project, "Alix Demo"))
    window.show_screen("first_run")
    screen = window.screen_widget("first_run")
    if not isinstance(screen, FirstRunScreen):
        raise TourError("the first steps are another screen")
    stage.shoot("first-run-1")
    hand.click(hand.button(screen, "Français"))
    hand.click(screen.next)
    _choose_territory(stage, screen)
    hand.click(screen.account.with_link)
    stage.shoot("first-run-3")  # before the secret is in the field
    hand.write(screen.account.field, invitation)
    hand.click(screen.next)
    hand.wait_until(lambda: window.screen_name == "today", "the first steps do not end")
    place, account_id = stage.kit.territory(), stage.kit.settings.get(settings.ACCOUNT_ID)
    stage.kit.connection.rename(account_id, f"GAL {GAL}")  # an address of this computer says nothing in a picture
    return f"{place.name if place else 'no territory'}, account {account_id}"


def _choose_territory(stage: Stage, screen: FirstRunScreen) -> None:
    from ui import hand

    hand.write(screen.territory.search, GAL)
    stage.shoot("first-run-2")
    kind, code = screen.territory.value()
    if kind != "gal" or territory.gal(code).name.find(GAL) < 0:
        raise TourError(f"« {GAL} » chose {kind} {code}")
    hand.click(screen.next)


def pull_forms(stage: Stage) -> str:
    """Wait until the window's own connection has brought the forms, and see where they came from."""
    from ui import hand

    connection = stage.kit.connection
    hand.wait_until(lambda: connection.status is not None and not connection.running, "the pull does not end")
    status = connection.status
    if status is None or status.trouble or status.pulled is None:
        raise TourError(f"the pull ended with {status}")
    for form_id in FORMS:
        blank = stage.kit.store.blank_forms.get(form_id)
        if stage.kit.settings.get(settings.ACCOUNT_ID) not in blank.offers:
            raise TourError(f"{form_id} came from {blank.offers}")
        if stage.kit.store.blank_forms.xml(form_id) != resources.read_bytes("forms", f"{form_id}.xml"):
            raise TourError(f"{form_id} is not what was published")
    for name in ("records", "projects", "results", "outbox"):
        stage.window.show_screen(name)
        stage.shoot(f"empty-{name}")
    return f"{', '.join(status.pulled.new)} over HTTP, byte for byte"


def add_neighbours(stage: Stage) -> str:
    """Put three diagnostics of the same territory in the workspace; two are sent, one is a draft."""
    from ui import hand

    for name in (*SENT_BEFORE, STARTED):
        commune = territory.search_communes(name)[0]
        instance_id = stage.kit.new_record(diagnostic.FORM_ID, commune_nis=commune.nis)
        recorder = stage.kit.recorder(stage.kit.open_session(instance_id))
        answers = shipped_answers(f"diagnostic_express_{name.lower()}")
        if name == STARTED:
            answers = dict(list(answers.items())[:6])
        with recorder.together():
            fill(Through(recorder), answers)
        stage.ids[name] = instance_id
        if name != STARTED:
            stage.kit.store.instances.finalize(instance_id, recorder.session.finalize(), datetime.now(UTC))
    connection = stage.kit.connection
    connection.send()
    hand.wait_until(lambda: not connection.running, "sending does not end")
    _expect(stage, SENT_BEFORE, State.SUBMITTED)
    stage.kit.records_changed.emit()
    return f"{' and '.join(SENT_BEFORE)} sent, {STARTED} begun"


def answer_diagnostic(stage: Stage) -> str:
    """Answer the express diagnostic: one section with mouse and keys, the others through the page's recorder."""
    from ui import hand

    kit = stage.kit
    commune = territory.search_communes(MINE)[0]
    stage.ids["diagnostic"] = instance_id = kit.new_record(diagnostic.FORM_ID, commune_nis=commune.nis)
    kit.record_asked.emit(instance_id)
    page, by_hand = stage.page, 0
    for name, answers in shipped_answers("diagnostic_express_perwez").items():
        ref = f"/data/{name}"
        if ref == UNANSWERED:
            page.verify()
            stage.shoot("review-errors")
        page.walk.show_section(ref)
        hand.settle()
        if ref == BY_HAND:
            for own, value in answers.items():
                hand.answer(page, f"{ref}/{own}", str(value))
                by_hand += 1
        else:
            fill(Through(page.desk.recorder), {name: answers})
        if ref == SHOWN_SECTION:
            _show_both_presentations(stage, f"{ref}/CONN03")
    _expect_complete(stage)
    return f"{page.desk.session.progress().answered} answers, {by_hand} of them by mouse and keys"


def _show_both_presentations(stage: Stage, ref: str) -> None:
    from ui import hand

    page = stage.page
    page.walk.go_to(ref)
    stage.shoot("section")
    hand.click(hand.button(page.top, "Une par une"))
    stage.shoot("one-by-one")
    hand.click(hand.button(page.top, "Page"))


def show_results(stage: Stage) -> str:
    """Show what the diagnostic says, beside the mean of the territory."""
    stage.kit.results_asked.emit(stage.ids["diagnostic"])
    stage.shoot("results")
    found = diagnostic.read_xml(stage.kit.store.instances.draft_xml(stage.ids["diagnostic"]))
    if found.score is None or not found.priorities:
        raise TourError("the diagnostic has no score or no priority")
    first = found.priorities[0]
    return f"{found.score:.1f} of 100, first priority {first.code} ({first.priority:.0f}), {len(found.guides)} guides"


def start_application(stage: Stage) -> str:
    """Press « + » beside the first priority: an application begins with what the diagnostic knows."""
    from ui import hand

    hand.click(hand.button(stage.window.screen_widget("results"), "Commencer un projet"))
    page = stage.page
    stage.ids["application"] = page.instance_id
    instance = stage.kit.store.instances.get(page.instance_id)
    source = page.desk.session.value(application.SOURCE_REF)
    if stage.ids["diagnostic"] not in (instance.source_id, source):
        raise TourError(f"the application started from {source or 'nothing'}")
    return f"{instance.form_id}, {page.desk.session.progress().answered} answers taken over from {MINE}"


def fill_application(stage: Stage) -> str:
    """Fill the twelve sections; what came from the diagnostic stays."""
    from ui import hand

    page = stage.page
    for name, answers in shipped_answers("application_perwez").items():
        ref = f"/data/{name}"
        page.walk.show_section(ref)
        hand.settle()
        own = {key: value for key, value in answers.items() if key != "diagnostic"}
        fill(Through(page.desk.recorder), {name: own})
        if name in {"g_calendrier", "h_budget"}:
            stage.shoot(f"application-{name.partition('_')[2]}")
    stage.kit.screen_asked.emit("projects", "")
    stage.shoot("projects")
    done = application.completeness(stage.kit.open_session(stage.ids["application"]))
    if not done.complete:
        open_sections = [section.ref for section in done.sections if not section.complete]
        raise TourError(f"the application is not complete: {', '.join(open_sections)}")
    return f"{sum(section.answered for section in done.sections)} answers, {done.percent} % complete"


def cut_network(stage: Stage) -> str:
    """Stop the server's socket: the Region cannot be reached from now on."""
    from ui import hand

    stage.server.stop()
    connection = stage.kit.connection
    connection.sync()
    hand.wait_until(lambda: not connection.running, "the attempt does not end")
    if connection.status is None or connection.status.offline_since is None:
        raise TourError(f"nobody noticed: {connection.status}")
    return connection.summary().title


def finalize_both(stage: Stage) -> str:
    """Check and finish both records through the review."""
    from ui import hand

    for name in ("diagnostic", "application"):
        stage.kit.record_asked.emit(stage.ids[name])
        page = stage.page
        page.verify()
        hand.settle()
        if page.desk.session.validate():
            raise TourError(f"the {name} is to be corrected: {page.desk.session.validate()[:3]}")
        stage.shoot(f"review-{name}")
        hand.click(page.review_foot.main)
    stage.shoot("done")
    _expect(stage, ("diagnostic", "application"), State.FINALIZED)
    return "both frozen, offline"


def try_to_send(stage: Stage) -> str:
    """Press « Envoyer maintenant » without a network: both wait, and the window says so without alarm."""
    from ui import hand

    connection = stage.kit.connection
    stage.window.show_screen("outbox")
    hand.click(hand.button(stage.window.screen_widget("outbox"), "Envoyer maintenant"))
    hand.wait_until(lambda: not connection.running, "the attempt does not end")
    _expect(stage, ("diagnostic", "application"), State.FINALIZED)
    stage.shoot("outbox-offline")
    pill = connection.summary()
    if "Hors ligne" not in pill.title:
        raise TourError(f"the window says « {pill.title} »")
    stage.window.show_screen("today")
    stage.shoot("home", ("light", "dark", "sun"))
    stage.window.show_screen("records", stage.ids["diagnostic"])
    stage.shoot("records")
    return f"« {pill.title} », « {pill.text} »"


def look_around(stage: Stage) -> str:
    """Open the toolkit, a guide and the settings."""
    from ui import hand
    from ui.screens.toolkit import ToolkitScreen

    window = stage.window
    window.show_screen("toolkit", {"booklet": ["G01", "G02"]})
    toolkit = window.screen_widget("toolkit")
    if isinstance(toolkit, ToolkitScreen):
        hand.wait_until(lambda: "feuille" in toolkit.booklet.sheets.text(), "the booklet is not counted")
    stage.shoot("toolkit")
    window.show_screen("toolkit", "G02")
    stage.shoot("guide")
    window.show_screen("settings")
    stage.shoot("settings")
    return "toolkit, guide, settings, offline like the rest"


def restore_network(stage: Stage) -> str:
    """Let the server answer again at its address."""
    url = stage.server.url
    stage.server.start()
    if stage.server.url != url:
        raise TourError(f"the server came back at {stage.server.url}")
    return url


def submit_both(stage: Stage) -> str:
    """Press « Envoyer maintenant »: the Region takes both."""
    from ui import hand

    connection = stage.kit.connection
    stage.window.show_screen("outbox")
    hand.click(hand.button(stage.window.screen_widget("outbox"), "Envoyer maintenant"))
    hand.wait_until(lambda: not connection.running, "sending does not end")
    _expect(stage, ("diagnostic", "application"), State.SUBMITTED)
    stage.shoot("outbox-sent")
    stage.window.show_screen("today")
    stage.shoot("home-online")
    pushed = connection.status.pushed if connection.status else None
    return f"{len(pushed.delivered) if pushed else 0} received, {pushed.bytes_sent if pushed else 0} bytes"


def _expect(stage: Stage, names: tuple[str, ...], state: State) -> None:
    for name in names:
        instance = stage.kit.store.instances.get(stage.ids[name])
        if instance.state is not state:
            raise TourError(f"{name} is {instance.state}, not {state} ({instance.reason} {instance.reason_text})")


def _expect_complete(stage: Stage) -> None:
    wrong = stage.page.desk.session.validate()
    if wrong:
        raise TourError(f"{len(wrong)} answers to correct, first {wrong[0].ref}: {wrong[0].message}")


ACTS: tuple[tuple[str, Callable[[Stage], str]], ...] = (
    ("Start the Region's server and publish the forms", open_region),
    ("Take the three first steps", take_first_steps),
    ("Pull the forms", pull_forms),
    ("Add the neighbours' diagnostics", add_neighbours),
    ("Answer the diagnostic of Perwez", answer_diagnostic),
    ("Show its results", show_results),
    ("Start an application from them", start_application),
    ("Fill the application", fill_application),
    ("Cut the network", cut_network),
    ("Finalize both through the review", finalize_both),
    ("Try to send without a network", try_to_send),
    ("Look at the toolkit and the settings", look_around),
    ("Print", print_pages),
    ("Give the network back", restore_network),
    ("Submit both", submit_both),
    ("Hear what the Region asks to correct", ask_correction),
    ("Correct it, and send it again", correct_application),
    ("Hear that it is accepted, and print the proof", hear_acceptance),
    ("Compare what was received with what was frozen", compare),
)
