"""`appcreds-sync sync`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from appcreds_sync.cli.shared import (
    format_option,
    load_manifest,
    manifest_argument,
    planning_options,
    stopped_option,
    store_option,
    to_plan_options,
)


@click.command(
    epilog="Example: appcreds-sync sync --store house",
    short_help="Make every store as the manifest says, then stop.",
)
@manifest_argument
@store_option
@format_option
@click.option(
    "--plan",
    "saved",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Apply only if the plan is still the one that `plan --out FILE` saved.",
)
@click.option(
    "--verify",
    type=click.Choice(["auto", "require", "off"]),
    help="Ask the provider about a new secret before it goes under linked accounts "
    "[default: policy.verify].",
)
@click.option("--keep-going", is_flag=True, help="A guard holds back only its own store.")
@stopped_option
@planning_options
def command(  # noqa: PLR0913  # one parameter a flag
    manifest: Path | None,
    stores: tuple[str, ...],
    output_format: str,
    saved: Path | None,
    verify: Literal["auto", "require", "off"] | None,
    *,
    keep_going: bool,
    home_assistant_is_stopped: bool,
    **flags: Any,  # noqa: ANN401  # as click hands them over
) -> int:
    """Make every store hold what MANIFEST declares, then look again and stop.

    MANIFEST defaults to $APPCREDS_MANIFEST, then ./appcreds.yaml, then ./appcreds/. Exit code 0
    done, 1 something failed, 3 nothing failed but a guard or a block needs a person.
    """
    from appcreds_sync.cli.render import render  # not for --help
    from appcreds_sync.cli.running import make_report
    from appcreds_sync.cli.saved_plan import refuse_if_changed
    from appcreds_sync.model.report import exit_code
    from appcreds_sync.oauth.catalogue import load_catalogue
    from appcreds_sync.reconcile.options import RunOptions

    catalogue = load_catalogue()
    loaded = load_manifest(manifest, catalogue)
    options = RunOptions(
        apply=True,
        stores=stores,
        keep_going=keep_going,
        verify=verify,
        home_assistant_is_stopped=home_assistant_is_stopped,
        planning=to_plan_options(flags),
    )
    approve = None if saved is None else refuse_if_changed(saved)
    report = make_report(loaded, catalogue, options, approve=approve)
    code = exit_code(report)
    click.echo(render(report, output_format, code), nl=False)
    return int(code)
