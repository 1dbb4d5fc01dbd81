# SPDX-License-Identifier: EUPL-1.2
"""A trainer's browser for the pages of the reference server, and what it would find on them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import requests  # noqa: TID253 — this is the other end of the line

EMAIL, PASSWORD = "formation@gal.example", "correct horse"


class Page(HTMLParser):
    """What a browser would find: elements with their attributes, and the text of each."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def attributes(self, tag: str, name: str) -> list[str]:
        return [each[name] or "" for kind, each in self.elements if kind == tag and name in each]


class Browser:
    """A person's browser: follows links, sends forms with their hidden fields, keeps cookies."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.url + path, timeout=10, **options)

    def page(self, path: str) -> Page:
        answer = self.get(path)
        assert answer.status_code == 200
        return Page(answer.text)

    def send(self, path: str, _headers: dict[str, str] | None = None, **fields: str) -> requests.Response:
        token = re.search(r'name="csrf" value="([^"]*)"', self.get("/").text)
        fields = {"csrf": token[1] if token else "", **fields}
        return self.session.post(self.url + path, data=fields, headers=_headers, timeout=10)

    def log_in(self, password: str = PASSWORD, email: str = EMAIL) -> requests.Response:
        return self.send("/demo/login", email=email, password=password)
