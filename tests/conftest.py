# SPDX-License-Identifier: EUPL-1.2
"""What every test of every room has: no screen, a workspace of its own, no network but loopback."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from hypothesis import settings

# Two cores under load: how long an example takes says nothing about the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
