# SPDX-License-Identifier: EUPL-1.2
"""The state of sending in words. Offline is normal and grey; red is kept for what the user must do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from fieldkit import credentials, typography
from ui import dates
from ui.i18n import plural, translate
from ui.known_forms import DOSSIERS

if TYPE_CHECKING:
    from sync.packs import PackReport
    from sync.progress import SyncProgress
    from sync.service import SyncStatus
    from ui.connection import AccountState, Connection
    from ui.kit import Kit
    from ui.said import Said


Actions: TypeAlias = tuple[tuple[str, str, Callable[[], None]], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """An icon in a role and two short lines."""

    icon: str
    role: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """The same at length: `waiting` and `size` are "" when nothing waits; `actions` are (word, icon, callable)."""

    kind: str
    icon: str
    role: str
    title: str
    text: str
    waiting: str
    size: str
    actions: Actions = ()
    said: Said | None = None  # the other side's own words
    percent: float | None = None  # of what is under way
    short: str = ""  # the title where it is too long for the pill


def waiting_text(count: int) -> str:
    """Return « 3 envois en attente »."""
    return plural(
        count,
        translate("Connection", "{n} envoi en attente"),
        translate("Connection", "{n} envois en attente"),
    ).format(n=count)


def to_correct_text(count: int) -> str:
    """Return « 1 réponse à corriger »."""
    return plural(
        count, translate("Connection", "{n} réponse à corriger"), translate("Connection", "{n} réponses à corriger")
    ).format(n=count)


def summary(connection: Connection) -> Summary:
    """Return what the pill shows: of several accounts the one that needs something."""
    told, name = _tell(connection)
    title = told.short or told.title
    second = name or told.waiting
    if not second:
        last = connection.last_success_at()
        second = dates.ago(last) if last is not None else translate("Connection", "Rien n’attend")
    if connection.running:
        second = _bytes(connection.progress) or second  # the time left has no room there
    return Summary(told.icon, told.role, title, second)


def story(connection: Connection) -> Story:
    """Return the state at length; of several accounts, by name, the one that needs something, and then the others."""
    told, name = _tell(connection)
    return replace(told, title=_named(name, told.title)) if name else told


def _tell(connection: Connection) -> tuple[Story, str]:
    """Return the state, and the name of the account that it is of ("" if it is that of all)."""
    for found in (_without_account, _running, _broken):
        told = found(connection)
        if told is not None:
            return told, ""
    accounts = connection.accounts
    needs = [(one.display_name, told) for one in accounts if (told := _need(connection, one.account_id)) is not None]
    if not needs:
        return _fine(connection), ""
    needs.sort(key=lambda need: need[1].kind != "err")
    name, told = needs[0]
    titles = {each.title for _name, each in needs}
    offline = all(each.icon == "cloud-off" for _name, each in needs)
    if len(accounts) == len(needs) and (len(titles) == 1 or offline):
        return told, ""  # no network: that is of no account
    others = [_named(other, each.title) + "." for other, each in needs[1:]]
    return replace(told, text=" ".join([told.text, *others])), name


def _named(name: str, title: str) -> str:
    return translate("Connection", "{name} : {title}").format(name=name, title=title)


def _amounts(connection: Connection) -> tuple[str, str]:
    count = connection.waiting()
    return (waiting_text(count), typography.byte_size(connection.waiting_bytes())) if count else ("", "")


def _without_account(connection: Connection) -> Story | None:
    if connection.accounts:
        return None
    return Story(
        "neutral",
        "hard-drive",
        "text2",
        translate("Connection", "Sans compte"),
        translate("Connection", "Tout reste sur cet ordinateur. Reliez un compte le jour où vous voulez envoyer."),
        *_amounts(connection),
        ((translate("Connection", "Relier un compte"), "link", connection.open_account),),
    )


def _running(connection: Connection) -> Story | None:
    if not connection.running:
        return None
    progress = connection.progress
    goes_on = translate("Connection", "Vous pouvez continuer à travailler.")
    if connection.stopping:
        title = translate("Connection", "Arrêt en cours")
        text = translate("Connection", "Ce qui est parti n’est pas perdu : le reste partira au prochain envoi.")
        return Story("info", "refresh-cw", "info", title, text, *_amounts(connection))
    stop = ((translate("Connection", "Arrêter"), "x", connection.cancel),)
    if progress is None or not progress.total:
        title = translate("Connection", "Échange en cours")
        return Story("info", "refresh-cw", "info", title, goes_on, *_amounts(connection), stop)
    sends = progress.phase == "push"  # sync.progress.Phase, which the first paint does not wait for
    title = (
        translate("Connection", "Envoi {n} sur {total}")
        if sends
        else translate("Connection", "Réception {n} sur {total}")
    ).format(n=min(progress.done + 1, progress.total), total=progress.total)
    pace = _pace(progress) if sends else progress.name
    pace = " · ".join(part for part in (connection.current, pace) if part)
    text = f"{pace}. {goes_on}" if pace else goes_on
    share = progress.all_sent / progress.all_bytes if progress.all_bytes else progress.done / progress.total
    return Story("info", "refresh-cw", "info", title, text, *_amounts(connection), stop, percent=100 * share)


def _pace(progress: SyncProgress | None) -> str:
    """Return « 2,4 Mo sur 8,3 Mo · encore 2 min environ », "" while nothing is known of it."""
    text = _bytes(progress)
    left = progress.seconds_left if progress is not None else None
    if left is None:
        return text
    if left < 60:
        return text + translate("Connection", " · encore moins d’une minute")
    return text + translate("Connection", " · encore {n} min environ").format(n=round(left / 60))


def _bytes(progress: SyncProgress | None) -> str:
    if progress is None or not progress.all_bytes:
        return ""
    return translate("Connection", "{sent} sur {total}").format(
        sent=typography.byte_size(progress.all_sent), total=typography.byte_size(progress.all_bytes)
    )


def _broken(connection: Connection) -> Story | None:
    """Tell what is of no account: a full disk."""
    if connection.trouble is None:
        return None
    from ui.messages import sentence

    message = sentence(connection.trouble)
    stuck = translate("Connection", "Envoi impossible")
    amounts, retry = _amounts(connection), _retry(connection)
    return Story("err", "circle-alert", "err", message.title, message.text, *amounts, retry, short=stuck)


def _retry(connection: Connection) -> Actions:
    return ((translate("Connection", "Réessayer"), "refresh-cw", connection.send),)


def _need(connection: Connection, account_id: str) -> Story | None:
    """Return what an account needs, or what keeps it; None if it is fine."""
    state = connection.state_of(account_id)
    if state.needs_token:
        return _needs_token(connection, state)
    return _troubled(connection, state) if state.status is not None and state.status.trouble is not None else None


def _needs_token(connection: Connection, state: AccountState) -> Story:
    status, said = state.status, None
    short = translate("Connection", "Accès à redonner")
    if status is not None and status.trouble is not None:
        from ui.messages import sentence
        from ui.said import said_by

        message = sentence(status.trouble)
        title, text, said = message.title, message.text, said_by(status.trouble)
    else:
        title = short
        text = translate(
            "Connection",
            "Le trousseau de cet ordinateur n’a pas rendu votre accès : il est absent, verrouillé ou ne l’a plus. "
            "Donnez le lien d’invitation, ou l’image de son code QR, pour envoyer.",
        )
    again = ((translate("Connection", "Redonner l’accès"), "link", connection.open_account),)
    return Story("err", "key-round", "err", title, text, *_amounts(connection), again, said, short=short)


def _troubled(connection: Connection, state: AccountState) -> Story | None:
    retry = _retry(connection)
    stuck = translate("Connection", "Envoi impossible")
    status = state.status
    if status is None or status.trouble is None:
        return None
    from sync.errors import Cancelled, Intercepted, LineError, ServerTrouble
    from ui.messages import sentence
    from ui.said import said_by

    said = said_by(status.trouble)
    message = sentence(status.trouble)
    if isinstance(status.trouble, Intercepted | ServerTrouble | Cancelled) or status.offline_since is None:
        kind, icon = ("neutral", "cloud-off") if isinstance(status.trouble, LineError) else ("err", "circle-alert")
        role = "text2" if kind == "neutral" else "err"
        short = {
            Intercepted: translate("Connection", "Wi-Fi à débloquer"),
            ServerTrouble: translate("Connection", "Région indisponible"),
            Cancelled: translate("Connection", "Envoi arrêté"),
        }.get(type(status.trouble), stuck)
        return Story(kind, icon, role, message.title, message.text, *_amounts(connection), retry, said, short=short)
    since = dates.short_moment(status.offline_since)
    title = translate("Connection", "Hors ligne depuis {since}").format(since=since)
    text = translate("Connection", "Vous pouvez continuer à travailler : tout est enregistré sur cet ordinateur.")
    short = translate("Connection", "Hors ligne")
    return Story("neutral", "cloud-off", "text2", title, text, *_amounts(connection), retry, short=short)


def _stranded(connection: Connection) -> Story | None:
    """Tell what waits for accounts that are not here, or for the choice of one."""
    found = connection.stranded()
    if not found:
        return None
    count = sum(found.values())
    owner = next(iter(found))
    if owner:
        one = translate("Connection", "{n} réponse attend un compte qui n’est pas relié ici")
        many = translate("Connection", "{n} réponses attendent un compte qui n’est pas relié ici")
        text = translate(
            "Connection", "Elle est pour « {name} ». Reliez ce compte à nouveau : elle partira d’elle-même."
        )
        if count > 1:
            text = translate(
                "Connection", "Elles sont pour « {name} ». Reliez ce compte à nouveau : elles partiront d’elles-mêmes."
            )
        text = text.format(name=", ".join(map(connection.name_of, filter(None, found))))
    else:
        one = translate("Connection", "{n} réponse attend le choix d’un compte")
        many = translate("Connection", "{n} réponses attendent le choix d’un compte")
        text = translate("Connection", "Choisissez dans les réglages le compte par défaut.")
    go = ((translate("Connection", "Voir les comptes"), "link", connection.open_account),)
    title = plural(count, one, many).format(n=count)
    return Story("draft", "triangle-alert", "draft", title, text, *_amounts(connection), go)


def _fine(connection: Connection) -> Story:
    send = ((translate("Connection", "Envoyer maintenant"), "send", connection.send),)
    amounts = _amounts(connection)
    last = connection.last_success_at()
    when = (
        translate("Connection", "Dernier échange {when}.").format(when=dates.saved_at(last))
        if last is not None
        else translate("Connection", "Aucun échange pour l’instant.")
    )
    if any(credentials.is_for_session(one.account_id) for one in connection.accounts):
        asked = translate("Connection", "Sans trousseau de clés, l’accès sera redemandé au prochain démarrage.")
        when = f"{when} {asked}"
    told = _stranded(connection)
    if told is not None and connection.waiting() == sum(connection.stranded().values()):
        return told
    if amounts[0]:
        title = translate("Connection", "Prêt à envoyer")
        return Story("info", "cloud", "info", title, when, *amounts, send)
    missing = connection.unconfirmed()
    if missing:
        return _unconfirmed(connection, len(missing))
    check = ((translate("Connection", "Vérifier maintenant"), "refresh-cw", connection.send),)
    wrong = connection.to_correct()
    if wrong:
        return Story("err", "circle-alert", "err", to_correct_text(wrong), when, "", "", check)
    title = translate("Connection", "Tout est envoyé") if last else translate("Connection", "Compte relié")
    return Story("ok", "cloud-check", "ok", title, when, "", "", check)


def _unconfirmed(connection: Connection, count: int) -> Story:
    title = plural(
        count,
        translate("Connection", "{n} envoi non confirmé"),
        translate("Connection", "{n} envois non confirmés"),
    )
    text = translate(
        "Connection",
        "La région a répondu à l’envoi, mais ne l’a pas repris dans sa liste depuis plus de {days} jours. Rien n’est"
        " perdu : montrez-lui la preuve de dépôt.",
    )
    days = connection.confirm_days
    check = ((translate("Connection", "Vérifier maintenant"), "refresh-cw", connection.send),)
    return Story("draft", "triangle-alert", "draft", title.format(n=count), text.format(days=days), "", "", check)


def returned_toast(kit: Kit, status: SyncStatus) -> tuple[str, tuple[str, Callable[[], None]]] | None:
    """Return « 1 réponse à corriger » and what leads there, None if the sync brought nothing of the kind.

    Packs that wait for an answer are told by `synced_text`; here they only lead to the toolkit.
    """
    pushed, pulled = status.pushed, status.pulled
    if pulled is None or (pushed is not None and pushed.stopped is not None):
        return None  # if the sending stopped, what was pulled is of another time
    see = translate("Connection", "Voir")
    found = pulled.dossiers.returned if pulled.dossiers is not None else []
    if not found:
        waits = pulled.packs is not None and pulled.packs.waiting
        return ("", (see, lambda: kit.screen_asked.emit("toolkit", ""))) if waits else None
    screen, target = ("records", found[0]) if len(found) == 1 else ("outbox", "")
    return to_correct_text(len(found)), (see, lambda: kit.screen_asked.emit(screen, target))


def synced_text(status: SyncStatus) -> str:
    """Return what a sync brought in one line, "" if nothing worth a word."""
    parts = []
    if status.pushed is not None and status.pushed.delivered:
        count = len(status.pushed.delivered)
        one, many = translate("Connection", "{n} réponse envoyée"), translate("Connection", "{n} réponses envoyées")
        parts.append(plural(count, one, many).format(n=count))
    if status.pulled is not None:
        count = len([one for one in (*status.pulled.new, *status.pulled.updated) if one != DOSSIERS])
        one = translate("Connection", "{n} questionnaire reçu")
        many = translate("Connection", "{n} questionnaires reçus")
        if count:
            parts.append(plural(count, one, many).format(n=count))
        if status.pulled.packs is not None:
            parts += _packs_text(status.pulled.packs)
    return ", ".join(parts)


def _packs_text(packs: PackReport) -> Iterator[str]:
    """Return what came of packs: those that wait are asked about in the toolkit, those refused are told there."""
    new, many_new = translate("Connection", "{n} paquet reçu"), translate("Connection", "{n} paquets reçus")
    wait, many_wait = (
        translate("Connection", "{n} paquet à accepter dans la boîte à outils"),
        translate("Connection", "{n} paquets à accepter dans la boîte à outils"),
    )
    gone, many_gone = (
        translate("Connection", "{n} paquet retiré par la région"),
        translate("Connection", "{n} paquets retirés par la région"),
    )
    told = (
        (len(packs.new) + len(packs.updated), new, many_new),
        (len(packs.waiting), wait, many_wait),
        (len(packs.withdrawn), gone, many_gone),
    )
    return (plural(count, one, many).format(n=count) for count, one, many in told if count)
