# SPDX-License-Identifier: EUPL-1.2
"""The texts of a form: itext in its languages, outputs, forms of a text, media (XForms "Languages", "Media").

Texts stay elements until somebody asks for them; what is asked is kept by language and id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from forms.definition import Expression, Node, Parts, TextSource
from forms.document import XFORMS, Element, local_name
from forms.errors import StructureError
from forms.views import Choices, Text

if TYPE_CHECKING:
    from forms.compile import Compiler
    from forms.tree import Frame

MISSING: Final = "-"  # what XLSForm's compiler writes where a translation is missing
GUIDANCE: Final = "guidance"
_MEDIA: Final = frozenset({"image", "big-image", "audio", "video"})
_KEPT_CHOICES: Final = 20_000
_OUTPUT: Final = f"{{{XFORMS}}}output"

Plain = tuple[Parts, Parts, Parts, Mapping[str, str]]
"""An `Entry` as plain data."""


@dataclass(slots=True)
class Entry:
    """One text in one language, in all its forms."""

    value: Parts = ()
    guidance: Parts = ()
    short: Parts = ()
    media: Mapping[str, str] = field(default_factory=dict)


class Texts:
    """The itext of a form. `languages` in the order of the form; the first is the default if none is marked."""

    def __init__(self, itext: Element | None) -> None:
        self.languages: tuple[str, ...] = ()
        self.default = ""
        self.with_outputs: set[str] = set()
        self._elements: dict[str, dict[str, Element | Plain]] = {}
        self._plain: dict[str, dict[str, str]] = {}
        self._entries: dict[str, dict[str, Entry | None]] = {}
        for translation in itext if itext is not None else ():
            language = translation.get("lang", "")
            if language in self._elements:
                raise StructureError(f"two translations into {language}")
            texts = {text.get("id", ""): text for text in translation}
            self._elements[language] = {**texts}
            if translation.get("default") in {"true()", "true"}:
                self.default = language
            if next(translation.iter(_OUTPUT), None) is not None:
                self.with_outputs.update(
                    name for name, text in texts.items() if next(text.iter(_OUTPUT), None) is not None
                )
        self.languages = tuple(self._elements)
        if not self.default and self.languages:
            self.default = self.languages[0]

    def knows(self, name: str) -> bool:
        """Tell whether some language has this text."""
        return any(name in texts for texts in self._elements.values())

    def entry(self, language: str, name: str) -> Entry | None:
        """Find the text in exactly this language, or None."""
        read = self._entries.setdefault(language, {})
        if name not in read:
            element = self._elements.get(language, {}).get(name)
            if element is None:
                read[name] = None
            else:
                read[name] = Entry(*element) if isinstance(element, tuple) else read_entry(element)
        return read[name]

    def plain(self, language: str) -> Mapping[str, str]:
        """Give the texts of a language that are a text and nothing else, as most: by id, read at once when first asked.

        What is missing, or has outputs, media, guidance or a short form, is not among them.
        """
        found = self._plain.get(language)
        if found is None:
            found = self._plain[language] = {
                name: text
                for name, element in self._elements.get(language, {}).items()
                if (text := _only_text(element)) and text != MISSING
            }
        return found

    def to_plain(self) -> tuple[Any, ...]:
        """Turn all texts into plain data."""
        texts = {
            language: {name: _plain(element) for name, element in elements.items()}
            for language, elements in self._elements.items()
        }
        return self.default, texts, tuple(sorted(self.with_outputs))

    @classmethod
    def from_plain(cls, plain: tuple[Any, ...]) -> Texts:
        """Make the texts that `to_plain` wrote. Their outputs are compiled already."""
        found = cls(None)
        found.default, found._elements, outputs = plain
        found.with_outputs.update(outputs)
        found.languages = tuple(found._elements)
        return found

    def outputs(self, name: str) -> list[str]:
        """List the sources of all outputs of a text, whatever the language."""
        found: dict[str, None] = {}
        for language in self.languages:
            entry = self.entry(language, name)
            for parts in (entry.value, entry.guidance, entry.short) if entry is not None else ():
                found.update((part[0], None) for part in parts if isinstance(part, tuple))
        return list(found)


def _only_text(element: Element | Plain) -> str:
    """Read a text that is nothing else; "" for any other."""
    if isinstance(element, tuple):
        value, guidance, short, media = element
        single = len(value) == 1 and not (guidance or short or media)
        return value[0] if single and isinstance(value[0], str) else ""
    inside = element[0] if len(element) == 1 else None
    return (inside.text or "").strip() if inside is not None and not (inside.attrib or len(inside)) else ""


def _plain(element: Element | Plain) -> Plain:
    if isinstance(element, tuple):
        return element
    entry = read_entry(element)
    return (entry.value, entry.guidance, entry.short, dict(entry.media))


def inline_parts(source: TextSource) -> Parts:
    """Read the text that stands in the body itself; once."""
    if source.parts is None:
        source.parts = () if source.element is None else read_parts(source.element)
    return source.parts


def read_entry(element: Element) -> Entry:
    """Read the `value` elements of one text."""
    if len(element) == 1 and not element[0].attrib:
        return Entry(read_parts(element[0]))
    entry = Entry()
    media: dict[str, str] = {}
    for value in element:
        form = value.get("form", "")
        if form in _MEDIA:
            media[form] = (value.text or "").strip().rpartition("/")[2]
        elif form == GUIDANCE:
            entry.guidance = read_parts(value)
        elif form == "short":
            entry.short = read_parts(value)
        else:
            entry.value = read_parts(value)
    entry.media = media
    return entry


def read_parts(element: Element) -> Parts:
    """Cut the content of an element at its outputs; other elements inside count for their text."""
    if not len(element):
        text = (element.text or "").strip()
        return (text,) if text else ()
    parts: list[str | tuple[str]] = [element.text or ""]
    for child in element:
        if local_name(child.tag) == "output":
            parts.append(((child.get("value") or child.get("ref") or "").strip(),))
        else:
            parts.append("".join(child.itertext()))
        parts.append(child.tail or "")
    kept = [part for part in parts if part]
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip()
    if kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip()
    return tuple(part for part in kept if part)


def compile_outputs(texts: Texts, source: TextSource | None, node: Node, compiler: Compiler) -> None:
    """Compile what a text computes, in the context of its question. Raises ExpressionError."""
    if source is None:
        return
    found: list[str] = []
    if source.itext:
        if source.itext in texts.with_outputs:
            found = texts.outputs(source.itext)
    elif source.element is not None:
        if source.literal:
            source.computed = compiler.expression(source.literal, node, "text")
        found = [part[0] for part in inline_parts(source) if isinstance(part, tuple)]
    source.outputs = {output: compiler.expression(output, node, "text") for output in found if output}


class KeptLists:
    """Lists of choices that were made lately, by their itemset and the very object that their members are."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, int], tuple[Sequence[Any], Choices]] = {}
        self._size = 0

    def get(self, itemset: object, members: Sequence[Any]) -> Choices | None:
        """Find the list of some members."""
        kept = self._kept.get((itemset, id(members)))
        return kept[1] if kept is not None else None

    def keep(self, itemset: object, members: Sequence[Any], listed: Choices) -> None:
        """Keep a list; when they are too many, only this one."""
        self._size += len(listed) + 1
        if self._size > _KEPT_CHOICES:
            self._kept.clear()
            self._size = len(listed) + 1
        self._kept[itemset, id(members)] = (members, listed)  # kept alive, so that the number stays its own


