# SPDX-License-Identifier: EUPL-1.2
"""What to say about sending and receiving (`sync.errors`): from the reason's code, so that rows and errors agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldkit import typography
from fieldkit.encryption import plain_version
from fieldkit.packs import CATALOGUE
from sync import errors
from sync.errors import Reason
from ui.i18n import translate
from ui.messages import Entry, Message, sentence
from ui.sentences import staff
from ui.sentences.packs import catalogue_problem

if TYPE_CHECKING:
    from sync.pull import FormProblem


def reason_message(code: str) -> Message:
    """Return the sentences for a reason kept in a row; an unknown code reads as a refusal."""
    table = {**_line(), **_access(), **_refusals(), **_ours(), **staff.texts()}
    title, text, action = table.get(Reason(code) if code in set(Reason) else Reason.REFUSED, table[Reason.REFUSED])
    return Message(title, text, action)


def row_message(code: str, text: str) -> Message:
    """Return the sentences for a reason and the text kept beside it in a row, which may tell more."""
    return _too_big(errors.TooBig.from_text(text)) if code == Reason.TOO_BIG else reason_message(code)


_Texts = dict[Reason, tuple[str, str, str]]

# What a machine on the way said, or this one: a text for whoever helps, not an answer of the region.
_TECHNICAL = frozenset(
    {Reason.OFFLINE, Reason.INTERRUPTED, Reason.INTERCEPTED, Reason.UNTRUSTED_CERTIFICATE, Reason.BAD_SERVER_DATA}
)
# Codes of this program alone: the explanation says it all.
_OURS = frozenset(
    {
        Reason.NONE,
        Reason.CANCELLED,
        Reason.SENDING,
        Reason.WAITS_FOR_EARLIER,
        Reason.OVER_BUDGET,
        Reason.INSECURE_ADDRESS,
        Reason.BAD_INVITATION,
    }
)
_KEPT_HERE = frozenset({Reason.DAMAGED, Reason.BAD_FILE_NAME, Reason.NEEDS_ENCRYPTION})


def said_title(code: str, *, left: bool = True) -> str:
    """Return what stands over the other side's own words, "" where they say nothing; `left`: whether any byte left."""
    if code in _OURS:
        return ""
    if not left or code in _TECHNICAL | _KEPT_HERE:
        return translate("Network", "Détail technique")
    return translate("Network", "Ce que la région a répondu")


def _line() -> _Texts:
    later = translate("Network", "Continuez à travailler. Les envois partiront d’eux-mêmes au retour du réseau.")
    return {
        Reason.OFFLINE: (translate("Network", "Pas de connexion"), later, "retry"),
        Reason.INTERRUPTED: (
            translate("Network", "La connexion s’est coupée pendant l’envoi"),
            translate("Network", "Field Kit renvoie exactement le même fichier : la région n’en gardera qu’un."),
            "retry",
        ),
        Reason.INTERCEPTED: (
            translate("Network", "Le réseau demande de s’identifier"),
            translate(
                "Network",
                "Une page du Wi-Fi répond à la place de la région. Ouvrez votre navigateur, identifiez-vous, puis "
                "réessayez. Rien n’est parti.",
            ),
            "retry",
        ),
        Reason.SERVER_TROUBLE: (
            translate("Network", "La région a un problème technique"),
            translate("Network", "Field Kit réessaie de lui-même. Vos réponses restent sur cet ordinateur."),
            "retry",
        ),
        Reason.SERVER_BUSY: (
            translate("Network", "La région est occupée"),
            translate("Network", "Field Kit réessaie dans un moment. Vos réponses restent sur cet ordinateur."),
            "retry",
        ),
        Reason.CANCELLED: (
            translate("Network", "Envoi arrêté à votre demande"),
            translate("Network", "Reprenez quand vous voulez : ce qui est parti n’est pas perdu."),
            "retry",
        ),
        Reason.SENDING: (
            translate("Network", "Field Kit s’est fermé pendant l’envoi"),
            translate("Network", "Le même fichier repartira au prochain envoi : la région n’en gardera qu’un."),
            "retry",
        ),
        Reason.WAITS_FOR_EARLIER: (
            translate("Network", "Attend l’envoi de la réponse dont elle dépend"),
            translate("Network", "Elle partira juste après, sans rien faire."),
            "",
        ),
        Reason.OVER_BUDGET: (
            translate("Network", "Trop lourde pour ce que vous laissez partir en une fois"),
            translate(
                "Network", "Elle attend. Sur une ligne sans forfait, enlevez la limite dans les réglages d’envoi."
            ),
            "retry",
        ),
        Reason.BAD_SERVER_DATA: (
            translate("Network", "Ce qui a été reçu de la région est abîmé"),
            translate("Network", "Rien n’a été remplacé sur cet ordinateur. Réessayez dans un moment."),
            "retry",
        ),
    }


