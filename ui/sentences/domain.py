# SPDX-License-Identifier: EUPL-1.2
"""What to say when the workspace, the store or the domain refuses (`fieldkit.errors`, the disk itself)."""

from __future__ import annotations

from datetime import datetime

from fieldkit import diagnostic, errors
from fieldkit.instance import TransitionError
from ui import dates
from ui.i18n import translate
from ui.messages import Entry, Message, bug


def _safe() -> str:
    return translate("Messages", "Ce qui était enregistré reste intact.")


def _workspace(error: errors.WorkspaceError) -> Message:
    title = translate("Messages", "Le dossier de travail n’est pas utilisable")
    text = translate("Messages", "Vérifiez le dossier {folder}, puis relancez Field Kit.")
    return Message(title, text.format(folder=error.folder), "retry")


def _missing(error: errors.WorkspaceMissing) -> Message:
    title = translate("Messages", "Il n’y a pas encore de données Field Kit dans ce dossier")
    text = translate("Messages", "Lancez Field Kit une première fois, ou choisissez un autre dossier que {folder}.")
    return Message(title, text.format(folder=error.folder))


def _busy(error: errors.WorkspaceBusy) -> Message:
    title = translate("Messages", "Field Kit est déjà ouvert sur ces données")
    text = translate(
        "Messages", "Revenez à la fenêtre ouverte, ou fermez-la avant d’en ouvrir une autre. {safe}"
    ).format(safe=_safe())
    if error.since:
        since = dates.moment(datetime.fromisoformat(error.since))
        text += " " + translate("Messages", "Ouvert depuis {since} sur « {host} ».").format(
            since=since, host=error.host
        )
    return Message(title, text, "retry")


def _not_writable(error: errors.FolderNotWritable) -> Message:
    title = translate("Messages", "Field Kit ne peut rien écrire dans son dossier")
    text = translate(
        "Messages",
        "Le dossier {folder} est en lecture seule, ou vous n’y avez pas accès. Donnez-vous le droit d’écrire, ou "
        "indiquez un autre dossier avec FIELDKIT_HOME, puis réessayez. {safe}",
    )
    return Message(title, text.format(folder=error.folder, safe=_safe()), "retry")


def _store(error: errors.StoreError) -> Message:
    title = translate("Messages", "La base de données n’est pas utilisable")
    text = translate("Messages", "Redémarrez l’ordinateur, puis relancez Field Kit. Fichier : {path}.")
    return Message(title, text.format(path=error.path), "retry")


def _too_new(error: errors.StoreTooNew) -> Message:
    title = translate("Messages", "Ces données viennent d’une version plus récente de Field Kit")
    text = translate(
        "Messages",
        "Elles sont au format {found} et cette version lit jusqu’au format {supported}. Installez la dernière version "
        "de Field Kit. Le fichier n’a pas été modifié.",
    )
    return Message(title, text.format(found=error.found, supported=error.supported))


def _damaged(error: errors.StoreDamaged) -> Message:
    title = translate("Messages", "La base de données est abîmée")
    if error.copies:
        text = translate(
            "Messages",
            "Une copie récente existe : reprenez-la pour continuer. Le fichier abîmé est gardé à côté, rien n’est "
            "effacé.",
        )
        return Message(title, text, "restore")
    text = translate(
        "Messages",
        "Il n’existe pas encore de copie. Mettez le fichier {path} de côté et transmettez-le à votre référent : ses "
        "réponses peuvent souvent être relues.",
    )
    return Message(title, text.format(path=error.path))


def _full(error: errors.StoreFull) -> Message:
    return Message(
        translate("Messages", "Le disque est plein"),
        translate(
            "Messages",
            "La dernière réponse n’est pas encore enregistrée. Libérez de la place sans fermer Field Kit : il réessaie "
            "de lui-même. Les réponses précédentes sont enregistrées.",
        ),
        "retry",
    )


