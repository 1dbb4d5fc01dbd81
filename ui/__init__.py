# SPDX-License-Identifier: EUPL-1.2
"""The window: the only room with Qt. It shows what the other rooms hold and writes every sentence that people read."""
