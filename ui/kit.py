# SPDX-License-Identifier: EUPL-1.2
"""What every screen works with: the workspace, the workers, the forms, and the ways to other screens.

A screen takes the kit and nothing else. It asks for another screen by emitting `screen_asked`, `record_asked`,
`results_asked`; the main window listens. `records_changed` tells everybody that the store holds something new.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from fieldkit import settings as keys
from fieldkit.errors import FieldkitError
from fieldkit.instance import Instance, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fieldkit.library import Library
    from fieldkit.settings import Setting, Settings
    from fieldkit.store import Store
    from fieldkit.territory import Commune, Place
    from fieldkit.workspace import Workspace
    from forms import FormDef, FormSession
    from ui.connection import Connection
    from ui.entry.recorder import Recorder
    from ui.staff import StaffDesk
    from ui.tasks import Tasks

_FORMS_KEPT = 4


class Kit(QObject):
    """One open workspace and what can be done with it."""

    screen_asked = Signal(str, object)  # name, and what it should show ("" for nothing in particular)
    record_asked = Signal(str)  # instance_id: open it in the questionnaire
    results_asked = Signal(str)  # instance_id of a diagnostic
    toast_asked = Signal(str, object)  # text, None or (word, callable)
    trouble_met = Signal(object)  # an exception to tell the user about
    records_changed = Signal()
    settings_changed = Signal(str)  # the key

    def __init__(self, workspace: Workspace, tasks: Tasks) -> None:
        super().__init__()
        self.workspace = workspace
        self.tasks = tasks
        self._forms: dict[str, FormDef] = {}
        tasks.failed.connect(self.trouble_met)

    @property
    def store(self) -> Store:
        """The store of the window's thread; workers take their own with `.reopen()`."""
        return self.workspace.store

    @property
    def settings(self) -> Settings:
        """The settings of the workspace."""
        return self.workspace.settings

    @cached_property
    def connection(self) -> Connection:
        """Sending, pulling and the state of the network (built when first asked for)."""
        from ui.connection import Connection

        return Connection(self)

    @cached_property
    def staff(self) -> StaffDesk:
        """The region's staff: receiving and reviewing records of others (built when first asked for)."""
        from ui.staff import StaffDesk

        return StaffDesk(self)

    @cached_property
    def library(self) -> Library:
        """The guides and calls that ship, and those that regions sent."""
        from fieldkit.library import Library

        return Library(self.store)

    def set(self, setting: Setting[Any] | str, value: object) -> None:
        """Keep a setting and tell everybody."""
        key = setting if isinstance(setting, str) else setting.key
        self.settings.set(key, value)
        self.settings_changed.emit(key)

    def toast(self, text: str, action: object = None) -> None:
        """Show a short message; `action` is None or (word, callable)."""
        self.toast_asked.emit(text, action)

    # Territory

    def territory(self) -> Place | None:
        """Return the territory chosen in the first steps, None if none was (or if the tables no longer know it)."""
        from fieldkit import territory

        return territory.chosen_place(self.settings.get(keys.TERRITORY_KIND), self.settings.get(keys.TERRITORY_ID))

    def communes(self) -> tuple[Commune, ...]:
        """Return the communes of the territory by name, none if there is no territory."""
        from fieldkit import territory

        place = self.territory()
        inside = set(place.communes) if place else set()
        return tuple(one for one in territory.communes() if one.nis in inside)

    # Forms and records

    def install_forms(self) -> None:
        """Put the forms that ship with the program into the store, if it lacks their present versions."""
        from fieldkit.shipped_forms import install_shipped_forms

        if not self.workspace.read_only and install_shipped_forms(self.store):
            self.records_changed.emit()

    def form(self, form_id: str, version: str = "", account_id: str = "") -> FormDef:
        """Return a loaded form with the lists of an account; the last few stay loaded.

        `version` "": the one that the account offers, else the latest that anybody does.
        """
        from fieldkit.form_cache import key_of, load_stored

        key = key_of(self.store, form_id, version, account_id)  # another one as soon as what it is made of changes
        if key not in self._forms:
            self._forms[key] = load_stored(self.store, form_id, version, account_id)
            while len(self._forms) > _FORMS_KEPT:
                del self._forms[next(iter(self._forms))]
        return self._forms[key]

    def open_session(self, instance_id: str) -> FormSession:
        """Return a session on a record: the draft as last saved, or frozen or received answers to look at."""
        from fieldkit import readable

        found = readable.find(self.store, instance_id)
        instance = found.instance
        return self.session_of(self.form(instance.form_id, instance.form_version, instance.account_id), found.xml)

    def recorder(self, session: FormSession) -> Recorder:
        """Return what takes each answer to the engine and to the disk in the same breath."""
        from ui.entry.recorder import Recorder

        recorder = Recorder(session, self.store.instances, refusals=(OSError, FieldkitError))
        recorder.current_ref = self.store.instances.get(session.instance_id).current_ref
        return recorder

    def refused(self) -> list[Instance]:
        """Return the records that the region returned or refused and that nobody has begun to correct."""
        from ui import corrections

        return corrections.uncorrected(self.store)

    def new_record(
        self,
        form_id: str,
        version: str = "",
        commune_nis: str = "",
        answers: Mapping[str, str] | None = None,
        source_id: str = "",
        account_id: str = "",
    ) -> str:
        """Begin a record, on disk at once, and return its instance_id.

        `answers` (ref to value) and the commune are given to the form where it asks for them; `source_id` is the
        diagnostic that an application starts from. `account_id` is where it is to go; "": where its form is offered,
        the default account first.
        """
        from ui.prefill import answer_known

        self.install_forms()
        whose = account_id or self.settings.get(keys.ACCOUNT_ID)
        blank = self.store.blank_forms.get(form_id, version, whose)
        whose = self.store.owners.of_new(blank.form_id, blank.version, whose)
        session = self.session_of(self.form(blank.form_id, blank.version, whose), None)
        answer_known(session, commune_nis, answers or {})
        return self.create(session, source_id=source_id, commune_nis=commune_nis, account_id=whose)

    def begin_project(self, diagnostic_id: str = "", axis_code: str = "") -> None:
        """Begin an application from a diagnostic ("" for none) and open it; `axis_code` names the first need."""
        from fieldkit import application, readable
        from ui.prefill import answers_of

        answers: dict[str, str] = {}
        if diagnostic_id:
            answers = answers_of(self.store, diagnostic_id, axis_code)
        commune = readable.find(self.store, diagnostic_id).instance.commune_nis if diagnostic_id else ""
        made = self.new_record(application.FORM_ID, commune_nis=commune, answers=answers, source_id=diagnostic_id)
        self.record_asked.emit(made)

    def correct(self, instance_id: str) -> str:
        """Return the record in which a finalized, returned or rejected one can be changed.

        It is the same one, a draft again, while no byte of it may have left; afterwards a new one that replaces it
        (`deprecated_id`).
        """
        from ui import corrections

        return corrections.correct(self, instance_id)

    def create(
        self,
        session: FormSession,
        *,
        source_id: str = "",
        commune_nis: str = "",
        deprecated_id: str = "",
        account_id: str = "",
    ) -> str:
        """Keep a session as a new draft and return its id."""
        from fieldkit import resolving

        instance = resolving.drafted(
            session, source_id=source_id, commune_nis=commune_nis, deprecated_id=deprecated_id, account_id=account_id
        )
        self.store.instances.create(instance, session.draft_xml())
        self.records_changed.emit()
        return instance.instance_id

    def session_of(self, form: FormDef, xml: bytes | None, *, deprecated_id: str = "") -> FormSession:
        """Return a session on `xml` (None: a new instance), with what is known of the user and in their language."""
        from forms import FormSession
        from forms.views import Context

        context = Context(
            device_id=self.settings.get(keys.DEVICE_ID),
            username=self.settings.get(keys.AGENT_NAME),
            email=self.settings.get(keys.AGENT_EMAIL),
        )
        language = language_of(form.languages, self.settings.get(keys.LANGUAGE))
        return FormSession(
            form,
            instance_xml=xml,
            context=context,
            language=language,
            deprecated_id=deprecated_id,
            last_saved=self._last_saved(form) if form.asks_last_saved else None,
        )

    def _last_saved(self, form: FormDef) -> bytes | None:
        """Return the record of the form that was finalized last, None if there is none."""
        finished = self.store.instances.search(states=set(State) - {State.DRAFT}, form_id=form.form_id, limit=-1)
        newest = max(finished, key=lambda one: one.finalized_at or one.created_at, default=None)
        return self.store.instances.frozen_xml(newest.instance_id) if newest is not None else None


def language_of(names: tuple[str, ...], code: str) -> str | None:
    """Return the form's language for a code ("fr"): named "fr" or "Français (fr)"; None lets the form decide."""
    for name in names:
        if name == code or name.endswith(f"({code})"):
            return name
    return None
