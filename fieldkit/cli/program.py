# SPDX-License-Identifier: EUPL-1.2
"""Runs one command: reads the arguments, prints the answer, turns errors into a sentence and an exit code."""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import traceback
from argparse import Namespace
from collections.abc import Callable, Sequence

from fieldkit.cli.answer import Answer, ExitCode
from fieldkit.cli.arguments import build_parser
from fieldkit.cli.messages import exit_code, tell

# Control characters but the end of a line, marks that turn the direction of writing, halves of characters.
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def run_command(words: Sequence[str]) -> int:
    """Run the command line `words`; return the exit code. Wrong arguments exit at once with 2, as argparse does."""
    parser = build_parser()
    arguments = parser.parse_args(words)
    if arguments.command is None:
        from fieldkit.cli.reading import folder_of
        from fieldkit.cli.window import open_window

        return open_window(folder_of(arguments))
    if arguments.command == "records" and arguments.export and not arguments.form:
        parser.error("--export needs --form: a table has the columns of one form")
    try:
        code = _show(_function(arguments.run)(arguments), as_json=arguments.json)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough (`fieldkit records | head`); Python must not complain about it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:  # noqa: BLE001 (the last one to know: a sentence for what is expected, a trace for a bug)
        return _fail(error, as_json=arguments.json)
    return code


def _function(name: str) -> Callable[[Namespace], Answer]:
    """Import the command that is run, and no other: each brings its own libraries."""
    module, _, function = name.partition(".")
    found: Callable[[Namespace], Answer] = getattr(importlib.import_module(f"fieldkit.cli.{module}"), function)
    return found


def _show(answer: Answer, *, as_json: bool) -> ExitCode:
    if as_json:
        print(plain(json.dumps(answer.data, ensure_ascii=False, indent=2)))
    for line in answer.trouble:
        print(plain(line), file=sys.stderr)
    if not as_json:
        for line in answer.lines:
            print(plain(line))
    return answer.code


def plain(text: str) -> str:
    """Return `text` without what a terminal obeys or cannot show: it may be a server's, or of a file from anywhere."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _fail(error: Exception, *, as_json: bool) -> ExitCode:
    code = exit_code(error)
    if code is ExitCode.BUG:
        traceback.print_exception(error)
    message = tell(error)
    if as_json:
        print(plain(json.dumps({"error": type(error).__name__, "message": message}, ensure_ascii=False, indent=2)))
    print(plain(f"fieldkit: {message}"), file=sys.stderr)
    return code
