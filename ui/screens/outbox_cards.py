# SPDX-License-Identifier: EUPL-1.2
"""What stands beside the list of « Envois »: what is safe, how to do without a network, the settings of sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldkit import settings, typography
from ui import dates
from ui.i18n import plural, translate
from ui.widgets.buttons import Button, Segmented
from ui.widgets.choices import CheckTile
from ui.widgets.indicators import IconMark
from ui.widgets.layout import Card, row
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.kit import Kit

LIMITS = (0, 1_000_000, 5_000_000, 20_000_000)  # bytes that one sync may send; 0 for any number
DAYS = (15, 30, 60, 90)  # without the region's receipt, before it is told


def safe_card(kit: Kit) -> Card:
    """Return « Tout est sur cet ordinateur »."""
    total = sum(kit.store.instances.counts().values())
    path = kit.store.path
    size = sum(one.stat().st_size for one in (path, path.with_name(f"{path.name}-wal")) if one.exists())
    text = plural(total, translate("Outbox", "{n} réponse · {size}"), translate("Outbox", "{n} réponses · {size}"))
    title = label(translate("Outbox", "Tout est sur cet ordinateur"), "h3", wrap=True)
    head = row(IconMark("hard-drive", "ok"), (title, 1), spacing=10)
    words = text.format(n=typography.integer(total), size=typography.byte_size(size))
    card = Card(head, label(words, "small", "text2", True))
    copy = last_copy(kit)
    if copy:
        name = label(translate("Outbox", "Dernière sauvegarde"), "small", "text2", True)
        card.body.addLayout(row((name, 1), label(copy, "small")))
    return card


def last_copy(kit: Kit) -> str:
    """Return when the last copy of the data was made, "" if none was."""
    from fieldkit.store import copied_at, copies_of

    copies = copies_of(kit.store.path)
    return dates.short_moment(copied_at(copies[0])) if copies else ""


def stick_card(kit: Kit, count: int, parent: QWidget) -> Card:
    """Return « Sans réseau du tout ? »: what waits goes to another kit in a file, or comes from one."""

    def export() -> None:
        from ui.dossiers import export_records

        export_records(kit, kit.store.instances.outbox(), parent.window())

    def bring() -> None:
        from ui.dossiers import import_dossier

        import_dossier(kit, parent.window())

    title = label(translate("Outbox", "Sans réseau du tout ?"), "h3", wrap=True)
    text = plural(
        count,
        translate("Outbox", "Copiez l’envoi sur une clé : une personne connectée le transmet à votre place."),
        translate("Outbox", "Copiez les {n} envois sur une clé : une personne connectée les transmet à votre place."),
    ).format(n=typography.integer(count))
    out = Button(translate("Outbox", "Copier sur une clé…"), "download")
    out.clicked.connect(export)
    back = Button(translate("Outbox", "Recevoir d’une clé…"), "upload", "ghost")
    back.clicked.connect(bring)
    head = row(IconMark("usb", "primary"), (title, 1), spacing=10)
    return Card(head, Label(text, "small", "text2", True), out, back)


def sending_card(kit: Kit, parent: QWidget) -> Card:
    """Return « Réglages d’envoi »: each choice is kept at once."""
    tile = CheckTile(translate("Outbox", "Envoyer dès qu’il y a du réseau"))
    tile.setChecked(kit.settings.get(settings.AUTO_SEND))
    paid = CheckTile(translate("Outbox", "Seulement sur une ligne sans forfait"))
    paid.setChecked(kit.settings.get(settings.UNMETERED_ONLY))
    paid.setEnabled(tile.isChecked())
    tile.toggled.connect(lambda on: kit.set(settings.AUTO_SEND, on))
    tile.toggled.connect(paid.setEnabled)
    paid.toggled.connect(lambda on: kit.set(settings.UNMETERED_ONLY, on))
    most = translate("Outbox", "Au plus, par envoi")
    limits = Segmented(
        ((str(size), typography.byte_size(size) if size else translate("Outbox", "Tout")) for size in LIMITS),
        name=most,
        height=32,
    )
    limits.set_value(str(kit.settings.get(settings.SYNC_BUDGET)))
    limits.chosen.connect(lambda size: kit.set(settings.SYNC_BUDGET, int(size)))
    kept = kit.settings.get(settings.CONFIRM_DAYS)
    patience = translate("Outbox", "Accusé de la région attendu (jours)")
    days = Segmented(((str(one), str(one)) for one in sorted({*DAYS, kept})), name=patience, height=32)
    days.set_value(str(kept))
    days.setToolTip(translate("Outbox", "Passé ce délai sans accusé, l’envoi est signalé comme non confirmé."))
    days.chosen.connect(lambda one: kit.set(settings.CONFIRM_DAYS, int(one)))
    journal = Button(translate("Outbox", "Exporter le journal…"), "file-down")
    journal.setToolTip(translate("Outbox", "Pour qui vous aide. Ni vos accès ni vos mots de passe n’y sont."))
    journal.clicked.connect(lambda: _export_journal(kit, parent))
    title = label(translate("Outbox", "Réglages d’envoi"), "h3")
    heads = [label(words, "small", "text2", True) for words in (most, patience)]
    return Card(title, tile, paid, heads[0], limits, heads[1], days, journal, spacing=10)


def _export_journal(kit: Kit, parent: QWidget) -> None:
    from ui.journal import ask_and_export

    ask_and_export(kit, parent)
