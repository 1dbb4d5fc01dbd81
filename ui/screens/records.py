# SPDX-License-Identifier: EUPL-1.2
"""« Collecte » : every record with its state; search, filters, the panel of one record, actions on several."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from fieldkit import typography
from fieldkit.instance import Instance, State
from ui import conflicts, form_notes
from ui.i18n import plural, translate
from ui.known_forms import to_fill
from ui.screens.page import Page
from ui.screens.record_panel import RecordPanel
from ui.screens.records_model import Filter, RecordsModel
from ui.screens.records_table import RecordsTable
from ui.widgets.buttons import Button, FilterChip, ToolButton
from ui.widgets.feedback import EmptyState
from ui.widgets.fields import SearchField, Select
from ui.widgets.flow import Flow
from ui.widgets.indicators import IconMark
from ui.widgets.layout import Card, row
from ui.widgets.text import Label

if TYPE_CHECKING:
    from ui.kit import Kit


_FILTERS: tuple[tuple[str, tuple[State, ...], str], ...] = (
    ("all", (), ""),
    ("wrong", (State.RETURNED, State.REJECTED), "err"),
    ("draft", (State.DRAFT,), "draft"),
    ("ready", (State.FINALIZED,), "info"),
    ("sent", (State.SUBMITTED,), "ok"),
)


class RecordsScreen(QWidget):
    """The list at the left, the panel of the cursor's row at the right."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        new = Button(translate("Records", "Nouvelle collecte"), "plus", "primary")
        new.clicked.connect(lambda: kit.screen_asked.emit("new", ""))
        forms = Button(translate("Records", "Questionnaires"), "clipboard-list")
        forms.clicked.connect(self._show_forms)
        bring = Button(translate("Records", "Importer…"), "usb")
        bring.setAccessibleName(translate("Records", "Importer un dossier…"))
        bring.setToolTip(bring.accessibleName())
        bring.clicked.connect(self._import_dossier)
        others = Button(translate("Records", "Reçus…"), "inbox")
        others.setAccessibleName(translate("Records", "Reçus par la région…"))
        others.setToolTip(translate("Records", "Pour les agents de la région et des GAL : les réponses des autres"))
        others.clicked.connect(lambda: kit.screen_asked.emit("received", ""))
        self.page = Page(translate("Records", "Collecte"), others, bring, forms, new)
        self.model = RecordsModel(kit)
        self.table = RecordsTable(self.model)
        self.panel = RecordPanel(kit)
        self.panel.hide()
        self._states: tuple[State, ...] = ()
        self._build_filters()
        self._build_list()
        self.bar = _BulkBar(self)
        self.page.body.addWidget(self.bar)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.page, 1)
        box.addWidget(self.panel)
        self._connect()

    def _build_filters(self) -> None:
        self.search = SearchField(translate("Records", "Rechercher une réponse, un questionnaire, une commune…"))
        self.communes = Select(name=translate("Records", "Commune"))
        self.communes.setMinimumWidth(196)
        self.page.body.addLayout(row((self.search, 1), self.communes))
        words = {
            "all": translate("Records", "Tout"),
            "wrong": translate("Records", "À corriger"),
            "draft": translate("Records", "Brouillons"),
            "ready": translate("Records", "Prêts"),
            "sent": translate("Records", "Envoyés"),
        }
        self.chips: dict[str, FilterChip] = {}
        line = Flow()
        for key, wanted, dot in _FILTERS:
            chip = FilterChip(words[key], 0, dot)
            chip.clicked.connect(partial(self._on_state, wanted))
            self.chips[key] = chip
            line.addWidget(chip)
        self.chips["all"].setChecked(True)
        self.page.body.addLayout(line)

    def _build_list(self) -> None:
        self.stack = QStackedWidget()
        card = Card(margins=(2, 4, 2, 4))
        card.body.addWidget(self.table)
        self.stack.addWidget(card)
        begin = Button(translate("Records", "Nouvelle collecte"), "plus", "primary")
        begin.clicked.connect(lambda: self.kit.screen_asked.emit("new", ""))
        nothing = EmptyState(
            "clipboard-list",
            translate("Records", "Pas encore de réponse"),
            translate("Records", "Commencez par un diagnostic : il se remplit sans réseau, en plusieurs fois."),
            begin,
        )
        self.stack.addWidget(nothing)
        clear = Button(translate("Records", "Tout afficher"), "x")
        clear.clicked.connect(self.clear_filters)
        none = EmptyState(
            "search",
            translate("Records", "Aucune réponse ne correspond"),
            translate("Records", "Essayez un mot plus court, ou retirez les filtres."),
            clear,
        )
        self.stack.addWidget(none)
        self.page.body.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._reload())
        self.search.list_asked.connect(self._focus_list)
        self.communes.currentIndexChanged.connect(lambda _index: self._reload())
        self.table.row_changed.connect(self._on_row)
        self.table.opened.connect(self._open)
        self.table.delete_asked.connect(lambda one: self.delete([one]))
        self.table.left.connect(self._on_left)
        self.table.clicked.connect(lambda index: self._on_row(self.model.instance(index.row())))
        self.panel.acted.connect(self._act)
        self.panel.closed.connect(self._on_left)
        self.model.ticked_changed.connect(self._on_ticked)

    def _show_forms(self) -> None:
        form_notes.show_forms(self.kit, self.window())

    def _import_dossier(self) -> None:
        from ui.dossiers import import_dossier

        import_dossier(self.kit, self.window())

    # Filling

    def refresh(self) -> None:
        """Read the store again; the cursor stays on its record."""
        held = self.model.instance(self.table.currentIndex().row())
        counts = self.kit.store.instances.counts()
        for key, wanted, _dot in _FILTERS:
            self.chips[key].set_count(sum(counts[state] for state in wanted or State))
        total = sum(counts.values())
        forms = len(to_fill(self.kit.store))
        self.page.subtitle.setText(
            plural(total, translate("Records", "{n} réponse"), translate("Records", "{n} réponses")).format(n=total)
            + " · "
            + plural(
                forms,
                translate("Records", "{n} questionnaire disponible hors ligne"),
                translate("Records", "{n} questionnaires disponibles hors ligne"),
            ).format(n=forms)
        )
        self._fill_communes()
        self._reload(held.instance_id if held else "")

    def show_target(self, instance_id: object) -> None:
        """Put the cursor on a record and open its panel."""
        self.clear_filters()
        self._select(str(instance_id))

    def clear_filters(self) -> None:
        """Show everything again."""
        self.search.clear()
        self.communes.setCurrentIndex(0)
        self.chips["all"].setChecked(True)
        self._on_state(())

    def _fill_communes(self) -> None:
        chosen = self.communes.currentData()
        self.communes.blockSignals(True)
        self.communes.clear()
        self.communes.addItem(translate("Records", "Toutes les communes"), "")
        for one in self.kit.communes():
            self.communes.addItem(one.name, one.nis)
        self.communes.setCurrentIndex(max(0, self.communes.findData(chosen)))
        self.communes.setVisible(self.communes.count() > 2)
        self.communes.blockSignals(False)

    def _on_state(self, wanted: tuple[State, ...], _checked: bool = False) -> None:
        self._states = wanted
        self._reload()

    def _reload(self, keep: str = "") -> None:
        chosen = Filter(self.search.text().strip(), self._states, self.communes.currentData() or "")
        self.model.load(chosen)
        filtered = bool(chosen.text or chosen.states or chosen.commune_nis)
        self.stack.setCurrentIndex(0 if self.model.rowCount() else 2 if filtered else 1)
        if keep and self.model.row_of(keep) >= 0:
            self._select(keep)
        else:
            self.panel.hide()

    def _select(self, instance_id: str) -> None:
        found = self.model.row_of(instance_id)
        if found >= 0:
            self.table.setCurrentIndex(self.model.index(found, 1))
            self._on_row(self.model.instance(found))

    # The cursor's row

    def _focus_list(self) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 1))

    def _on_row(self, instance: Instance | None) -> None:
        if instance is None:
            self.panel.hide()
            return
        self.panel.show_record(instance)
        self.panel.show()

    def _on_left(self) -> None:
        if self.panel.isVisible():
            self.panel.hide()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.model.clear_ticks()

    # Actions

    def _open(self, instance: Instance | None) -> None:
        if instance is not None:
            refused = instance.state in {State.RETURNED, State.REJECTED}
            self._act("correct" if refused else "open", instance)

    def _act(self, action: str, instance: Instance) -> None:
        own = instance.instance_id
        acts: dict[str, Callable[[], object]] = {
            "open": lambda: self.kit.record_asked.emit(own),
            "correct": lambda: conflicts.correct(self.kit, own, self.window()),
            "take_up": lambda: conflicts.take_up(self.kit, own),
            "resend": lambda: conflicts.resend(self.kit, own),
            "results": lambda: self.kit.results_asked.emit(own),
            "proof": lambda: self._prove(instance),
            "verify": self._verify,
            "send": self.kit.connection.send,
            "print": lambda: self.print_records([instance]),
            "export": lambda: self.export_records([instance]),
            "delete": lambda: self.delete([instance]),
        }
        acts[action]()

    def _prove(self, instance: Instance) -> None:
        from ui.record_paper import show_proof

        show_proof(self.kit, instance, self)

    def _verify(self) -> None:
        from ui.verification import ask_and_verify

        ask_and_verify(self.kit, self)

    def delete(self, instances: list[Instance]) -> None:
        """Move drafts to the bin; the toast takes it back. What is finished stays: it belongs to the region too."""
        drafts = [one for one in instances if one.state is State.DRAFT]
        if not drafts:
            self.kit.toast(translate("Records", "Seuls les brouillons se suppriment"))
            return
        for one in drafts:
            self.kit.store.instances.delete(one.instance_id)
        count = len(drafts)
        text = plural(
            count,
            translate("Records", "{n} brouillon supprimé"),
            translate("Records", "{n} brouillons supprimés"),
        )

        def restore() -> None:
            for one in drafts:
                self.kit.store.instances.restore(one.instance_id)
            self.kit.records_changed.emit()

        self.kit.records_changed.emit()
        self.kit.toast(text.format(n=count), (translate("Records", "Annuler"), restore))

    def print_records(self, instances: list[Instance]) -> None:
        """Make the PDF of each record and open it, or its folder if there are several."""
        from ui.record_paper import print_records

        print_records(self.kit, instances, self)

    def export_records(self, instances: list[Instance]) -> None:
        """Write records into a dossier, for another kit."""
        from ui.dossiers import export_records

        export_records(self.kit, instances, self.window())

    def _on_ticked(self) -> None:
        ticked = list(self.model.ticked.values())
        self.bar.show_records(ticked)


