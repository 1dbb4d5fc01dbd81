# SPDX-License-Identifier: EUPL-1.2
"""Whose packs are used: the question when a key is new, never in the way; and the place where trust is taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fieldkit.typography import NBSP
from ui import dates
from ui.i18n import plural, translate
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner, announce
from ui.widgets.indicators import IconMark
from ui.widgets.layout import Card, Line, column, row
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from fieldkit.packs.receiving import Question
    from fieldkit.store.packs import TrustedKey
    from ui.kit import Kit


def spaced(fingerprint: str) -> str:
    """Return a fingerprint that no line breaks."""
    return fingerprint.replace(" ", NBSP + NBSP)


def account_name(kit: Kit, origin: str) -> str:
    """Return what an account is called, and that it was left if it was."""
    name = kit.store.accounts.name_of(origin)
    if origin in {account.account_id for account in kit.store.accounts.all()}:
        return name
    return translate("Packs", "{name} (compte délié)").format(name=name)


def trust(kit: Kit, question: Question) -> None:
    """Use from now on what a key signed."""
    kit.store.packs.trust(question.origin, question.public_key, datetime.now(UTC))
    count = len(question.titles)
    one, many = (
        translate("Packs", "{n} paquet de la région en service"),
        translate("Packs", "{n} paquets de la région en service"),
    )
    kit.toast(plural(count, one, many).format(n=count))
    kit.records_changed.emit()


class _Answers(QWidget):
    """The two answers to a question."""

    def __init__(self, kit: Kit, question: Question, later: bool) -> None:
        super().__init__()
        yes = translate("Packs", "Remplacer la clé") if question.replaces else translate("Packs", "Faire confiance")
        no = translate("Packs", "Garder l’ancienne") if question.replaces else translate("Packs", "Pas maintenant")
        self.yes, self.no = Button(yes, "badge-check"), Button(no, kind="ghost")
        self.yes.clicked.connect(partial(trust, kit, question))
        self.no.clicked.connect(partial(_postpone, kit, question))
        self.no.setVisible(later)
        name = account_name(kit, question.origin)
        for button in (self.yes, self.no):
            button.setAccessibleName(f"{button.text()} : {name}")
        self.setLayout(row(self.yes, *((self.no, None) if later else ()), spacing=6))


def _postpone(kit: Kit, question: Question) -> None:
    kit.store.packs.postpone(question.origin, question.public_key)
    kit.toast(translate("Packs", "Noté. Vous pourrez répondre dans « Réglages »"))
    kit.records_changed.emit()


def question_banner(kit: Kit, question: Question) -> Banner:
    """Return the question of a new key, with both answers."""
    name = account_name(kit, question.origin)
    titles = ", ".join(dict.fromkeys(question.titles))
    if question.replaces:
        title = translate("Packs", "La région « {name} » signe maintenant avec une autre clé")
        text = translate(
            "Packs",
            "En attente de votre réponse : {titles}. Rien ne change d’ici là. Demandez à la région si elle a changé de "
            "clé, et comparez l’empreinte : {fingerprint}",
        )
    else:
        title = translate("Packs", "La région « {name} » propose des guides ou des appels")
        text = translate(
            "Packs",
            "En attente de votre accord : {titles}. Comparez l’empreinte avec celle que la région vous donne au "
            "téléphone ou par courrier : {fingerprint}",
        )
    words = text.format(titles=titles, fingerprint=spaced(question.fingerprint))
    kind = "draft" if question.replaces else "info"
    return Banner(kind, title.format(name=name), words, None, "key-round", _Answers(kit, question, later=True))


class PackNotices(QWidget):
    """Above the guides, one at a time: a key to decide on, or else a pack that was refused; nothing as a rule."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self._told = self._stamp = ""
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def refresh(self) -> None:
        """Read the store again."""
        stamp = self.kit.library.stamp
        if stamp == self._stamp:
            return  # nobody loses the button that they are about to press
        self._stamp = stamp
        banner = self._banner() if stamp else None
        while (item := self._box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        told = banner.title.text() if banner is not None else ""
        if banner is not None:
            self._box.addWidget(banner)
        self.setVisible(banner is not None)
        if told and told != self._told:
            announce(self, told)
        self._told = told

    def _banner(self) -> Banner | None:
        from fieldkit.packs.receiving import questions, refusals
        from ui.messages import sentence

        store = self.kit.store
        asked = [one for one in questions(store) if store.packs.postponed(one.origin) != one.public_key]
        if asked:
            return question_banner(self.kit, asked[0])
        for account in store.accounts.all():
            for error in refusals(store, account.account_id):
                message = sentence(error)
                return Banner("draft", message.title, message.text)
        return None


class TrustCard(Card):
    """The card « Guides et appels de la région » of the settings."""

    def __init__(self, kit: Kit) -> None:
        title = label(translate("Packs", "Guides et appels de la région"), "h3")
        super().__init__(row(IconMark("key-round", "primary"), title, None, spacing=10), spacing=10)
        self.kit = kit
        self._holder = QVBoxLayout()
        self._holder.setSpacing(10)
        self.body.addLayout(self._holder)
        self._lines: QWidget | None = None
        self._stamp: str | None = None
        kit.records_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read whom the user trusts, and who asks."""
        from fieldkit.packs.receiving import questions

        store, stamp = self.kit.store, self.kit.library.stamp
        if stamp == self._stamp:
            return
        self._stamp = stamp
        trusted = store.packs.trusted() if stamp else {}
        asked = questions(store) if stamp else []
        lines = column(spacing=10)
        for key in trusted.values():
            lines.addLayout(self._trusted(key))
        for question in asked:
            if lines.count():
                lines.addWidget(Line())
            lines.addLayout(self._asked(question))
        if not trusted and not asked:
            lines.addWidget(
                label(
                    translate("Packs", "Aucune clé : seuls les guides et appels fournis sont utilisés."),
                    "body",
                    "text2",
                    True,
                )
            )
        fresh = QWidget()
        fresh.setLayout(lines)
        if self._lines is not None:
            self._holder.removeWidget(self._lines)
            self._lines.hide()
            self._lines.deleteLater()
        self._lines = fresh
        self._holder.addWidget(fresh)

    def _trusted(self, key: TrustedKey) -> QHBoxLayout:
        from fieldkit.packs.keys import fingerprint

        name = account_name(self.kit, key.origin)
        text = translate("Packs", "Confiance donnée {day} à la clé {fingerprint}")
        words = text.format(day=dates.relative_day(key.trusted_at), fingerprint=spaced(fingerprint(key.public_key)))
        back = Button(translate("Packs", "Retirer la confiance"), "ban", "danger")
        back.setAccessibleName(f"{back.text()} : {name}")
        back.clicked.connect(partial(self._withdraw, key))
        told = column(label(name, "strong", wrap=True), Label(words, "small", "text2", True), spacing=2)
        return row((told, 1), back)

    def _asked(self, question: Question) -> QHBoxLayout:
        name = account_name(self.kit, question.origin)
        text = translate("Packs", "{titles} : signé par la clé {fingerprint}, à comparer avec celle de la région")
        words = text.format(titles=", ".join(dict.fromkeys(question.titles)), fingerprint=spaced(question.fingerprint))
        told = column(label(name, "strong", wrap=True), Label(words, "small", "text2", True), spacing=2)
        return row((told, 1), _Answers(self.kit, question, later=False))

    def _withdraw(self, key: TrustedKey) -> None:
        """Take the trust back at once; the toast gives it again."""
        self.kit.store.packs.distrust(key.origin)
        self.kit.store.packs.postpone(key.origin, key.public_key)  # who takes it back is not asked again at once
        again = (translate("Packs", "Annuler"), partial(self._give_again, key))
        self.kit.toast(translate("Packs", "Confiance retirée : ces guides et appels ne sont plus utilisés"), again)
        self.kit.records_changed.emit()

    def _give_again(self, key: TrustedKey) -> None:
        self.kit.store.packs.trust(key.origin, key.public_key, key.trusted_at)
        self.kit.records_changed.emit()
