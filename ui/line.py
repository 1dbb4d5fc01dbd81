# SPDX-License-Identifier: EUPL-1.2
"""What the system knows of the network line: whether each byte is paid for."""

from __future__ import annotations


def is_unmetered() -> bool:
    """Tell whether the system says that the line is not paid by use; False where no system service can tell."""
    try:
        from PySide6.QtNetwork import QNetworkInformation
    except ImportError:  # left out of this installation
        return False
    feature = QNetworkInformation.Feature.Metered
    if not QNetworkInformation.loadBackendByFeatures(feature):
        return False
    line = QNetworkInformation.instance()
    # A backend that watches nothing says "unknown", and "not metered" by default.
    known = line is not None and line.reachability() != QNetworkInformation.Reachability.Unknown
    return known and line is not None and not line.isMetered()
