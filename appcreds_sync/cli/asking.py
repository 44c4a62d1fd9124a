"""Values from a person: asked for at a terminal, or read from stdin by a script."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from appcreds_sync.model.errors import AppcredsError, Problem
from appcreds_sync.secrets.value import accept

if TYPE_CHECKING:
    from appcreds_sync.model.secret import Secret


def at_terminal() -> bool:
    """Tell whether there is somebody to ask."""
    return sys.stdin.isatty()


def ask_text(what: str, flag: str, given: str | None, default: str | None = None) -> str:
    """Return `given`, or what a person says; less white space at its ends, which is then said.

    Raise UsageError, naming `flag`, where there is nobody to ask.
    """
    if given is None:
        if not at_terminal():
            message = f"{flag} is needed where nobody can be asked"
            raise click.UsageError(message)
        given = click.prompt(what, default=default)
    return _checked(str(given), what).reveal()


def ask_secret(what: str, *, from_stdin: bool) -> Secret:
    """Return what a person types, without an echo, or the first line of stdin; stripped."""
    if from_stdin:
        return _checked(sys.stdin.readline(), what, line_end="\n")
    if not at_terminal():
        message = "--secret-stdin is needed where nobody can be asked"
        raise click.UsageError(message)
    typed: str = click.prompt(f"{what} (it is not shown)", hide_input=True)
    return _checked(typed, what)


def _checked(text: str, what: str, line_end: str = "") -> Secret:
    name = f"the {what[:1].lower()}{what[1:]}"
    reading = accept(text, name)
    if isinstance(reading, Problem):
        raise AppcredsError(reading)
    if reading.value.reveal() != text.removesuffix(line_end).removesuffix("\r"):
        click.echo(f"white space around {name} was removed", err=True)
    return reading.value
