# SPDX-License-Identifier: EUPL-1.2
"""One module a target: `run(data)` raises if a promise is broken, `seeds()` yields inputs to begin with."""
