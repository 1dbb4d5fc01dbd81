# SPDX-License-Identifier: EUPL-1.2
"""How a command is added to the command line: its name, its function, its help."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser

    # argparse gives the maker of commands no public name.
    Commands = argparse._SubParsersAction[ArgumentParser]


def add(commands: Commands, name: str, run: str, text: str, *, json: bool = True) -> ArgumentParser:
    """Add a command whose function is `run`; its help in the list is the first sentence of `text`."""
    command = commands.add_parser(name, help=text[0].lower() + text[1:].partition(".")[0], description=text)
    command.set_defaults(run=run, json=False)
    if json:
        command.add_argument("--json", action="store_true", help="answer as JSON, for programs")
    return command
