# SPDX-License-Identifier: EUPL-1.2
"""Starting a project application from what a diagnostic found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldkit import application

if TYPE_CHECKING:
    from fieldkit.collected import Collected
    from ui.kit import Kit


def begin_project(kit: Kit, source: Collected, axis: str = "", _checked: bool = False) -> str:
    """Begin an application on the diagnostic's commune and open it; the need is that of `axis`, else the first.

    Return its instance_id. `_checked` takes what a button's signal adds.
    """
    answers = application.prefill(source.diagnostic, axis)
    commune = source.diagnostic.commune_nis
    made_from = source.instance.instance_id
    instance_id = kit.new_record(application.FORM_ID, commune_nis=commune, answers=answers, source_id=made_from)
    kit.record_asked.emit(instance_id)
    return instance_id
