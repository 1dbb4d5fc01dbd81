# SPDX-License-Identifier: EUPL-1.2
"""Paper: the pages of a document made in a worker, looked at, then saved as PDF or printed.

`show_document` is the one way from any screen to a printed page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QSizeF, QStandardPaths, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QSizePolicy, QWidget

from ui import theme
from ui.i18n import plural, translate
from ui.widgets import Button, column, label, row, scrolled
from ui.widgets.layout import Panel
from ui.widgets.painting import painter_of

if TYPE_CHECKING:
    from ui.kit import Kit

PREVIEW_DPI = 96
PRINT_DPI = 200
POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that goes with the pages: what its button says, how its names end, its bytes."""

    word: str
    suffix: str
    content: bytes


def show_document(
    kit: Kit,
    make: Callable[[], bytes],
    title: str,
    parent: QWidget | None = None,
    companion: Companion | None = None,
) -> None:
    """Make a PDF in a worker, then show its pages; a failure reaches the user as a sentence."""
    owner = parent.window() if parent is not None else QApplication.activeWindow()
    kit.toast(translate("Paper", "Préparation des pages…"))
    kit.tasks.run(make, lambda pdf: PaperWindow(kit, pdf, title, owner, companion).open())


def render_pages(pdf: bytes, dpi: int = PREVIEW_DPI) -> list[QImage]:
    """Return the pages as images at `dpi` dots per inch."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_image(page, dpi) for page in document]
    finally:
        document.close()


def _image(page: object, dpi: int) -> QImage:
    bitmap = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)  # type: ignore[attr-defined]  # no stubs
    shape = (bitmap.width, bitmap.height, bitmap.stride)
    kind = QImage.Format.Format_RGBA8888 if bitmap.n_channels == 4 else QImage.Format.Format_RGB888
    return QImage(bytes(bitmap.buffer), *shape, kind).copy()


def file_name(title: str, suffix: str = ".pdf") -> str:
    """Return a file name that every system takes, from a title."""
    return re.sub(r'[\\/:*?"<>|\s]+', " ", title).strip(" .")[:80] + suffix


def proposed(name: str) -> str:
    """Return the path that a dialog proposes for a new file."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return str(Path(folder) / name)


class _Page(QWidget):
    """One page, as wide as there is room, with its edge."""

    def __init__(self, image: QImage, name: str) -> None:
        super().__init__()
        self._picture = image
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(320)
        self.setMaximumWidth(image.width())

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        """Return the sheet's own size; without one a layout gives a widget of fixed height none at all."""
        return self._picture.size()

    def heightForWidth(self, width: int) -> int:
        """Keep the proportions of the sheet, which is never drawn larger than it is."""
        width = min(width, self._picture.width())
        return round(width * self._picture.height() / max(1, self._picture.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sheet."""
        del event
        painter = painter_of(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self._picture)
        painter.setPen(theme.color("border_strong"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class PaperWindow(QDialog):
    """The pages of one document, with « Enregistrer » and « Imprimer »."""

    def __init__(
        self, kit: Kit, pdf: bytes, title: str, parent: QWidget | None = None, companion: Companion | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._kit = kit
        self._pdf = pdf
        self._title = title
        self._pages = render_pages(pdf)
        count = len(self._pages)
        words = plural(count, translate("Paper", "{count} page"), translate("Paper", "{count} pages"))
        self.save_button = Button(translate("Paper", "Enregistrer en PDF"), "download")
        self.print_button = Button(translate("Paper", "Imprimer"), "printer", "primary")
        self.save_button.clicked.connect(self._on_save)
        self.print_button.clicked.connect(self._on_print)
        self.companion_button = Button(companion.word if companion else "", "file-check")
        self.companion_button.setVisible(False)
        head = Panel(edge="bottom")
        heading = column(label(title, "h3"), label(words.format(count=count), "small", "text2"), spacing=1)
        buttons = (self.companion_button, self.save_button, self.print_button)
        head.setLayout(row((heading, 1), *buttons, margins=(20, 10, 20, 10)))
        if companion is not None:
            self.companion_button.setVisible(True)
            self.companion_button.clicked.connect(lambda: self._on_save_companion(companion))
        sheets = QWidget()
        names = translate("Paper", "Page {number}")
        pages = [_Page(image, names.format(number=n)) for n, image in enumerate(self._pages, start=1)]
        # Each in the middle of a wide window; a page of its full width leaves the rest to both sides alike.
        lines = [row((column(), 1), (page, 1000), (column(), 1), spacing=0) for page in pages]
        sheets.setLayout(column(*lines, None, spacing=16, margins=(24, 20, 24, 20)))
        self.setLayout(column(head, (scrolled(sheets), 1), spacing=0))
        self.resize(860, 900)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the screen."""
        super().showEvent(event)
        room = self.screen().availableSize()
        self.resize(min(self.width(), room.width() - 40), min(self.height(), room.height() - 60))

    def _on_save(self) -> None:
        title = translate("Paper", "Enregistrer en PDF")
        chosen, _ = QFileDialog.getSaveFileName(self, title, proposed(file_name(self._title)), "PDF (*.pdf)")
        if chosen:
            self.save_to(Path(chosen))

    def _on_save_companion(self, companion: Companion) -> None:
        name = proposed(file_name(self._title, companion.suffix))
        chosen, _ = QFileDialog.getSaveFileName(self, companion.word, name, f"*{companion.suffix}")
        if chosen:
            self.save_to(Path(chosen), companion.content)

    def save_to(self, path: Path, content: bytes = b"") -> None:
        """Write the PDF, or another content; a full disk or a protected folder becomes a sentence."""
        try:
            path.write_bytes(content or self._pdf)
        except OSError as error:
            self._kit.trouble_met.emit(error)
            return
        self._kit.toast(translate("Paper", "Enregistré : {name}").format(name=path.name))
        self.accept()

    def _on_print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._title)
        if QPrintDialog(printer, self).exec() != QDialog.DialogCode.Accepted:
            return
        painter = QPainter(printer)
        for number, image in enumerate(render_pages(self._pdf, PRINT_DPI)):
            if number:
                printer.newPage()
            room = QSizeF(printer.pageRect(QPrinter.Unit.DevicePixel).size())
            size = QSizeF(image.size()).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRectF(0, 0, size.width(), size.height()), image)
        painter.end()
        self.accept()
