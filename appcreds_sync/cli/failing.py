"""How every way to fail ends: what a person reads, and the exit code."""

from __future__ import annotations

import errno
import os

import click

from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.model.errors import AppcredsError, UsageError

_INTERRUPTED = 130
"""128 + SIGINT, as shells count."""


def explain(error: BaseException) -> int:
    """Say on stderr why a command ended with `error`; return the exit code."""
    match error:
        case click.ClickException():
            error.show()
            # click's own 2 would be taken for "changes are pending".
            return UsageError.exit_code
        case AppcredsError():
            label = click.style("error:", fg="red", bold=True)
            # The context that `app` told of it is gone by now.
            colour = False if os.environ.get("NO_COLOR") else None
            for problem in error.problems:
                click.echo(f"{label} {on_terminal(str(problem))}", err=True, color=colour)
            return error.exit_code
        case click.Abort():  # Ctrl-C at a question
            click.echo("interrupted; all that was done is said above", err=True)
            return _INTERRUPTED
        case KeyboardInterrupt():
            click.echo("interrupted; what was done stays done, run it again to go on", err=True)
            return _INTERRUPTED
        case OSError(errno=errno.ENOSPC):
            click.echo("error: no space left where the output goes; make room there", err=True)
            _forget_output()
            return 1
        case _:
            _show_mistake_of_ours(error)
            return 1


def _forget_output() -> None:
    """Lose what waits to be written: Python would try once more, and end with a code of its own."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)


def _show_mistake_of_ours(error: BaseException) -> None:
    import traceback  # only on the way out

    # Where it broke, but not what with: the message of a stranger's exception may hold a secret.
    frames = "".join(traceback.format_tb(error.__traceback__))
    click.echo(
        f"{frames}internal error: {type(error).__name__}; this is a bug in appcreds-sync, "
        "please report it with the lines above (they hold no values)",
        err=True,
    )
