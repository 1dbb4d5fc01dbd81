# SPDX-License-Identifier: EUPL-1.2
"""The pages of the sections: built when first shown, the last three kept alive."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from forms.views import Changes
from ui.entry.desk import Desk
from ui.entry.section_page import SectionPage, Tail
from ui.entry.sections import Section, read_items

ALIVE = 3


class SectionStack(QStackedWidget):
    """Shows one section at a time; signals of its frames pass through."""

    answered = Signal(str, str)
    typed = Signal(str, str)
    focused = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.tails: dict[str, Callable[[Desk], Tail]] = {}  # what to draw beside a question, by its ref
        self._pages: OrderedDict[str, SectionPage] = OrderedDict()

    def page(self) -> SectionPage | None:
        """Return the page in view."""
        shown = self.currentWidget()
        return shown if isinstance(shown, SectionPage) else None

    def show_section(self, section: Section) -> SectionPage:
        """Show a section, building its page if it is not alive."""
        page = self._pages.pop(section.key, None)
        if page is None:
            page = SectionPage(section, read_items(self._desk.session, section), self._desk.around())
            page.answered.connect(self.answered)
            page.typed.connect(self.typed)
            page.focused.connect(self.focused)
            for ref, make in self.tails.items():
                if section.holds(ref):
                    page.add_tail(ref, make(self._desk))
            self.addWidget(page)
        else:
            page.refresh()
        self._pages[section.key] = page
        self.setCurrentWidget(page)
        while len(self._pages) > ALIVE:
            _, old = self._pages.popitem(last=False)
            self.removeWidget(old)
            old.deleteLater()
        return page

    def refresh(self, changes: Changes | None = None) -> None:
        """Draw what changed on the page in view; the others are refreshed when they are shown again."""
        page = self.page()
        if page is None:
            return
        if changes is None:
            page.refresh()
        else:
            page.refresh((*changes.refs, *changes.added, *changes.removed))

    def set_titles(self, sections: list[Section]) -> None:
        """Show titles in another language."""
        for section in sections:
            if section.key in self._pages:
                self._pages[section.key].set_title(section.title)

    def fit(self) -> None:
        """Follow the text size."""
        for page in self._pages.values():
            page.fit()

    def alive(self) -> list[str]:
        """Return the keys of the pages alive, the oldest first."""
        return list(self._pages)

    def drop(self) -> None:
        """Forget all pages, e.g. when the sections themselves have changed shape."""
        while self._pages:
            _, page = self._pages.popitem()
            self.removeWidget(page)
            page.deleteLater()
