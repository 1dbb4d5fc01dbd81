# SPDX-License-Identifier: EUPL-1.2
"""The screens, one module each; every one is a widget made from the kit alone, with `refresh()` called when shown."""
