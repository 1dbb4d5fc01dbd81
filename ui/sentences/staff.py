# SPDX-License-Identifier: EUPL-1.2
"""What to say about receiving and reviewing records of others (`sync.staff`)."""

from __future__ import annotations

from sync import errors
from sync.errors import Reason
from ui.i18n import translate
from ui.messages import Entry, Message

_Texts = dict[Reason, tuple[str, str, str]]


def texts() -> _Texts:
    """Return title, text and action by reason."""
    return {
        Reason.BAD_PROJECT_ADDRESS: (
            translate("Staff", "Cette adresse ne mène à aucun projet de la région"),
            translate(
                "Staff",
                "Copiez-la depuis votre navigateur : elle commence par https:// et contient « /projects/ » suivi "
                "d’un numéro.",
            ),
            "",
        ),
        Reason.WRONG_PASSWORD: (
            translate("Staff", "La région ne connaît pas cette adresse avec ce mot de passe"),
            translate(
                "Staff",
                "Vérifiez les deux, puis réessayez. Un lien d’invitation est un autre accès : il ne sert pas ici.",
            ),
            "",
        ),
        Reason.SESSION_OVER: (
            translate("Staff", "Votre connexion à la région est terminée"),
            translate("Staff", "Elle dure un jour. Connectez-vous à nouveau : ce qui a été reçu est resté ici."),
            "",
        ),
        Reason.NOT_STAFF: (
            translate("Staff", "Ce compte ne peut pas lire ce projet"),
            translate(
                "Staff", "Demandez à la région un rôle dans ce projet pour votre compte web : lecture ou gestion."
            ),
            "",
        ),
        Reason.OTHER_PROJECT: (
            translate("Staff", "Cette réponse vient d’un autre projet"),
            translate("Staff", "Rien n’a été demandé ni changé. Connectez-vous à ce projet pour en décider."),
            "",
        ),
        Reason.MAY_NOT_REVIEW: (
            translate("Staff", "Votre compte peut lire, pas décider"),
            translate("Staff", "Rien n’a changé. Demandez à la région le rôle de gestion dans ce projet."),
            "",
        ),
        Reason.REVIEWED_MEANWHILE: (
            translate("Staff", "Quelqu’un d’autre a décidé entre-temps"),
            translate("Staff", "Rien n’a changé. Relisez la réponse, puis décidez à nouveau."),
            "",
        ),
    }


def receiving(error: errors.SyncError) -> Message:
    """Return what to tell of a pull that ended early: nothing was to be sent, and what came is here."""
    kept = translate("Staff", "Ce qui a été reçu reste lisible ici. La suite viendra là où elle s’est arrêtée.")
    titles = {
        Reason.OFFLINE: translate("Staff", "Pas de connexion"),
        Reason.INTERRUPTED: translate("Staff", "La connexion s’est coupée pendant la réception"),
        Reason.CANCELLED: translate("Staff", "Réception arrêtée à votre demande"),
        Reason.SERVER_TROUBLE: translate("Staff", "La région a un problème technique"),
        Reason.SERVER_BUSY: translate("Staff", "La région est occupée"),
    }
    if error.reason in titles:
        return Message(titles[error.reason], kept, "retry")
    from ui.messages import sentence

    return sentence(error)


def unsaid() -> Message:
    """Return what to tell of a decision, or a question, that the line did not carry."""
    return Message(
        translate("Staff", "La région n’a pas pu être jointe"),
        translate(
            "Staff",
            "Votre décision n’est pas notée, ou peut-être seulement en partie. Recommencez quand il y a du réseau : la "
            "même décision ne compte qu’une fois, et votre commentaire est gardé d’ici là.",
        ),
    )


def _told(error: errors.SyncError) -> Message:
    return Message(*texts()[error.reason])


def _meanwhile(error: errors.ReviewedMeanwhile) -> Message:
    message = _told(error)
    if error.corrected:
        title = translate("Staff", "Cette réponse a été corrigée entre-temps")
        text = translate("Staff", "Rien n’a changé. Recevez la correction, relisez-la, puis décidez.")
        return Message(title, text)
    if not error.comment:
        return message
    said = translate("Staff", "Son commentaire : « {text} ».").format(text=" ".join(error.comment.split()))
    return Message(message.title, f"{said} {message.text}")


def _other_project(error: errors.OtherProject) -> Message:
    text = translate("Staff", "Rien n’a été demandé ni changé. Pour en décider, connectez-vous à {address}.")
    return Message(_told(error).title, text.format(address=error.address))


ENTRIES: dict[type[BaseException], Entry] = {
    errors.BadProjectAddress: _told,
    errors.WrongPassword: _told,
    errors.SessionOver: _told,
    errors.NotStaff: _told,
    errors.OtherProject: _other_project,
    errors.MayNotReview: _told,
    errors.ReviewedMeanwhile: _meanwhile,
}
