"""Options that several commands take, and what they all start with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from appcreds_sync.cli.completing import complete_store
from appcreds_sync.cli.render.harmless import on_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from appcreds_sync.manifest import LoadedManifest
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.planning.options import PlanOptions

_Function = TypeVar("_Function", bound="Callable[..., Any]")

manifest_argument = click.argument("manifest", required=False, type=click.Path(path_type=Path))

manifest_option = click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The manifest [default: $APPCREDS_MANIFEST, then ./appcreds.yaml, then ./appcreds/].",
)

store_option = click.option(
    "--store",
    "stores",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_store,
    help="Only this store, or the stores with this label. Can be said more than once.",
)


def _format_option(*formats: str) -> Callable[[_Function], _Function]:
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default="text",
        show_default=True,
        help="How to print the result on stdout.",
    )


format_option = _format_option("text", "json", "markdown")
text_or_json_option = _format_option("text", "json")

stopped_option = click.option(
    "--home-assistant-is-stopped",
    is_flag=True,
    help="Your word for it, where a directory store can't tell.",
)


def planning_options(function: _Function) -> _Function:
    """Add the flags that lift a guard or a block."""
    options = (
        click.option(
            "--max-deletes",
            type=click.IntRange(min=0),
            metavar="N",
            help="Credentials that may be deleted in a store [default: policy.max_deletes].",
        ),
        click.option("--allow-empty", is_flag=True, help="Delete all that we own in a store."),
        click.option(
            "--allow-in-use", is_flag=True, help="Delete a credential that an account uses."
        ),
        click.option(
            "--allow-relink",
            is_flag=True,
            help="Replace a client id that accounts were linked with; they must sign in again.",
        ),
        click.option(
            "--create-anyway",
            is_flag=True,
            help="Create beside an unmanaged item of the same client that an account uses.",
        ),
        click.option(
            "--accept-new-owner",
            is_flag=True,
            help="Work beside another owner of the same credentials.",
        ),
    )
    # click lists in the order of decorators, and the innermost is applied first.
    for option in reversed(options):
        function = option(function)
    return function


def to_plan_options(flags: dict[str, Any]) -> PlanOptions:
    """Return what `planning_options` gathered."""
    from appcreds_sync.planning.options import PlanOptions  # not for --help

    return PlanOptions(**flags)


def load_manifest(argument: Path | None, catalogue: Catalogue) -> LoadedManifest:
    """Find and read the manifest, and show its warnings; raise ManifestError."""
    from appcreds_sync import manifest  # not for --help

    text = None if argument is None else str(argument)
    loaded = manifest.load(manifest.find(text, os.environ, Path.cwd()), catalogue=catalogue)
    show_warnings(loaded.warnings)
    return loaded


def show_warnings(warnings: tuple[Problem, ...]) -> None:
    """Print each on stderr, on a line of its own."""
    for warning in warnings:
        label = click.style("warning:", fg="yellow", bold=True)
        click.echo(f"{label} {on_terminal(str(warning))}", err=True)


def unknown_credential(name: str, known: Iterable[str]) -> Problem:
    """Return what to tell where the manifest has no credential `name`."""
    from appcreds_sync.model.errors import Problem  # not for --help
    from appcreds_sync.model.slips import instead

    return Problem(
        "unknown-credential", f"there is no credential {name} in the manifest", instead(name, known)
    )
