# SPDX-License-Identifier: EUPL-1.2
"""The two forms that the window knows by name, without importing what reads them (a test holds them equal)."""

DIAGNOSTIC = "diagnostic_territorial"
APPLICATION = "mon_smart_village"
