# SPDX-License-Identifier: EUPL-1.2
"""Where an invitation is given: its link as text, or a picture of its QR code, chosen, pasted or dropped.

What it leads to is shown before anything is sent; the token never is. Pictures are read beside the window: a large
photo takes a second.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from ui.i18n import translate
from ui.pictures import dropped_file, encoded, image_of
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner, announce
from ui.widgets.fields import Field
from ui.widgets.fold import Fold
from ui.widgets.indicators import IconMark
from ui.widgets.layout import column, row
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from sync.invitation import Invitation
    from ui.kit import Kit
    from ui.said import Said

NAME_LENGTH = 60


class _LinkField(Field):
    """Takes a link; a picture that is pasted there is handed on."""

    mime_pasted = Signal(object)

    def __init__(self) -> None:
        super().__init__(placeholder="https://…", name=translate("Account", "Lien d’invitation"))
        self.setAccessibleDescription(translate("Account", "Vous pouvez aussi y coller l’image du code QR."))
        self.setEchoMode(Field.EchoMode.PasswordEchoOnEdit)
        self.setAcceptDrops(False)  # the form takes them, wherever they fall

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste a link as text, anything else that the form can read as a picture."""
        mime = QGuiApplication.clipboard().mimeData() if event.matches(QKeySequence.StandardKey.Paste) else None
        if mime is not None and has_picture(mime):
            self.mime_pasted.emit(mime)
        else:
            super().keyPressEvent(event)


