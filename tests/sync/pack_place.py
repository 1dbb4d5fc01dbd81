# SPDX-License-Identifier: EUPL-1.2
"""A region that publishes catalogues of packs, and a computer that pulls from it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import resources
from fieldkit.account import Account
from fieldkit.guides import load_guides
from fieldkit.library import Library
from fieldkit.packs import CATALOGUE
from fieldkit.signing import public_of
from fieldkit.store import Store
from sync.pull import PullReport, pull
from tests.fieldkit.pack_samples import calls, region_key, toolkit

ACCOUNT = "acc"
SHIPPED = load_guides()[2]


class Place:
    """A region that publishes catalogues, and a computer that pulls from it; each publication is a new version."""

    def __init__(self, store: Store, site: Any, folder: Path) -> None:
        self.store, self.site, self.folder = store, site, folder
        self.library = Library(store)
        self.client = site.client()
        self._version = 0
        store.accounts.put(Account(ACCOUNT, "https://region.example", 1, "GAL Essai"))

    def publish(self, **packs: bytes) -> None:
        """Publish these files, by name without .zip; of those that the form declares, the others stay as they were."""
        self._version += 1
        xml = resources.read_bytes("region", f"{CATALOGUE}.xml")
        xml = xml.replace(b'version="1">', f'version="{self._version}">'.encode())
        media = {f"{name}.zip": content for name, content in packs.items()}
        self.site.server.publish_form(self.site.project, xml, media)

    def pull(self) -> PullReport:
        return pull(self.store, self.client, origin=ACCOUNT)

    def trust(self, key: bytes = b"") -> None:
        self.store.packs.trust(ACCOUNT, public_of(key or region_key()), datetime.now(UTC))

    def toolkit(self, **facts: Any) -> bytes:
        return toolkit(self.folder / str(len(list(self.folder.iterdir()))), **facts)

    def calls(self, **facts: Any) -> bytes:
        return calls(self.folder / str(len(list(self.folder.iterdir()))), **facts)

    def g03(self) -> str:
        return self.library.shelf().guide("G03").title

    def withdraw(self, name: str) -> None:
        """Publish a catalogue that does not declare one of its packs any more."""
        self._version += 1
        xml = resources.read_bytes("region", f"{CATALOGUE}.xml").replace(f"jr://video/{name}.zip".encode(), b"")
        xml = xml.replace(b'version="1">', f'version="{self._version}">'.encode())
        self.site.server.publish_form(self.site.project, xml)
