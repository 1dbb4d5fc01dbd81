# SPDX-License-Identifier: EUPL-1.2
"""Does with tokens what it reads, a JSON list a line (["set", account_id, token]); answers a JSON object a line.

`tokens.py SECONDS`: how long it waits for the keyring.
"""

from __future__ import annotations

import json
import sys

from fieldkit import credentials
from fieldkit.errors import NoKeyringError

credentials.PATIENCE = float(sys.argv[1])
for line in sys.stdin:
    name, *arguments = json.loads(line)
    try:
        answer = {"value": getattr(credentials, name)(*arguments)}
    except NoKeyringError as error:
        answer = {"no_keyring": error.cause}
    print(json.dumps(answer), flush=True)  # noqa: T201
