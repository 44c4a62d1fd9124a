"""The group of commands."""

from __future__ import annotations

import gc
import importlib
import io
import keyword
import os
import sys
from typing import NoReturn

import click

from appcreds_sync import __version__

_COMMANDS = {
    "init": "Write a first manifest for a Home Assistant.",
    "import": "Declare in the manifest what a Home Assistant holds already.",
    "validate": "Check the manifest; needs no network and no secret.",
    "plan": "Show what sync would change.",
    "sync": "Make every store as the manifest says, then stop.",
    "list": "Show every store's credentials, and which accounts use them.",
    "add": "Declare a credential: tells where to get it, keeps its secret.",
    "remove": "Take a credential out of the manifest, and say what that deletes.",
    "link": "Link an account by a credential, or list those that have none.",
    "integrations": "Show which integrations take credentials, and where to get those.",
    "watch": "Keep every store as the manifest says, until stopped.",
    "verify": "Ask each provider whether its client's id and secret are right.",
    "doctor": "Look for what could go wrong, and say what to do.",
    "completion": "Print what makes a shell complete commands and names.",
    "schema": "Print a JSON Schema: of the manifest, or of what a command prints.",
}
"""Name to short help. Here, so that `--help` need not import a single command."""
COMPLETE_VARIABLE = "_APPCREDS_SYNC_COMPLETE"
"""The one that click looks at: a shell that completes a line sets it."""
_NEW_OBJECTS = 200_000
"""Between two searches for garbage. A command makes little, as what it reads it needs to its end;
with Python's 700 the searches take a twentieth of its time, and bound memory no better."""


class _LazyGroup(click.Group):
    """Imports a command's module when the command is used, and not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a new user meets them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import `appcreds_sync.cli.<name>`, whose `command` it is; `import_`, for the keyword."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        module = importlib.import_module(f"appcreds_sync.cli.{name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: appcreds-sync init && appcreds-sync plan && appcreds-sync sync",
)
@click.version_option(__version__, prog_name="appcreds-sync")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="warning",
    show_default=True,
    help="How much to tell on stderr. Secrets are never logged, whatever the level.",
)
@click.pass_context
def commands(context: click.Context, log_level: str) -> None:
    """Keep Home Assistant's application credentials as a manifest in Git declares them.

    The manifest names each credential and where its secret is kept (Vault, secrets.yaml and the
    like); it holds no secret itself.
    """
    from appcreds_sync.cli.logs import set_up_logging  # not for --help

    gc.set_threshold(_NEW_OBJECTS)
    set_up_logging(log_level)
    _stand_somewhere()
    if os.environ.get("NO_COLOR"):
        context.color = False


def _stand_somewhere() -> None:
    try:
        os.getcwd()  # noqa: PTH109  # pathlib would have to be imported for --help
    except OSError as error:
        from appcreds_sync.model.errors import AppcredsError, Problem  # rarely

        what = "the current folder is gone, or can't be entered"
        problem = Problem("no-current-folder", what, "change into one that is there")
        raise AppcredsError(problem) from error


def run_command_line() -> NoReturn:
    """Run, and exit: 0 done, 1 failed, 2 changes pending, 3 needs a person, 64 usage."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Where the terminal's encoding lacks a letter of a title or name, as stderr does anyway.
        sys.stdout.reconfigure(errors="backslashreplace")
    if COMPLETE_VARIABLE in os.environ:
        from appcreds_sync.cli.completion_shells import register  # only for a shell that asks

        register()
    try:
        code = commands.main(prog_name="appcreds-sync", standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the last resort: nothing may print a value
        from appcreds_sync.cli.failing import explain  # not for --help

        sys.exit(explain(error))
    sys.exit(code if isinstance(code, int) else 0)
