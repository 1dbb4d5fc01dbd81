# SPDX-License-Identifier: EUPL-1.2
"""Where things are kept on this machine."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "FIELDKIT_HOME"
FOLDER_NAME = "fieldkit-wallonia"


def workspace_folder() -> Path:
    """Return the folder of the workspace: `FIELDKIT_HOME` if set, else the platform's data folder of the user.

    The folder is not made here. A relative `FIELDKIT_HOME` counts from the current folder, `~` is the user's home.
    """
    chosen = os.environ.get(HOME_VARIABLE, "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path(FOLDER_NAME, appauthor=False, roaming=False)
