# SPDX-License-Identifier: EUPL-1.2
"""What to say when the engine refuses a form, a filled form or an answer (`forms.errors`)."""

from __future__ import annotations

from fieldkit import typography
from forms import errors
from forms.views import EntityChange, EntityProblem
from ui.i18n import plural, translate
from ui.messages import Entry, Message


def _ask() -> str:
    return translate(
        "Messages", "Demandez une version corrigée à la région. Vos autres questionnaires et vos réponses restent là."
    )


def _form(error: errors.FormError) -> str:
    return typography.quoted(error.form) if error.form else translate("Messages", "Ce questionnaire")


def _unusable(error: errors.FormFileError) -> Message:
    title = translate("Messages", "Ce fichier de questionnaire n’est pas utilisable")
    return Message(title, _ask(), "update")


def _not_xml(error: errors.NotXmlError) -> Message:
    if error.line:
        title = translate("Messages", "Ce fichier est abîmé à la ligne {line}, colonne {column}")
        title = title.format(line=error.line, column=error.column)
    else:
        title = translate("Messages", "Ce fichier n’est pas un questionnaire")
    text = translate("Messages", "Choisissez un fichier XForm (.xml) ou recevez-le à nouveau. Rien n’a été modifié.")
    return Message(title, text, "update")


def _hostile(error: errors.HostileXmlError) -> Message:
    return Message(
        translate("Messages", "Ce fichier contient des constructions dangereuses et a été écarté"),
        translate("Messages", "Ne l’ouvrez pas ailleurs. Demandez à la région d’où il vient. Rien n’a été modifié."),
    )


def _structure(error: errors.StructureError) -> Message:
    title = translate("Messages", "{form} est mal construit").format(form=_form(error))
    if error.ref:
        title = translate("Messages", "{form} est mal construit à l’endroit {ref}").format(
            form=_form(error), ref=error.ref
        )
    return Message(title, _ask(), "update")


def _expression(error: errors.ExpressionError) -> Message:
    title = translate("Messages", "{form} contient une formule illisible : {formula}")
    return Message(title.format(form=_form(error), formula=error.expression or error.ref), _ask(), "update")


def _function(error: errors.UnknownFunctionError) -> Message:
    title = translate("Messages", "{form} utilise une fonction que Field Kit ne connaît pas : {name}()")
    text = translate(
        "Messages", "Installez la dernière version de Field Kit, ou demandez à la région une version sans elle."
    )
    return Message(title.format(form=_form(error), name=error.function), text, "update")


def _cycle(error: errors.CycleError) -> Message:
    title = translate("Messages", "Des formules de {form} tournent en rond : {path}")
    return Message(title.format(form=_form(error), path=" → ".join(error.path)), _ask(), "update")


def _attachment(error: errors.AttachmentError) -> Message:
    title = translate("Messages", "Il manque le fichier « {name} » à {form}")
    text = translate("Messages", "Mettez les questionnaires à jour quand vous avez du réseau, puis rouvrez celui-ci.")
    return Message(title.format(name=error.name, form=_form(error)), text, "update")


def _newer_entities(error: errors.NewerEntitiesError) -> Message:
    title = translate("Messages", "{form} demande une version plus récente de Field Kit").format(form=_form(error))
    text = translate(
        "Messages", "Installez la dernière version de Field Kit. Vos autres questionnaires et vos réponses restent là."
    )
    return Message(title, text, "update")


def _cache(error: errors.CacheError) -> Message:
    title = translate("Messages", "{form} n’a pas pu être préparé").format(form=_form(error))
    text = translate("Messages", "Fermez-le, puis rouvrez-le : Field Kit le relit en entier. Vos réponses restent là.")
    return Message(title, text, "retry")


def _instance(error: errors.InstanceError) -> Message:
    return Message(
        translate("Messages", "Cette réponse ne correspond pas à son questionnaire"),
        translate(
            "Messages",
            "Elle a peut-être été remplie avec une autre version. Ses données restent intactes sur cet ordinateur : "
            "mettez les questionnaires à jour, puis rouvrez-la.",
        ),
        "update",
    )


def _answer(error: errors.AnswerError) -> Message:
    return Message(
        translate("Messages", "Cette valeur ne convient pas à la question"),
        translate("Messages", "Corrigez la saisie. La réponse précédente est conservée."),
    )


def _not_valid(error: errors.NotValidError) -> Message:
    count = len(error.violations)
    title = plural(
        count,
        translate("Messages", "Il reste {n} réponse à corriger"),
        translate("Messages", "Il reste {n} réponses à corriger"),
    )
    text = translate("Messages", "Ouvrez « Vérifier et terminer » : chaque ligne mène à sa question.")
    return Message(title.format(n=count), text)


def entity_problem(change: EntityChange) -> Message:
    """Return why the region takes a record but not what it does to one of its lists."""
    causes = {
        EntityProblem.BAD_ID: translate("Messages", "son numéro dans cette liste n’en est pas un"),
        EntityProblem.NO_LABEL: translate("Messages", "il lui manque le nom à y écrire"),
    }
    title = translate("Messages", "La région ne la reprendra pas dans sa liste « {name} »").format(name=change.dataset)
    text = translate("Messages", "La réponse part quand même, mais {cause}. Prévenez qui a fait le questionnaire.")
    return Message(title, text.format(cause=causes[change.problem]))


ENTRIES: dict[type[BaseException], Entry] = {
    errors.FormError: _unusable,
    errors.FormFileError: _unusable,
    errors.NotXmlError: _not_xml,
    errors.HostileXmlError: _hostile,
    errors.StructureError: _structure,
    errors.ExpressionError: _expression,
    errors.UnknownFunctionError: _function,
    errors.CycleError: _cycle,
    errors.AttachmentError: _attachment,
    errors.NewerEntitiesError: _newer_entities,
    errors.CacheError: _cache,
    errors.InstanceError: _instance,
    errors.AnswerError: _answer,
    errors.NotValidError: _not_valid,
}
