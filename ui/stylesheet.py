# SPDX-License-Identifier: EUPL-1.2
"""The one style sheet of the program: what Fusion and the palette cannot say about fields, lists and scroll bars.

It stays under 50 rules (a test counts them): the number of rules is what makes a big page slow. Buttons, chips, tiles,
cards and rails paint themselves from the tokens and need none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

_TEMPLATE = """
QToolTip { background: @text; color: @bg; border: 0; padding: 6px 9px; }
QLineEdit, QTextEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox {
  background: @surface; color: @text; border: 1px solid @border_strong; border-radius: 7px;
  padding: 0 11px; selection-background-color: @primary; selection-color: @on_primary; }
QLineEdit, QComboBox, QAbstractSpinBox { min-height: #34px; }
QTextEdit, QPlainTextEdit { padding: 7px 8px; }
QLineEdit:focus, QTextEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {
  border: 2px solid @focus; padding: 0 10px; }
QTextEdit:focus, QPlainTextEdit:focus { padding: 6px 7px; }
QLineEdit[bad="true"], QTextEdit[bad="true"], QPlainTextEdit[bad="true"], QComboBox[bad="true"] {
  border: 2px solid @err; padding: 0 10px; }
QTextEdit[bad="true"], QPlainTextEdit[bad="true"] { padding: 6px 7px; }
QLineEdit:read-only, QTextEdit:read-only, QPlainTextEdit:read-only { background: @sunken; border-color: @border; }
QLineEdit:disabled, QTextEdit:disabled, QComboBox:disabled {
  background: @sunken; color: @text3; border-color: @border; }
QLineEdit[search="true"] { padding-left: 37px; }
QLineEdit[search="true"]:focus { padding-left: 36px; }
QComboBox::drop-down { border: 0; width: 32px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView, QCompleter QAbstractItemView { background: @surface; color: @text;
  border: 1px solid @border_strong; padding: 4px; outline: 0;
  selection-background-color: @sel_bg; selection-color: @sel_fg; }
QTableView, QListView, QTreeView { background: @surface; color: @text; border: 0; outline: 0; gridline-color: @border;
  selection-background-color: @sel_bg; selection-color: @sel_fg; }
QListView[flat="true"] { background: transparent; }
QTableView QLineEdit { border-radius: 0; }
QTextBrowser, QTextBrowser:focus, QTextBrowser:read-only { background: transparent; border: 0; padding: 0; }
QHeaderView { background: @surface; border: 0; }
QHeaderView::section { background: @surface; color: @text2; border: 0; border-bottom: 1px solid @border;
  padding: 0 6px; font-weight: 600; min-height: #34px; }
QScrollArea { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @border_strong; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @text3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenu { background: @surface; color: @text; border: 1px solid @border_strong; padding: 5px; }
QMenu::item { padding: 8px 28px 8px 12px; border-radius: 5px; }
QMenu::icon { padding-left: 10px; }
QMenu::item:selected { background: @hover; }
QMenu::item:disabled { color: @text3; }
QMenu::separator { height: 1px; background: @border; margin: 5px 4px; }
QDialog { background: @bg; }
"""


def build(tokens: Mapping[str, str], px: Callable[[float], int]) -> str:
    """Return the sheet for one theme: `@role` becomes its colour, `#Npx` becomes N scaled by `px`."""
    sheet = _TEMPLATE
    for role in sorted(tokens, key=len, reverse=True):
        sheet = sheet.replace(f"@{role}", tokens[role])
    for size in (34,):
        sheet = sheet.replace(f": #{size}px", f": {px(size)}px")
    return sheet