class _BulkBar(Card):
    """The dark bar under the list while rows are ticked."""

    def __init__(self, screen: RecordsScreen) -> None:
        super().__init__(margins=(16, 8, 10, 8), fill="text", border="text")
        self.words = Label("", "strong", "bg")
        self.weight = Label("", "small", "bg")
        send = Button(translate("Records", "Envoyer"), "send", "primary")
        send.clicked.connect(screen.kit.connection.send)
        printed = Button(translate("Records", "Imprimer"), "printer")
        printed.clicked.connect(lambda: screen.print_records(list(screen.model.ticked.values())))
        carried = Button(translate("Records", "Exporter un dossier…"), "usb")
        carried.clicked.connect(lambda: screen.export_records(list(screen.model.ticked.values())))
        delete = ToolButton("trash-2", translate("Records", "Supprimer les brouillons choisis (Suppr)"), role="bg")
        delete.clicked.connect(lambda: screen.delete(list(screen.model.ticked.values())))
        close = ToolButton("x", translate("Records", "Ne plus rien choisir (Échap)"), role="bg")
        close.clicked.connect(screen.model.clear_ticks)
        self._send, self._delete = send, delete
        mark = IconMark("check-check", "bg")
        line = row(mark, self.words, self.weight, None, send, printed, carried, delete, close, spacing=8)
        self.body.addLayout(line)
        self.hide()

    def show_records(self, instances: list[Instance]) -> None:
        """Show how many are chosen, and only what can be done with them."""
        count = len(instances)
        text = plural(count, translate("Records", "{n} choisie"), translate("Records", "{n} choisies"))
        self.words.setText(text.format(n=count))
        size = sum(one.size for one in instances)
        self.weight.setText(f"· {typography.byte_size(size)}" if size else "")
        self._send.setVisible(any(one.state is State.FINALIZED for one in instances))
        self._delete.setVisible(any(one.state is State.DRAFT for one in instances))
        self.setVisible(bool(instances))
