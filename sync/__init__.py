# SPDX-License-Identifier: EUPL-1.2
"""All that crosses the network: the regional API, its client and the reference server; pull and push. No Qt.

The regional API is OpenRosa and a part of ODK Central's REST API. In production the other end is ODK Central (or
KoboToolbox, Ona); in demonstrations and tests it is `sync.server.ReferenceServer`, which answers alike.
"""