def _locked(error: errors.StoreLocked) -> Message:
    return Message(
        translate("Messages", "Un autre programme retient la base de données"),
        translate("Messages", "Attendez la fin d’une sauvegarde ou d’un antivirus, puis réessayez. {safe}").format(
            safe=_safe()
        ),
        "retry",
    )


def _read_only(error: errors.StoreReadOnly) -> Message:
    return Message(
        translate("Messages", "La base de données est en lecture seule"),
        translate("Messages", "Rendez le disque inscriptible, puis réessayez. {safe}").format(safe=_safe()),
        "retry",
    )


def _unreadable(error: errors.StoreUnreadable) -> Message:
    return Message(
        translate("Messages", "Le disque ne répond pas comme il faut"),
        translate(
            "Messages",
            "Branchez à nouveau le disque s’il est externe, puis réessayez. Faites une sauvegarde dès que possible.",
        ),
        "retry",
    )


def _record(error: errors.RecordError) -> Message:
    return Message(
        translate("Messages", "Cet élément n’est pas disponible"),
        translate("Messages", "Actualisez la liste avec F5. {safe}").format(safe=_safe()),
    )


def _not_found(error: errors.NotFoundError) -> Message:
    if error.kind == "blank form":
        title = translate("Messages", "Le questionnaire « {key} » n’est pas sur cet ordinateur")
        text = translate("Messages", "Recevez les questionnaires quand vous avez du réseau, puis réessayez.")
        return Message(title.format(key=error.key), text, "update")
    return Message(
        translate("Messages", "Cet élément n’existe plus"),
        translate("Messages", "Il a peut-être été supprimé. Regardez dans la corbeille des réglages."),
    )


def _already(error: errors.AlreadyThereError) -> Message:
    return Message(
        translate("Messages", "Cet élément existe déjà"),
        translate("Messages", "Ouvrez celui qui existe : rien n’a été remplacé."),
    )


def _wrong_state(error: errors.WrongStateError) -> Message:
    return Message(
        translate("Messages", "Cette réponse ne peut plus être modifiée ainsi"),
        translate("Messages", "Elle est terminée ou déjà envoyée. Choisissez « Corriger » pour en faire une nouvelle."),
    )


def _attachment(error: errors.AttachmentDamaged) -> Message:
    name = error.key.rpartition("/")[2]
    title = translate("Messages", "Le fichier joint « {name} » a disparu ou a changé").format(name=name)
    text = translate("Messages", "Remettez le fichier d’origine à sa place, ou joignez-le à nouveau. {safe}")
    return Message(title, text.format(safe=_safe()))


def _unsealed(error: errors.EncryptionError) -> Message:
    return Message(
        translate("Messages", "Cette réponse n’a pas pu être chiffrée"),
        translate("Messages", "Elle reste un brouillon, avec tout ce qu’elle contient. Rien n’est parti en clair."),
    )


def _unusable_key(error: errors.UnusableKey) -> Message:
    title = translate("Messages", "La clé de chiffrement du questionnaire « {form} » est inutilisable")
    text = translate(
        "Messages",
        "Votre réponse reste un brouillon, avec tout ce qu’elle contient. Demandez à la région une nouvelle version du "
        "questionnaire.",
    )
    return Message(title.format(form=error.form_id), text)


def _reserved_name(error: errors.ReservedName) -> Message:
    title = translate("Messages", "Un fichier joint ne peut pas s’appeler « {name} »").format(name=error.name)
    return Message(title, translate("Messages", "Joignez-le sous un autre nom, puis terminez la réponse."))


def _dossier(error: errors.DossierError) -> Message:
    title = translate("Messages", "Le dossier « {name} » n’est pas utilisable").format(name=error.path.name)
    return Message(title, translate("Messages", "Rien n’en a été repris. {safe}").format(safe=_safe()))


