# SPDX-License-Identifier: EUPL-1.2
"""A file as an answer: chosen, dropped or pasted; pictures show a thumbnail and are shrunk where the form says so."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from fieldkit import typography
from fieldkit.errors import FieldkitError
from forms.views import NodeView
from ui import theme
from ui.entry.control import Control, Setting
from ui.i18n import translate
from ui.pictures import dropped_file, encoded, image_of
from ui.widgets import Button, IconBadge, Label, row

MAX_BYTES = 10_000_000
THUMBNAIL = 96
_PATTERNS = {
    "image/": "*.png *.jpg *.jpeg *.gif *.webp *.bmp *.tif *.tiff",
    "audio/": "*.mp3 *.m4a *.ogg *.opus *.wav *.flac",
    "video/": "*.mp4 *.mov *.mkv *.webm *.avi",
}


class FileControl(Control):
    """Choose, drop or paste one file; what is kept is a copy beside the draft."""

    def __init__(self, node: NodeView, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(node, setting, parent)
        self.setAcceptDrops(True)
        self._problem = ""
        self._shown: str | None = None
        self._picture = Label()
        self._badge = IconBadge("paperclip")
        self._name = Label("", "body", percent=setting.percent)
        self._size = Label("", "small", "text2")
        self.choose = Button("", "upload")
        self._remove = Button(translate("Entry", "Retirer"), "trash-2", "ghost")
        self.choose.clicked.connect(self._ask)
        self._remove.clicked.connect(self.clear_answer)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._size)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 2, 0, 0)
        box.setSpacing(12)
        box.addWidget(self._picture)
        box.addWidget(self._badge)
        box.addLayout(words, 1)
        box.addLayout(row(self.choose, self._remove))
        self.show_node(node)

    def entry(self) -> QWidget:
        """Return the button."""
        return self.choose

    def current(self) -> str:
        """Return the name of the file kept."""
        return self.node.value

    def problem(self) -> str:
        """Say why the last file was not taken."""
        return self._problem

    def show_node(self, node: NodeView) -> None:
        """Show the file given, or how to give one."""
        self.node = node
        if self._shown == node.value:
            return
        self._shown = node.value
        content = self.setting.files.read(node.value) if node.value else None
        picture = QPixmap()
        if content and node.parameters.get("mediatype", "").startswith("image"):
            picture.loadFromData(content)
        self._picture.setVisible(not picture.isNull())
        self._badge.setVisible(picture.isNull())
        if not picture.isNull():
            side = theme.px(THUMBNAIL)
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._picture.setPixmap(picture.scaled(side, side, keep, smooth))
        self._tell(node.value, content)
        self._remove.setVisible(bool(node.value))

    def clear_answer(self) -> bool:
        """Take the file away."""
        self._problem = ""
        self.answered.emit("")
        return True

    def take(self, path: Path) -> None:
        """Keep a copy of the file at `path` and give it as the answer."""
        try:
            size = path.stat().st_size
            if size > MAX_BYTES:
                self._refuse(_too_big(size))
                return
            content = path.read_bytes()
        except OSError as error:
            text = translate("Entry", "Ce fichier ne s’ouvre pas ({}). Choisissez-en un autre.")
            self._refuse(text.format(error.strerror or path.name))
            return
        self._keep(path.name, content)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file."""
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Keep the file dropped."""
        path = dropped_file(event.mimeData())
        if path is not None:
            self.take(path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V pastes a picture."""
        pasted = event.matches(QKeySequence.StandardKey.Paste)
        image = image_of(QGuiApplication.clipboard().mimeData()) if pasted else QImage()
        if image.isNull():
            super().keyPressEvent(event)
        else:
            self._keep(translate("Entry", "image.png"), encoded(image, "image.png"))

    def _keep(self, name: str, content: bytes) -> None:
        try:
            kept = self.setting.files.keep(name, shrunk(name, content, self.node.parameters.get("max-pixels", "")))
        except FieldkitError:
            self._refuse(
                translate("Entry", "Ce fichier n’a pas pu être copié sur cet ordinateur : le disque le refuse.")
            )
            return
        self._problem = ""
        self.answered.emit(kept)

    def _refuse(self, problem: str) -> None:
        self._problem = problem
        self.answered.emit(self.node.value)

    def _ask(self) -> None:
        kind = self.node.parameters.get("mediatype", "").partition("/")[0] + "/"
        patterns = _PATTERNS.get(kind, "")
        everything = translate("Entry", "Tous les fichiers (*)")
        expected = translate("Entry", "Fichiers attendus")
        filters = f"{expected} ({patterns});;{everything}" if patterns else everything
        path, _ = QFileDialog.getOpenFileName(self, translate("Entry", "Choisir un fichier"), "", filters)
        if path:
            self.take(Path(path))

    def _tell(self, name: str, content: bytes | None) -> None:
        self.choose.set_text(translate("Entry", "Remplacer") if name else translate("Entry", "Choisir un fichier"))
        if not name:
            self._name.setText(translate("Entry", "Aucun fichier"))
            self._size.setText(translate("Entry", "Choisissez-le, déposez-le ici, ou collez une image."))
        elif content is None:
            self._name.setText(name)
            self._size.setText(translate("Entry", "Ce fichier n’est plus sur cet ordinateur : remplacez-le."))
        else:
            self._name.setText(name)
            self._size.setText(typography.byte_size(len(content)))


def shrunk(name: str, content: bytes, max_pixels: str) -> bytes:
    """Return the picture with its longer side at most `max_pixels` pixels; anything else as it is."""
    if not max_pixels.isdigit() or int(max_pixels) <= 0:
        return content
    image = QImage.fromData(QByteArray(content))
    side = int(max_pixels)
    if image.isNull() or max(image.width(), image.height()) <= side:
        return content
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return encoded(image.scaled(side, side, keep, smooth), name) or content


def _too_big(size: int) -> str:
    text = translate("Entry", "Ce fichier fait {}. La limite est de {} : réduisez-le, puis choisissez-le à nouveau.")
    return text.format(typography.byte_size(size), typography.byte_size(MAX_BYTES))