class Reader:
    """Reads texts in one language, for one session."""

    def __init__(self, texts: Texts, language: str) -> None:
        self.texts = texts
        self.language = language
        self.lists = KeptLists()
        self._own, self._usual = texts.plain(language), texts.plain(texts.default)
        self._fixed: dict[str, Text | None] = {}

    def text(self, source: TextSource | None, frame: Frame, form: str = "") -> Text | None:
        """Read the text of a label, hint or message; None if there is none. `form` is "", "guidance" or "short"."""
        if source is None:
            return None
        if source.itext:
            return self.itext(source.itext, frame, source.outputs, form)
        if form:
            return None
        if source.computed is not None:
            return Text(str(source.computed.run(frame)), self.language)
        if source.element is not None or source.parts is not None:
            return Text(written(inline_parts(source), source.outputs, frame), self.language)
        return Text(source.literal, self.language)

    def itext(
        self, name: str, frame: Frame | None, outputs: Mapping[str, Expression] | None = None, form: str = ""
    ) -> Text | None:
        """Read a text by its id; where the translation is missing, in the default language, which the Text names."""
        plain = not form and not (outputs and name in self.texts.with_outputs)
        if plain:
            if name in self._fixed:
                return self._fixed[name]
            if name in self._own and name in self._usual:
                known = self._fixed[name] = Text(self._own[name], self.language)
                return known
        found = self._find(name, form)
        text: Text | None = None
        if found is not None:
            language, parts, media = found
            text = Text(written(parts, outputs or {}, frame), language, media)
        if plain:
            self._fixed[name] = text
        return text

    def _find(self, name: str, form: str) -> tuple[str, Parts, Mapping[str, str]] | None:
        """Find a text in the language, else in the default one, else in any; each kind of media likewise."""
        found: tuple[str, Parts] | None = None
        media: dict[str, str] = {}
        fallback = ""
        for language in dict.fromkeys((self.language, self.texts.default, *self.texts.languages)):
            entry = self.texts.entry(language, name)
            if entry is None:
                continue
            fallback = fallback or language
            if not form:
                media = {kind: file for kind, file in entry.media.items() if file != MISSING} | media
            parts = entry.guidance if form == GUIDANCE else entry.short if form == "short" else entry.value
            if found is None and parts and parts != (MISSING,):
                found = (language, parts)
            if found is not None and language == self.texts.default:
                break
        if found is None:
            return (fallback, (), media) if media else None
        return (*found, media)


def written(parts: Parts, outputs: Mapping[str, Expression], frame: Frame | None) -> str:
    """Put the pieces together, outputs computed."""
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    found: list[str] = []
    for part in parts:
        if isinstance(part, str):
            found.append(part)
        elif part[0] in outputs and frame is not None:
            found.append(str(outputs[part[0]].run(frame)))
    return "".join(found)