class InvitationBox(QWidget):
    """A field, two buttons for pictures, and below them what was found, or what is wrong."""

    given = Signal()  # a picture was handed in, perhaps while the box was hidden

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self._turn = 0
        self._from_picture: Invitation | None = None
        self.field = _LinkField()
        self.choose = Button(translate("Account", "Choisir une image…"), "image")
        self.paste = Button(translate("Account", "Coller une image"), "copy")
        self.remove = Button(translate("Account", "Retirer"), "x", "ghost")
        self._hint = label(
            translate("Account", "Une photo ou une copie d’écran du code QR suffit. Glissez-la ici si vous préférez."),
            "small",
            "text2",
            True,
        )
        self._ways = QWidget()
        self._ways.setLayout(column(self.field, row(self.choose, self.paste, None), self._hint))
        self._state = Label("", "small", "text2", True)
        self.found = Banner("ok", "", "", self.remove, "qr-code")
        self._mark = IconMark("circle-alert", "err_fg", size=18)
        self.error = Label("", "small_strong", "err_fg", True)
        trouble = row(self._mark, (self.error, 1))
        self.said = Fold(role="err_fg")
        self.setLayout(column(self._ways, self._state, self.found, trouble, self.said, spacing=7))
        self.field.textChanged.connect(self._on_typed)
        self.field.mime_pasted.connect(self.take)
        self.choose.clicked.connect(self._on_choose)
        self.paste.clicked.connect(lambda: self.take(QGuiApplication.clipboard().mimeData()))
        self.remove.clicked.connect(self._on_remove)
        self.show_error("")

    # What was given

    @property
    def reading(self) -> bool:
        """Whether a picture is being read."""
        return bool(self._state.text())

    def text(self) -> str:
        """Return the invitation as text: what was typed, or what the picture holds."""
        if self._from_picture is None:
            return self.field.text()
        from sync.invitation import qr_payload

        return qr_payload(self._from_picture)

    def clear(self) -> None:
        """Forget all that was given, and what is still being read."""
        self._turn += 1
        self._state.setText("")
        self._from_picture = None
        self.field.clear()
        self.show_error("")

    def show_error(self, text: str, said: Said | None = None) -> None:
        """Say on the spot what is wrong, with the region's own words below; "" takes it away."""
        self.field.set_error(bool(text))
        self._mark.setVisible(bool(text))
        self.error.setVisible(bool(text))
        self.error.setText(text)
        self.said.set_message(said.title if said else "", said.text if said else "")
        self._draw()
        if text:
            announce(self.field, text)

    def take(self, mime: QMimeData) -> None:
        """Read what was pasted or dropped: an image, a file, or else the text of an invitation."""
        self.given.emit()
        path, image = dropped_file(mime), image_of(mime)
        if not image.isNull():
            self._read(lambda: _read_image(image))
        elif path is not None:
            self.take_file(path)
        elif mime.hasText() and _invitation_in(mime.text()) is not None:
            self.clear()
            self.field.setText(mime.text().strip())
        else:
            self.show_error(
                translate(
                    "Account", "Il n’y a pas d’image à coller. Copiez d’abord celle du code QR, puis recommencez."
                )
            )

    def take_file(self, path: Path) -> None:
        """Read a picture file."""

        def work() -> Invitation:
            from sync.invitation_picture import read_picture_file

            return read_picture_file(path)

        self._read(work)

    # Reading

    def _read(self, work: Callable[[], Invitation]) -> None:
        self.clear()
        self._state.setText(translate("Account", "Lecture de l’image…"))
        self._draw()
        turn = self._turn

        def show(invitation: Invitation) -> None:
            if self._expects(turn):
                self._state.setText("")
                self._from_picture = invitation
                self._draw()
                announce(self, self.found.accessibleName())

        def fail(error: Exception) -> None:
            from ui.messages import sentence

            if self._expects(turn):
                self._state.setText("")
                self.show_error(sentence(error).line)

        self.kit.tasks.run(work, show, fail)

    def _expects(self, turn: int) -> bool:
        """Tell whether a picture that was read is still wanted: another may be on its way, the window may be gone."""
        return turn == self._turn and shiboken6.isValid(self)

    def _on_typed(self, text: str) -> None:
        if text and self.reading:  # what is typed is wanted instead
            self._turn += 1
            self._state.setText("")
        self.show_error("")

    def _on_choose(self) -> None:
        from sync.invitation_picture import SUFFIXES

        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        pictures, everything = translate("Account", "Images"), translate("Account", "Tous les fichiers (*)")
        filters = f"{pictures} ({patterns});;{everything}"
        title = translate("Account", "Choisir l’image du code QR")
        path, _ = QFileDialog.getOpenFileName(self, title, "", filters)
        if path:
            self.take_file(Path(path))

    def _on_remove(self) -> None:
        self.clear()
        self.field.setFocus(Qt.FocusReason.TabFocusReason)

    # What is shown

    def _draw(self) -> None:
        invitation = self._from_picture or _invitation_in(self.field.text())
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self._ways.isAncestorOf(focus)
        self._ways.setVisible(self._from_picture is None)
        self._state.setVisible(self.reading)
        self._hint.setVisible(invitation is None and not self.error.text())
        # Where a link leads to has been read by then; both would not fit into the first steps.
        self.found.setVisible(invitation is not None and not (self.error.text() and self._from_picture is None))
        self.remove.setVisible(self._from_picture is not None)
        if invitation is None:
            return
        name = " ".join(invitation.project_name.split())
        title = translate("Account", "Invitation de « {name} »") if name else translate("Account", "Invitation lue")
        text = translate("Account", "{url}, projet {project}. Rien n’est encore envoyé.")
        icon = "qr-code" if self._from_picture is not None else "link"
        if len(name) > NAME_LENGTH:
            name = f"{name[:NAME_LENGTH]}…"
        shown = text.format(url=invitation.origin, project=invitation.central_project)
        self.found.set_message("ok", title.format(name=name), shown, icon)
        if had_focus and self._from_picture is not None:
            self.remove.setFocus(Qt.FocusReason.TabFocusReason)


def has_picture(mime: QMimeData) -> bool:
    """Tell whether what was copied is a picture to read, and not the text of an invitation that also looks like one."""
    if mime.hasText() and _invitation_in(mime.text()) is not None:
        return False  # spreadsheets and word processors copy a picture of the text along
    return dropped_file(mime) is not None or mime.hasImage()


def _invitation_in(text: str) -> Invitation | None:
    if len(text) < NAME_LENGTH:  # a token alone is longer
        return None
    from sync.errors import AccessError
    from sync.invitation import parse_invitation

    try:
        return parse_invitation(text)
    except AccessError:
        return None


def _read_image(image: QImage) -> Invitation:
    from sync.invitation_picture import read_picture

    return read_picture(encoded(image, "code.png"))
