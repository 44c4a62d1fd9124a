"""Output between the steps of something that is to be finished, whether or not anyone reads on."""

from __future__ import annotations

import os
import sys

import click


def say(text: str, *, nl: bool = True) -> None:
    """Print `text`; once nobody reads any more, print nothing, and let the caller go on."""
    try:
        click.echo(text, nl=nl)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        # What is still in Python's buffer goes there too, or it would fail again at the exit.
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
