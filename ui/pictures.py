# SPDX-License-Identifier: EUPL-1.2
"""Pictures that people give by hand: dropped files, images of the clipboard, and their bytes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData
from PySide6.QtGui import QImage, QPixmap


def dropped_file(mime: QMimeData) -> Path | None:
    """Return the one file of this computer that is dropped or was copied, None if it is none or several."""
    urls = mime.urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


def image_of(mime: QMimeData) -> QImage:
    """Return the image that was copied or is dropped; null if there is none."""
    image = mime.imageData() if mime.hasImage() else None
    if isinstance(image, QPixmap):  # some platforms and programs give one
        return image.toImage()
    return image if isinstance(image, QImage) else QImage()


def encoded(image: QImage, name: str) -> bytes:
    """Return the image as a file of that name: JPEG, or else PNG. Any thread may."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    suffix = Path(name).suffix.lower()
    image.save(buffer, "JPEG" if suffix in (".jpg", ".jpeg") else "PNG", 88)  # type: ignore[call-overload]  # QIODevice
    return bytes(buffer.data().data())
