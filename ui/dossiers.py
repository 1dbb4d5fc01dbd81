# SPDX-License-Identifier: EUPL-1.2
"""Records out into a dossier and in from one: files and passphrases are asked here, the work is done in a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldkit import typography
from fieldkit.errors import EncryptionError, PassphraseNeeded, WrongPassphrase
from ui.i18n import plural, translate
from ui.paper import file_name
from ui.screens.dossier_dialogs import ConflictsDialog, PassphraseDialog, ResultDialog, WaitingDialog

if TYPE_CHECKING:
    from fieldkit.dossier.pack import Exported, Told
    from fieldkit.dossier.unpack import Finding
    from fieldkit.instance import Instance
    from ui.kit import Kit

SUFFIX = ".fieldkit"
Result = TypeVar("Result")


def export_records(kit: Kit, instances: Sequence[Instance], parent: QWidget) -> None:
    """Ask for a passphrase and a place, then write the records there."""
    needed = any(_is_sealed(kit, one) for one in instances)
    text = translate(
        "Dossier",
        "Sans phrase secrète, toute personne qui a le fichier peut le lire. Si vous en donnez une, notez-la : sans "
        "elle, le dossier ne s’ouvre plus.",
    )
    if needed:
        text = translate(
            "Dossier",
            "Ces réponses sont chiffrées pour la région : elles ne voyagent qu’avec une phrase secrète. Notez-la : "
            "sans elle, le dossier ne s’ouvre plus.",
        )
    dialog = PassphraseDialog(translate("Dossier", "Exporter un dossier"), text, parent, made=True, needed=needed)
    dialog.exec()
    dialog.deleteLater()
    if dialog.answer != "go":
        return
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    name = file_name(instances[0].name or translate("Dossier", "dossier")).removesuffix(".pdf") + SUFFIX
    title = translate("Dossier", "Enregistrer le dossier")
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(Path(folder) / name), _filter())
    if chosen:
        path = Path(chosen)
        path = path if path.suffix else path.with_suffix(SUFFIX)
        write_dossier(kit, [one.instance_id for one in instances], path, parent, dialog.passphrase)


def write_dossier(kit: Kit, instance_ids: Sequence[str], path: Path, parent: QWidget, passphrase: str = "") -> None:
    """Write the dossier in a worker; a toast tells it, a failure becomes a sentence."""
    store = kit.store

    def work(progress: Told) -> Exported:
        from fieldkit.dossier.pack import export

        with store.reopen() as own:
            return export(own, instance_ids, path, passphrase, progress=progress)

    def done(made: Exported) -> None:
        count = len(made.records)
        words = plural(
            count,
            translate("Dossier", "Dossier enregistré : {name}, {n} réponse, {size}"),
            translate("Dossier", "Dossier enregistré : {name}, {n} réponses, {size}"),
        )
        kit.toast(words.format(name=path.name, n=count, size=typography.byte_size(made.size)))

    _in_a_worker(kit, parent, translate("Dossier", "Écriture du dossier"), work, done)


def import_dossier(kit: Kit, parent: QWidget) -> None:
    """Ask for a dossier and take it in."""
    chosen, _ = QFileDialog.getOpenFileName(parent, translate("Dossier", "Importer un dossier"), "", _filter())
    if chosen:
        read_dossier(kit, Path(chosen), parent)


def read_dossier(kit: Kit, path: Path, parent: QWidget, passphrase: str = "") -> None:
    """Look into a dossier, ask what has to be asked, then take it in."""
    store = kit.store

    def work(progress: Told) -> tuple[Finding, ...]:
        from fieldkit.dossier.reading import open_dossier
        from fieldkit.dossier.unpack import plan

        with store.reopen() as own, open_dossier(own, path, passphrase) as dossier:
            return tuple(plan(own, dossier, progress=progress).findings)

    def seen(findings: tuple[Finding, ...]) -> None:
        chosen: Mapping[str, set[str]] = {}
        if any(one.conflicts for one in findings):
            dialog = ConflictsDialog(kit, findings, parent)
            dialog.exec()
            dialog.deleteLater()
            if dialog.answer != "take":
                kit.toast(translate("Dossier", "Rien n’a été importé"))
                return
            chosen = dialog.chosen()
        _take(kit, path, parent, passphrase, chosen)

    def failed(error: Exception) -> None:
        if isinstance(error, PassphraseNeeded | WrongPassphrase):
            _ask_passphrase(kit, path, parent, again=isinstance(error, WrongPassphrase))
        else:
            kit.trouble_met.emit(error)

    _in_a_worker(kit, parent, translate("Dossier", "Lecture du dossier"), work, seen, failed)


def _take(kit: Kit, path: Path, parent: QWidget, passphrase: str, chosen: Mapping[str, set[str]]) -> None:
    store = kit.store

    def work(progress: Told) -> tuple[Finding, ...]:
        from fieldkit.dossier.reading import open_dossier
        from fieldkit.dossier.unpack import take

        with store.reopen() as own, open_dossier(own, path, passphrase) as dossier:
            return take(own, dossier, chosen, progress=progress)

    def done(findings: tuple[Finding, ...]) -> None:
        kit.records_changed.emit()
        dialog = ResultDialog(findings, parent)
        dialog.exec()
        dialog.deleteLater()

    _in_a_worker(kit, parent, translate("Dossier", "Importation du dossier"), work, done)


def _ask_passphrase(kit: Kit, path: Path, parent: QWidget, *, again: bool) -> None:
    title = translate("Dossier", "« {name} » est chiffré").format(name=path.name)
    text = translate("Dossier", "Donnez la phrase secrète qui a servi à le faire.")
    error = translate("Dossier", "Cette phrase n’ouvre pas ce dossier.") if again else ""
    dialog = PassphraseDialog(title, text, parent, made=False, needed=True, error=error)
    dialog.exec()
    dialog.deleteLater()
    if dialog.answer == "go":
        read_dossier(kit, path, parent, dialog.passphrase)


def _in_a_worker(
    kit: Kit,
    parent: QWidget,
    title: str,
    work: Callable[[Told], Result],
    done: Callable[[Result], None],
    failed: Callable[[Exception], None] | None = None,
) -> None:
    """Do a piece of work behind a dialog that tells how far it is."""
    waiting = WaitingDialog(title, parent)
    waiting.open()

    def end() -> None:
        waiting.accept()
        waiting.deleteLater()

    def on_success(result: Result) -> None:
        end()
        done(result)

    def on_error(error: Exception) -> None:
        end()
        if failed is not None:
            failed(error)
        else:
            kit.trouble_met.emit(error)

    kit.tasks.run(work, on_success, on_error, on_progress=waiting.show_progress)


def _is_sealed(kit: Kit, instance: Instance) -> bool:
    try:
        return kit.store.instances.seals.is_asked_for(instance.instance_id)
    except EncryptionError:
        return True


def _filter() -> str:
    return translate("Dossier", "Dossiers de Field Kit (*{suffix})").format(suffix=SUFFIX)
