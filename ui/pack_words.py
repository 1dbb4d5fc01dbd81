# SPDX-License-Identifier: EUPL-1.2
"""What the window says of guides and calls that a region sent: from whom, until when, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import dates
from ui.i18n import translate

if TYPE_CHECKING:
    from fieldkit.call import Call
    from fieldkit.guides import Guide
    from fieldkit.provenance import Provenance


def short_origin(received: Provenance) -> str:
    """Return one line for a card: « Reçu de la région, valable jusqu’au 30 juin 2027 »."""
    if received.gone:
        return (
            translate("Packs", "Reçu de la région, qui ne le propose plus")
            if received.account
            else translate("Packs", "Reçu par un compte que vous avez délié")
        )
    day = dates.short_day(received.valid_until)
    if received.is_over(dates.today()):
        return translate("Packs", "Reçu de la région, à vérifier depuis le {day}").format(day=day)
    return translate("Packs", "Reçu de la région, valable jusqu’au {day}").format(day=day)


def origin(received: Provenance) -> str:
    """Return the whole of it: account, day, version, last day."""
    text = translate(
        "Packs", "Reçu de la région (compte « {account} ») {day}, version {version}, valable jusqu’au {until}"
    )
    return text.format(
        account=received.account or translate("Packs", "délié"),
        day=dates.relative_day(received.received_at),
        version=received.version,
        until=dates.short_day(received.valid_until),
    )


def guide_notice(guide: Guide) -> tuple[str, str]:
    """Return title and text of what a reader must know before relying on a guide; ("", "") if nothing."""
    received = guide.received
    if received is None:
        return "", ""
    if received.gone:
        return (
            translate("Packs", "La région ne propose plus ce guide")
            if received.account
            else translate("Packs", "Ce guide vient d’un compte que vous avez délié"),
            translate("Packs", "Vous pouvez encore le lire. Demandez-lui s’il est remplacé avant de vous en servir."),
        )
    if received.is_over(dates.today()):
        title = translate("Packs", "Ce guide était valable jusqu’au {day}")
        return (
            title.format(day=dates.short_day(received.valid_until)),
            translate("Packs", "Vous pouvez encore le lire. Lancez un échange avec la région pour le mettre à jour."),
        )
    return "", ""


def call_notice(call: Call | None) -> str:
    """Return what must be known of the rules of a call that a region sent, "" if nothing."""
    received = call.received if call is not None else None
    if received is None:
        return ""
    if received.gone:
        return (
            translate("Packs", "La région ne propose plus cet appel. Ses règles restent celles de ce dossier.")
            if received.account
            else translate(
                "Packs", "Cet appel vient d’un compte que vous avez délié. Ses règles restent celles de ce dossier."
            )
        )
    if received.is_over(dates.today()):
        text = translate(
            "Packs", "Règles expirées depuis le {day} : lancez un échange avec la région pour les mettre à jour."
        )
        return text.format(day=dates.short_day(received.valid_until))
    return ""
