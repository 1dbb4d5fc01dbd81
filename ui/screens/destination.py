# SPDX-License-Identifier: EUPL-1.2
"""Where a record goes: the account in words, and a choice as long as nothing of it has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from fieldkit.errors import FieldkitError
from fieldkit.instance import State
from ui.i18n import translate
from ui.widgets.fields import Select
from ui.widgets.layout import column
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldkit.instance import Instance
    from fieldkit.store import BlankForm
    from ui.kit import Kit

DELIVERED = frozenset({State.SUBMITTED, State.RETURNED})


def destination_text(kit: Kit, instance: Instance) -> str:
    """Return « Pour « GAL » »; "" where there is no account to speak of."""
    connection = kit.connection
    accounts = connection.accounts
    if not instance.account_id:
        default = connection.account
        if default is None or len(accounts) < 2 or instance.state in DELIVERED:
            return ""
        return translate("Destination", "Pour le compte par défaut, « {name} »").format(name=default.display_name)
    name = connection.name_of(instance.account_id)
    if instance.state in DELIVERED:
        return translate("Destination", "Envoyé à « {name} »").format(name=name)
    if instance.account_id not in {one.account_id for one in accounts}:
        return translate("Destination", "Pour « {name} », un compte qui n’est pas relié ici").format(name=name)
    return translate("Destination", "Pour « {name} »").format(name=name)


def destination(kit: Kit, instance: Instance) -> QWidget | None:
    """Return the account of a record: a list to choose from if there is a choice, else words; None without any."""
    choices = kit.store.owners.choices(instance)
    text = destination_text(kit, instance)
    if len(choices) < 2:
        return Label(text, "small", "text2", True) if text else None
    select = account_select(kit, choices, instance.account_id)

    def choose(_index: int) -> None:
        try:
            kit.store.owners.choose(instance.instance_id, select.currentData())
        except FieldkitError as error:  # it left while the list was open
            kit.trouble_met.emit(error)
        kit.records_changed.emit()

    select.activated.connect(choose)
    holder = QWidget()
    holder.setLayout(
        column(label(translate("Destination", "Compte qui la recevra"), "small", "text2"), select, spacing=4)
    )
    return holder


def account_select(kit: Kit, choices: Sequence[str], chosen: str) -> Select:
    """Return a list of accounts by name; the default one is chosen if `chosen` is none of them."""
    select = Select(name=translate("Destination", "Compte qui la recevra"))
    select.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    select.setMinimumContentsLength(8)  # the panel beside the list is narrow, names of accounts may be long
    default = kit.connection.account
    for account_id in choices:
        select.addItem(kit.connection.name_of(account_id), account_id)
    first = chosen if chosen in choices else default.account_id if default is not None else ""
    select.setCurrentIndex(max(0, select.findData(first)))
    return select


def offered_by(kit: Kit, form: BlankForm) -> str:
    """Return where a form comes from: the program, the region, or by name the accounts if there are several."""
    if "shipped" in form.offers:
        return translate("Destination", "fourni avec Field Kit")
    if len(kit.connection.accounts) < 2:
        return translate("Destination", "reçu de la région")
    names = ", ".join(kit.connection.name_of(one) for one in form.offers)
    return translate("Destination", "reçu de {names}").format(names=names)
