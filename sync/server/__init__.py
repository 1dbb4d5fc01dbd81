# SPDX-License-Identifier: EUPL-1.2
"""The reference regional server: `with ReferenceServer(folder) as region: …`. It imports werkzeug and cheroot."""

from sync.server.faults import Fault, Faults, When
from sync.server.received import Received
from sync.server.reference import ReferenceServer

__all__ = ["Fault", "Faults", "Received", "ReferenceServer", "When"]
