# SPDX-License-Identifier: EUPL-1.2
"""Records on paper: the pages of each are made in a worker and shown before they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from fieldkit.instance import Instance
    from ui.kit import Kit


def print_records(kit: Kit, instances: Sequence[Instance], parent: QWidget | None = None) -> None:
    """Show the pages of each record, one window a record."""
    from ui.paper import show_document

    for one in instances:
        session = kit.open_session(one.instance_id)

        def make(session=session, one=one) -> bytes:  # type: ignore[no-untyped-def]  # bound now, on purpose
            from fieldkit import printing

            return printing.instance_pdf(session, one)

        show_document(kit, make, one.name, parent)
