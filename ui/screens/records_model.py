# SPDX-License-Identifier: EUPL-1.2
"""The rows of « Collecte »: read from the store a page at a time, with what is ticked kept by instance_id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from fieldkit import typography
from fieldkit.instance import State
from ui import dates, states
from ui.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldkit.instance import Instance
    from fieldkit.store import Dossier
    from ui.kit import Kit

PAGE = 100
CHECK, STATUS, FORM, COMMUNE, PROGRESS, CHANGED = range(6)
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Filter:
    """What is shown."""

    text: str = ""
    states: tuple[State, ...] = ()
    commune_nis: str = ""


class RecordsModel(QAbstractTableModel):
    """Instances as a table; the text of each cell is what a screen reader says."""

    ticked_changed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._rows: list[Instance] = []
        self._complete = True
        self._filter = Filter()
        self._titles: dict[str, str] = {}
        self._dossiers: dict[str, Dossier | None] = {}
        self.ticked: dict[str, Instance] = {}

    def load(self, chosen: Filter) -> None:
        """Read the first page of what the filter asks for; ticks of rows that are gone are dropped."""
        self.beginResetModel()
        self._filter = chosen
        self._titles = {form.form_id: form.title for form in self._kit.store.blank_forms.list()}
        self._dossiers = {}
        self._rows = self._read(0)
        self._complete = len(self._rows) < PAGE
        shown = {one.instance_id: one for one in self._rows}
        self.ticked = {key: shown[key] for key in self.ticked if key in shown}
        self.endResetModel()
        self.ticked_changed.emit()

    def _read(self, offset: int) -> list[Instance]:
        chosen = self._filter
        return self._kit.store.instances.search(
            chosen.text, chosen.states, commune_nis=chosen.commune_nis, limit=PAGE, offset=offset
        )

    def instance(self, row: int) -> Instance | None:
        """Return the record of a row, None if there is no such row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def item(self, row: int) -> Instance | None:
        """Return the same, for the table."""
        return self.instance(row)

    def row_of(self, instance_id: str) -> int:
        """Return the row of a record among those loaded, -1 if it is not there."""
        return next((row for row, one in enumerate(self._rows) if one.instance_id == instance_id), -1)

    def badge(self, instance: Instance) -> states.Badge:
        """Return the chip of a record; what the region says is read once a loading."""
        if instance.state is not State.SUBMITTED:
            return states.badge_of(instance)
        key = instance.instance_id
        if key not in self._dossiers:
            self._dossiers[key] = self._kit.store.dossiers.said_of(instance)
        return states.badge_of(instance, self._dossiers[key])

    def form_title(self, instance: Instance) -> str:
        """Return the title of the record's form."""
        return self._titles.get(instance.form_id, instance.form_id)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many rows are loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of columns."""
        return 0 if parent.isValid() else 6

    def canFetchMore(self, parent: _Index) -> bool:
        """Tell whether the store may hold more."""
        return not parent.isValid() and not self._complete

    def fetchMore(self, parent: _Index) -> None:
        """Read the next page."""
        more = self._read(len(self._rows))
        self._complete = len(more) < PAGE
        if more:
            self.beginInsertRows(parent, len(self._rows), len(self._rows) + len(more) - 1)
            self._rows += more
            self.endInsertRows()

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell, or its tick."""
        instance = self.instance(index.row())
        if instance is None:
            return None
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == CHECK:
            on = instance.instance_id in self.ticked
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._text(instance, index.column())
        return None

    def _text(self, instance: Instance, column: int) -> str:
        texts: dict[int, Callable[[], str]] = {
            STATUS: lambda: self.badge(instance).text,
            FORM: lambda: f"{self.form_title(instance)} – {states.shown_name(instance)}",
            COMMUNE: lambda: states.commune_name(instance.commune_nis),
            PROGRESS: lambda: progress_text(instance),
            CHANGED: lambda: dates.short_moment(instance.changed_at),
        }
        return texts[column]() if column in texts else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words over the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            "",
            translate("Records", "Statut"),
            translate("Records", "Questionnaire"),
            translate("Records", "Commune"),
            translate("Records", "Avancement"),
            translate("Records", "Modifié"),
        )[section]

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let the first column be ticked."""
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsUserCheckable if index.column() == CHECK else found

    def toggle(self, row: int) -> None:
        """Tick or untick a row."""
        instance = self.instance(row)
        if instance is None:
            return
        if self.ticked.pop(instance.instance_id, None) is None:
            self.ticked[instance.instance_id] = instance
        self.dataChanged.emit(self.index(row, 0), self.index(row, CHANGED))
        self.ticked_changed.emit()

    def clear_ticks(self) -> None:
        """Untick everything."""
        if self.ticked:
            self.ticked = {}
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, CHANGED))
            self.ticked_changed.emit()


def progress_text(instance: Instance) -> str:
    """Return « Complet » or « 59 % »."""
    if instance.state is not State.DRAFT:
        return translate("Records", "Complet")
    return typography.percent(states.percent(instance))
