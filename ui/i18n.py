# SPDX-License-Identifier: EUPL-1.2
"""Languages: the source strings are French and complete; others are loaded from `resources/i18n/` if they ship.

Every string on screen passes through `translate("Context", "texte")` with literal arguments, which is what
pyside6-lupdate collects. Values are put in with `str.format` after the translation.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import resources

# code -> the language's own name
LANGUAGES = {"fr": "Français", "de": "Deutsch", "en": "English", "nl": "Nederlands"}
SOURCE = "fr"


def translate(context: str, text: str) -> str:
    """Return `text` in the language of the window; the French source where no translation ships."""
    return QCoreApplication.translate(context, text)


def plural(count: int, one: str, many: str) -> str:
    """Return the form for `count` (already translated strings): French has the singular for 0 and 1, others for 1."""
    single = count in {0, 1} if current() == SOURCE else count == 1
    return one if single else many


class _Loaded:
    language = SOURCE
    translators: tuple[QTranslator, ...] = ()


def current() -> str:
    """Return the code of the window's language."""
    return _Loaded.language


def locale() -> QLocale:
    """Return how dates and numbers are written here: the window's language, as in Belgium where it is spoken there."""
    names = {"fr": "fr_BE", "de": "de_BE", "nl": "nl_BE", "en": "en_GB"}
    return QLocale(names[_Loaded.language])


def is_complete(language: str) -> bool:
    """Tell whether the window itself speaks this language (forms may speak more)."""
    return language == SOURCE or resources.path("i18n", f"fieldkit_{language}.qm").is_file()


def load(language: str) -> None:
    """Use `language` from now on; texts already on screen stay until they are built again."""
    for translator in _Loaded.translators:
        QCoreApplication.removeTranslator(translator)
    _Loaded.language = language if language in LANGUAGES else SOURCE
    shown = _Loaded.language if is_complete(_Loaded.language) else SOURCE
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    places = [(f"qtbase_{shown}", qt_folder), (f"fieldkit_{shown}", str(resources.path("i18n")))]
    _Loaded.language = shown
    _Loaded.translators = tuple(t for name, folder in places if (t := _install(name, folder)) is not None)
    QLocale.setDefault(locale())


def _install(name: str, folder: str) -> QTranslator | None:
    translator = QTranslator()
    if not translator.load(name, folder):
        return None
    QCoreApplication.installTranslator(translator)
    return translator