def _no_dossier(error: errors.NotADossier) -> Message:
    title = translate("Messages", "« {name} » n’est pas un dossier de Field Kit").format(name=error.path.name)
    return Message(title, translate("Messages", "Choisissez un fichier qui se termine par .fieldkit."))


def _dossier_damaged(error: errors.DossierDamaged) -> Message:
    title = translate("Messages", "Le dossier « {name} » est abîmé ou a été modifié").format(name=error.path.name)
    text = translate("Messages", "Rien n’en a été repris. Copiez-le à nouveau depuis l’autre ordinateur.")
    return Message(title, text)


def _dossier_unsafe(error: errors.DossierUnsafe) -> Message:
    title = translate("Messages", "Le dossier « {name} » est construit de façon suspecte").format(name=error.path.name)
    text = translate(
        "Messages", "Il n’a pas été ouvert. Demandez à la personne qui vous l’a remis d’en faire un autre."
    )
    return Message(title, text)


def _dossier_too_new(error: errors.DossierTooNew) -> Message:
    title = translate("Messages", "Le dossier « {name} » vient d’une version plus récente de Field Kit")
    text = translate(
        "Messages",
        "Il est au format {found} et cette version lit jusqu’au format {supported}. Installez la dernière version de "
        "Field Kit. Rien n’en a été repris.",
    )
    return Message(title.format(name=error.path.name), text.format(found=error.found, supported=error.supported))


def _passphrase_needed(error: errors.PassphraseNeeded) -> Message:
    title = translate("Messages", "Le dossier « {name} » est chiffré").format(name=error.path.name)
    return Message(title, translate("Messages", "Donnez la phrase secrète qui a servi à le faire."))


def _wrong_passphrase(error: errors.WrongPassphrase) -> Message:
    title = translate("Messages", "Cette phrase secrète n’ouvre pas « {name} »").format(name=error.path.name)
    text = translate("Messages", "Vérifiez-la auprès de la personne qui a fait le dossier, puis réessayez.")
    return Message(title, text)


def _no_room(error: errors.NoRoomForDossier) -> Message:
    title = translate("Messages", "Il n’y a pas assez de place pour importer « {name} »").format(name=error.path.name)
    text = translate("Messages", "Libérez de la place sur ce disque, puis recommencez. Rien n’en a été repris. {safe}")
    return Message(title, text.format(safe=_safe()))


def _dossier_in_clear(error: errors.DossierMustBeEncrypted) -> Message:
    title = translate("Messages", "Les réponses à « {form} » ne voyagent que chiffrées").format(form=error.form_id)
    text = translate("Messages", "Recommencez en donnant une phrase secrète. Rien n’a été écrit.")
    return Message(title, text)


def _dossier_too_big(_error: errors.DossierTooBig) -> Message:
    title = translate("Messages", "C’est trop pour un seul dossier")
    text = translate("Messages", "Faites-en plusieurs, chacun avec une partie des réponses. Rien n’a été écrit.")
    return Message(title, text)


def _dossier_unwritten(error: errors.DossierNotWritten) -> Message:
    title = translate("Messages", "Le dossier n’a pas pu être écrit")
    text = translate("Messages", "Libérez de la place sur {folder}, ou choisissez un autre endroit. {safe}")
    return Message(title, text.format(folder=error.path.parent, safe=_safe()))


def _setting(error: errors.SettingError) -> Message:
    return Message(
        translate("Messages", "Ce réglage n’accepte pas cette valeur"),
        translate("Messages", "Choisissez une des valeurs proposées. Le réglage précédent est conservé."),
    )


def _not_sent(_error: errors.ProofError) -> Message:
    return Message(
        translate("Messages", "Il n’y a pas encore de preuve de dépôt"),
        translate("Messages", "La preuve existe dès que la région a reçu la réponse : envoyez-la d’abord."),
    )


def _not_a_proof(_error: errors.NotAProof) -> Message:
    return Message(
        translate("Messages", "Ce fichier n’est pas une preuve de dépôt lisible"),
        translate("Messages", "Choisissez le fichier JSON que Field Kit a enregistré, ou enregistrez-le de nouveau."),
    )


