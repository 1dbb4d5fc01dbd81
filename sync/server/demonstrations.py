# SPDX-License-Identifier: EUPL-1.2
"""Faults with a name, for trainers: `fieldkit serve --fault answer-lost=3` (contract, section 5)."""

from __future__ import annotations

from dataclasses import replace

from sync.server import answers
from sync.server.faults import PASSES, Fault, When

SUBMITTING = r"^POST .*/submission$"
HTML = {"Content-Type": "text/html"}
XML = {**answers.OPENROSA_HEADERS, "Content-Type": "text/xml; charset=utf-8"}


def _page(title: str) -> bytes:
    return f"<html><head><title>{title}</title></head><body>{title}</body></html>".encode()


def _refusal(problem: answers.Problem) -> bytes:
    return answers.openrosa_message(problem.message, "error", problem.status).get_data()


FAULTS: dict[str, tuple[str, Fault]] = {
    "answer-lost": ("a record is stored and the answer never arrives", Fault(SUBMITTING, When.AFTER)),
    "cut": ("the line breaks before a record is stored", Fault(SUBMITTING)),
    "false-deleted": (
        "a record is stored and called deleted, as Central does when two copies of it race",
        Fault(SUBMITTING, When.AFTER, 409, _refusal(answers.deleted()), XML),
    ),
    "bad-gateway": (
        "the server behind the proxy is away",
        Fault(r"^\w+ /v1/", When.BEFORE, 502, _page("502 Bad Gateway"), HTML),
    ),
    "portal": (
        "a hotel's page answers in the server's place",
        Fault(r"^\w+ /v1/", When.BEFORE, 200, _page("Welcome, please log in"), HTML),
    ),
    "too-large": (
        "the proxy finds a record too large",
        Fault(SUBMITTING, When.BEFORE, 413, _page("413 Request Entity Too Large"), HTML),
    ),
    "busy": ("a record is still being worked on", Fault(SUBMITTING, When.BEFORE, 423, b"", XML)),
    "broken": (
        "the server fails on a record",
        Fault(
            SUBMITTING, When.BEFORE, 500, b'{"message":"Internal Server Error"}', {"Content-Type": "application/json"}
        ),
    ),
    "slow": ("a record takes twenty seconds to be answered", Fault(SUBMITTING, When.AFTER, PASSES, delay=20)),
}


def fault_named(name: str, times: int = 1) -> Fault:
    """Return a new fault that strikes `times` requests (-1: all); KeyError if there is none of that name."""
    return replace(FAULTS[name][1], times=times)