def _access() -> _Texts:
    paste = translate("Network", "Demandez une nouvelle invitation, puis donnez-la dans les réglages.")
    return {
        Reason.NOT_AUTHORIZED: (translate("Network", "La région ne reconnaît plus votre accès"), paste, "connect"),
        Reason.WRONG_ADDRESS: (
            translate("Network", "La région répond, mais ne connaît pas ce projet"),
            translate("Network", "Vérifiez l’invitation, puis donnez-la à nouveau dans les réglages."),
            "connect",
        ),
        Reason.INSECURE_ADDRESS: (
            translate("Network", "L’adresse n’est pas protégée"),
            translate("Network", "Utilisez un lien qui commence par https://. Rien n’a été envoyé."),
            "connect",
        ),
        Reason.UNTRUSTED_CERTIFICATE: (
            translate("Network", "Le certificat de la région n’est pas valable sur ce réseau"),
            translate(
                "Network",
                "Réglez la date de l’ordinateur, essayez un autre réseau, puis prévenez votre service informatique. "
                "Rien n’a été envoyé.",
            ),
            "retry",
        ),
        Reason.BAD_INVITATION: (
            translate("Network", "Ce texte n’est pas un lien d’invitation"),
            translate("Network", "Copiez le lien entier depuis le courriel de la région ou de votre GAL."),
            "connect",
        ),
    }


def _refusals() -> _Texts:
    lost = translate("Network", "Rien n’est perdu : corrigez puis renvoyez.")
    call = translate("Network", "Contactez la région. La réponse reste sur cet ordinateur.")
    again = translate("Network", "Choisissez « Corriger » pour la renvoyer comme une nouvelle réponse.")
    choose = translate("Network", "Choisissez quelle version garder. La vôtre reste sur cet ordinateur.")
    update = translate("Network", "Mettez les questionnaires à jour, puis renvoyez.")
    return {
        Reason.NO_RIGHT: (translate("Network", "Votre accès ne donne pas droit à ce questionnaire"), call, ""),
        Reason.CLOSED: (translate("Network", "La région a fermé ce questionnaire"), call, ""),
        Reason.CLOSED_MAYBE_RECEIVED: (
            translate("Network", "La région a fermé ce questionnaire"),
            translate("Network", "Votre réponse est peut-être déjà reçue : demandez-le à la région."),
            "",
        ),
        Reason.FORM_UNKNOWN: (translate("Network", "La région ne connaît pas ce questionnaire"), update, "update"),
        Reason.VERSION_UNKNOWN: (
            translate("Network", "La région ne connaît pas cette version du questionnaire"),
            update,
            "update",
        ),
        Reason.DIFFERENT_XML: (
            translate("Network", "La région a déjà une autre réponse sous ce numéro"),
            choose,
            "",
        ),
        Reason.DELETED: (translate("Network", "La région a supprimé cette réponse"), call, ""),
        Reason.ID_REUSED: (translate("Network", "Ce numéro de réponse a déjà servi"), choose, ""),
        Reason.OUT_OF_DATE: (
            translate("Network", "Quelqu’un d’autre a corrigé cette réponse entre-temps"),
            choose,
            "",
        ),
        Reason.BASE_UNKNOWN: (translate("Network", "La région n’a jamais reçu la réponse d’origine"), again, ""),
        Reason.TOO_BIG: (
            translate("Network", "Les fichiers joints sont trop lourds"),
            translate("Network", "Corrigez la réponse : réduisez ou retirez des fichiers, puis renvoyez."),
            "",
        ),
        Reason.BAD_REQUEST: (translate("Network", "La région n’a pas pu lire cette réponse"), lost, ""),
        Reason.SERVER_FAILS_ON_IT: (
            translate("Network", "La région échoue sur cette réponse et pas sur les autres"),
            call,
            "",
        ),
        Reason.REFUSED: (translate("Network", "La région a refusé cette réponse"), lost, ""),
        Reason.NONE: (translate("Network", "En attente"), translate("Network", "Partira au prochain envoi."), ""),
    }


def _ours() -> _Texts:
    return {
        Reason.DAMAGED: (
            translate("Network", "La réponse ou un fichier joint a changé sur le disque"),
            translate("Network", "Elle n’est pas partie. Choisissez « Corriger », vérifiez-la, terminez-la à nouveau."),
            "",
        ),
        Reason.BAD_FILE_NAME: (
            translate("Network", "Le nom d’un fichier joint ne passe pas"),
            translate("Network", "Corrigez la réponse : renommez le fichier sans guillemets, puis renvoyez."),
            "",
        ),
        Reason.FORM_CLASH: (
            translate("Network", "Deux comptes donnent un questionnaire différent sous le même nom"),
            translate("Network", "Celui qui était sur cet ordinateur est gardé. Prévenez les deux régions."),
            "",
        ),
        Reason.NEEDS_ENCRYPTION: (
            translate("Network", "Cette réponse doit être chiffrée et n’a pas pu l’être"),
            translate(
                "Network",
                "Rien n’est parti en clair et votre réponse reste ici. Demandez à la région si la clé de ce "
                "questionnaire est bonne.",
            ),
            "",
        ),
    }