def _no_keyring(error: errors.NoKeyringError) -> Message:
    return Message(
        translate("Messages", "Cet ordinateur n’a pas de trousseau de clés"),
        translate(
            "Messages",
            "Field Kit ne garde jamais votre accès dans un fichier : donnez l’invitation à chaque session.",
        ),
        "connect",
    )


def _territory(error: errors.TerritoryError) -> Message:
    title = translate("Messages", "Le code « {code} » n’est celui d’aucun territoire connu")
    text = translate("Messages", "Choisissez le territoire dans la liste des réglages.")
    return Message(title.format(code=error.code), text)


def _guide(error: errors.GuideError) -> Message:
    title = translate("Messages", "Le guide « {name} » n’est pas lisible").format(name=error.name)
    return Message(title, translate("Messages", "Réinstallez Field Kit. Les autres guides restent utilisables."))


def _export(error: errors.ExportError) -> Message:
    title = translate("Messages", "Le fichier n’a pas pu être écrit")
    text = translate("Messages", "Choisissez un autre dossier que {folder}, ou fermez le fichier s’il est ouvert.")
    return Message(title, text.format(folder=error.path.parent), "retry")


def _not_a_diagnostic(error: diagnostic.NotADiagnosticError) -> Message:
    return Message(
        translate("Messages", "Cette réponse n’est pas un diagnostic"),
        translate("Messages", "Choisissez un diagnostic territorial dans la liste."),
    )


def _disk(error: OSError) -> Message:
    title = translate("Messages", "Un fichier n’a pas pu être lu ou écrit")
    text = translate("Messages", "Vérifiez que le disque est branché et inscriptible, puis réessayez. {detail}")
    detail = str(error.filename) if error.filename else ""
    return Message(title, text.format(detail=detail).strip(), "retry")


ENTRIES: dict[type[BaseException], Entry] = {
    errors.FieldkitError: _record,
    errors.WorkspaceError: _workspace,
    errors.WorkspaceMissing: _missing,
    errors.WorkspaceBusy: _busy,
    errors.FolderNotWritable: _not_writable,
    errors.StoreError: _store,
    errors.StoreTooNew: _too_new,
    errors.StoreDamaged: _damaged,
    errors.StoreFull: _full,
    errors.StoreLocked: _locked,
    errors.StoreReadOnly: _read_only,
    errors.StoreUnreadable: _unreadable,
    errors.RecordError: _record,
    errors.NotFoundError: _not_found,
    errors.AlreadyThereError: _already,
    errors.WrongStateError: _wrong_state,
    errors.AttachmentDamaged: _attachment,
    errors.EncryptionError: _unsealed,
    errors.UnusableKey: _unusable_key,
    errors.ReservedName: _reserved_name,
    errors.DossierError: _dossier,
    errors.NotADossier: _no_dossier,
    errors.DossierDamaged: _dossier_damaged,
    errors.DossierUnsafe: _dossier_unsafe,
    errors.DossierTooNew: _dossier_too_new,
    errors.PassphraseNeeded: _passphrase_needed,
    errors.WrongPassphrase: _wrong_passphrase,
    errors.NoRoomForDossier: _no_room,
    errors.DossierMustBeEncrypted: _dossier_in_clear,
    errors.DossierTooBig: _dossier_too_big,
    errors.DossierNotWritten: _dossier_unwritten,
    errors.SettingError: _setting,
    errors.ProofError: _not_sent,
    errors.NotSent: _not_sent,
    errors.NotAProof: _not_a_proof,
    errors.NoKeyringError: _no_keyring,
    errors.TerritoryError: _territory,
    errors.GuideError: _guide,
    errors.ExportError: _export,
    diagnostic.NotADiagnosticError: _not_a_diagnostic,
    OSError: _disk,
    TransitionError: lambda _error: bug(),
}
