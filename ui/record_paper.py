# SPDX-License-Identifier: EUPL-1.2
"""Records on paper, and the proof that one was filed: pages are made in a worker and shown before they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from fieldkit.instance import Instance
    from ui.kit import Kit


def print_records(kit: Kit, instances: Sequence[Instance], parent: QWidget | None = None) -> None:
    """Show the pages of each record, one window a record."""
    from ui.paper import show_document

    calls = kit.library.every_call()
    for one in instances:
        session = kit.open_session(one.instance_id)

        def make(session=session, one=one) -> bytes:  # type: ignore[no-untyped-def]  # bound now, on purpose
            from fieldkit import printing

            return printing.instance_pdf(session, one, calls=calls)

        show_document(kit, make, one.name, parent)


def show_proof(kit: Kit, instance: Instance, parent: QWidget | None = None) -> None:
    """Show the proof that a record was filed; its JSON file can be saved beside the pages."""
    from fieldkit.proof import proof_of, write_proof
    from ui.paper import Companion, show_document

    made = proof_of(kit.store, instance.instance_id)

    def make() -> bytes:
        from fieldkit import printing

        return printing.proof_pdf(made)

    title = translate("Paper", "Preuve de dépôt – {name}").format(name=instance.name or made.form_title)
    word = translate("Paper", "Fichier vérifiable")
    show_document(kit, make, title, parent, Companion(word, ".json", write_proof(made)))
