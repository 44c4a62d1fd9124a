"""Values from a person: asked for at a terminal, or read from stdin by a script."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from appcreds_sync.model.errors import AppcredsError, Problem
from appcreds_sync.secrets.value import accept

if TYPE_CHECKING:
    from appcreds_sync.model.secret import Secret

_BYTE_ORDER_MARK = "\ufeff"
"""What some editors put before the first letter of a file."""


def at_terminal() -> bool:
    """Tell whether there is somebody to ask."""
    return sys.stdin is not None and sys.stdin.isatty()  # None where it was closed


def need_terminal(flag: str) -> None:
    """Raise UsageError, naming `flag`, where there is nobody to ask."""
    if not at_terminal():
        message = f"{flag} is needed where nobody can be asked"
        raise click.UsageError(message)


def ask_text(what: str, flag: str, given: str | None, default: str | None = None) -> str:
    """Return `given`, or what a person says; less white space at its ends, which is then said.

    Raise UsageError, naming `flag`, where there is nobody to ask.
    """
    if given is None:
        need_terminal(flag)
        given = click.prompt(what, default=default)
    return _checked(str(given), what).reveal()


def ask_secret(what: str, *, from_stdin: bool) -> Secret:
    """Return what a person types, without an echo, or the first line of stdin; stripped."""
    if from_stdin:
        line = "" if sys.stdin is None else sys.stdin.readline()
        return _checked(line.removeprefix(_BYTE_ORDER_MARK), what, line_end="\n")
    need_terminal("--secret-stdin")
    typed: str = click.prompt(f"{what} (it is not shown)", hide_input=True)
    return _checked(typed, what)


def _checked(text: str, what: str, line_end: str = "") -> Secret:
    name = f"the {what[:1].lower()}{what[1:]}"
    reading = accept(text, name)
    if isinstance(reading, Problem):
        # The hints are for values that are stored somewhere.
        raise AppcredsError(replace(reading, hint="run the command again, and give it whole"))
    if reading.value.reveal() != text.removesuffix(line_end).removesuffix("\r"):
        click.echo(f"white space around {name} was removed", err=True)
    return reading.value