def _by_reason(error: errors.SyncError) -> Message:
    return reason_message(error.reason)


def _invitation(error: errors.BadInvitation) -> Message:
    pictures = {
        "picture too large": (
            translate("Network", "Cette image est trop grande"),
            translate("Network", "La limite est de 25 Mo et de 64 millions de pixels : recadrez-la sur le code QR."),
        ),
        "not a picture": (
            translate("Network", "Ce fichier n’est pas une image lisible"),
            translate("Network", "Choisissez une image PNG, JPEG, GIF, BMP ou WebP du code QR."),
        ),
        "damaged picture": (
            translate("Network", "Cette image est abîmée ou incomplète"),
            translate("Network", "Copiez-la ou téléchargez-la à nouveau."),
        ),
        "no code": (
            translate("Network", "Cette image ne montre aucun code QR lisible"),
            translate("Network", "Recadrez-la sur le code, ou prenez-le en photo de plus près, bien net et de face."),
        ),
        "foreign code": (
            translate("Network", "Le code QR de cette image n’est pas une invitation"),
            translate("Network", "Choisissez celui que la région ou votre GAL vous a donné."),
        ),
        "several codes": (
            translate("Network", "Cette image montre plusieurs invitations"),
            translate("Network", "Recadrez-la sur celle que vous voulez utiliser."),
        ),
    }
    if error.cause not in pictures:
        return _by_reason(error)
    return Message(*pictures[error.cause], "connect")


def _intercepted(error: errors.Intercepted) -> Message:
    message = reason_message(error.reason)
    if not error.host:
        return message
    host = translate("Network", "Le réseau renvoie vers {host}.").format(host=error.host)
    return Message(message.title, f"{host} {message.text}", message.action)


def _too_big(error: errors.TooBig) -> Message:
    message = reason_message(error.reason)
    if not error.limit:
        return message
    size, limit = typography.byte_size(error.size), typography.byte_size(error.limit)
    if not error.name:
        words = translate("Network", "Les réponses font {size}, la région accepte {limit} par envoi.")
        way = translate("Network", "Demandez-lui de relever sa limite.")
        title = translate("Network", "Cette réponse est trop longue")
        return Message(title, f"{words.format(size=size, limit=limit)} {way}")
    words = translate("Network", "« {name} » fait {size}, la région accepte {limit} par envoi.")
    return Message(message.title, f"{words.format(name=error.name, size=size, limit=limit)} {message.text}")


def form_problem(problem: FormProblem) -> Message:
    """Return what was wrong with a form that came, or did not come, from the region."""
    if problem.form_id == CATALOGUE:
        return catalogue_problem(problem)
    if problem.error is None:
        text = translate("Network", "Prévenez-la : {names}. Le reste du questionnaire fonctionne.")
        return Message(
            translate("Network", "La région n’a pas fourni tous les fichiers de ce questionnaire"),
            text.format(names=", ".join(problem.missing_media)),
        )
    found = sentence(problem.error)
    kept = translate("Network", "Ce qui était sur cet ordinateur reste utilisable.")
    return Message(found.title, kept if isinstance(problem.error, errors.SyncError) else f"{found.text} {kept}")


def _clash(error: errors.FormClash) -> Message:
    title = translate("Network", "Le questionnaire « {form} » n’est pas le même dans deux comptes")
    if error.what:
        text = translate(
            "Network",
            "Sous la version {version}, son fichier {name} diffère de celui de « {other} ».",
        )
    else:
        text = translate("Network", "Sous la version {version}, ses questions diffèrent de celles de « {other} ».")
    rest = translate(
        "Network",
        "Celui de cet ordinateur est gardé. Demandez à l’une des deux régions de publier le sien sous une autre "
        "version.",
    )
    version = plain_version(error.version) or "–"
    told = text.format(version=version, name=error.what, other=error.other)
    return Message(title.format(form=error.form_id), f"{told} {rest}")


ENTRIES: dict[type[BaseException], Entry] = {
    errors.SyncError: _by_reason,
    errors.LineError: _by_reason,
    errors.Offline: _by_reason,
    errors.Interrupted: _by_reason,
    errors.Intercepted: _intercepted,
    errors.ServerTrouble: _by_reason,
    errors.Cancelled: _by_reason,
    errors.AccessError: _by_reason,
    errors.NotAuthorized: _by_reason,
    errors.WrongAddress: _by_reason,
    errors.InsecureAddress: _by_reason,
    errors.UntrustedCertificate: _by_reason,
    errors.BadInvitation: _invitation,
    errors.Refused: _by_reason,  # its own words are folded under it
    errors.NoRight: _by_reason,
    errors.TooBig: _too_big,
    errors.BadServerData: _by_reason,
    errors.FormClash: _clash,
    **staff.ENTRIES,
}
