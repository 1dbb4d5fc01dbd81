# SPDX-License-Identifier: EUPL-1.2
"""The command line: for authors of forms, for scripts, and to start the window.

`program` reads the arguments and prints; each command is a function that takes the arguments and returns an `Answer`,
with the lines for people and the data for programs. `messages` alone turns errors into sentences.
"""
