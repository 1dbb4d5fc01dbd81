# SPDX-License-Identifier: EUPL-1.2
"""HTML that cannot be broken by what it shows: text is escaped unless it was made here."""

from __future__ import annotations

from html import escape

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Markup that `tag` made; every other text is escaped on its way in."""

    __slots__ = ()


def tag(name: str, /, *inside: str | None, **attributes: str | bool | None) -> Html:
    """Return an element. `class_` and `for_` lose their underscore, `aria_label` becomes aria-label.

    An attribute that is None or False is left out; True writes its name alone.
    """
    written = "".join(
        f" {key}" if value is True else f' {key}="{escape(value, quote=True)}"'
        for key, value in ((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
        if value is not None and value is not False
    )
    return Html(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{join(*inside)}</{name}>")


def join(*parts: str | None) -> Html:
    """Return markup and texts one after the other; None is nothing."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts if part is not None))


def link(text: str, address: str, **attributes: str | None) -> Html:
    """Return a link within these pages."""
    return tag("a", text, href=address, **attributes)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]], empty: str, caption: str) -> Html:
    """Return a table whose first column names the row, or the sentence `empty` if there are no rows.

    Each cell knows the name of its column: on a narrow screen the cells of a row stand below each other.
    """
    if not rows:
        return tag("p", empty, class_="empty")
    lines = (
        join(
            tag("th", row[0], scope="row"),
            *(tag("td", cell, data_head=name) for cell, name in zip(row[1:], head[1:], strict=True)),
        )
        for row in rows
    )
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption, class_="unseen"),
            tag("thead", tag("tr", *(tag("th", name, scope="col") for name in head))),
            tag("tbody", *(tag("tr", line) for line in lines)),
        ),
        class_="scroll",
    )


def page(title: str, *body: str | None, account: str = "", csrf: str = "") -> Html:
    """Return a whole page; with `account` (an e-mail address) it offers to leave."""
    leave = tag(
        "form",
        tag("span", account),
        hidden(csrf),
        tag("button", "Se déconnecter", class_="quiet"),
        method="post",
        action="/demo/logout",
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} — Field Kit, démonstration"),
        tag("link", rel="stylesheet", href="/demo/style.css"),
    )
    banner = tag(
        "p",
        tag("strong", "Pour les démonstrations et la formation."),
        " N’y mettez pas de vrais dossiers\u00a0: en production, ODK Central prend cette place",
        " et le programme ne change pas.",
        class_="banner",
        role="note",
    )
    top = tag("header", link("Field Kit · serveur de démonstration", "/", class_="home"), leave if account else None)
    main = tag("main", tag("h1", title), *body, id="contenu")
    skip = link("Aller au contenu", "#contenu", class_="skip")
    return Html("<!DOCTYPE html>\n" + tag("html", head, tag("body", skip, banner, top, main), lang="fr"))


def hidden(csrf: str) -> Html:
    """Return the field that proves that a form came from these pages."""
    return tag("input", type="hidden", name="csrf", value=csrf)


def field(label: str, name: str, *, kind: str = "text", value: str = "", autocomplete: str = "off") -> Html:
    """Return a labelled line of input that must be filled."""
    entry = tag(
        "input", type=kind, id=name, name=name, value=value, autocomplete=autocomplete, required=True, maxlength="200"
    )
    return tag("p", tag("label", label, for_=name), entry, class_="field")
