"""`appcreds-sync plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from appcreds_sync.model.report import Report


@click.command(
    epilog="Example: appcreds-sync plan --store house --format markdown",
    short_help="Show what sync would change.",
)
@manifest_argument
@store_option
@format_option
@click.option(
    "--detailed-exitcode",
    is_flag=True,
    help="Exit 2 if changes are pending, 3 if a guard or a block stands.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Save the plan for `sync --plan FILE`. It holds no secret.",
)
@click.option("--no-secrets", is_flag=True, help="Never ask Vault; compare what can be compared.")
@click.option("--offline", is_flag=True, help="Ask no Home Assistant either; needs --base.")
@click.option(
    "--base",
    type=click.Path(path_type=Path),
    metavar="MANIFEST",
    help="With --offline: the earlier manifest to compare with.",
)
@stopped_option
@planning_options
def command(  # noqa: PLR0913  # one parameter a flag
    manifest: Path | None,
    stores: tuple[str, ...],
    output_format: str,
    out: Path | None,
    base: Path | None,
    *,
    detailed_exitcode: bool,
    no_secrets: bool,
    offline: bool,
    home_assistant_is_stopped: bool,
    **flags: Any,  # noqa: ANN401  # as click hands them over
) -> int:
    """Compare MANIFEST with every store and show what sync would change; change nothing.

    MANIFEST defaults to $APPCREDS_MANIFEST, then ./appcreds.yaml, then ./appcreds/. Exit code 0,
    or 1 where something could not be read. With --detailed-exitcode also 2, changes are pending,
    and 3, a guard or a block needs a person.
    """
    from appcreds_sync.cli.render import render
    from appcreds_sync.cli.running import make_report, run_offline  # not for --help
    from appcreds_sync.model.report import exit_code
    from appcreds_sync.oauth.catalogue import load_catalogue
    from appcreds_sync.reconcile.options import RunOptions

    if offline != (base is not None):
        message = "--offline and --base go together: --offline --base MANIFEST"
        raise click.UsageError(message)
    if out is not None and (offline or no_secrets):
        message = "--out needs the whole plan: leave out --offline and --no-secrets"
        raise click.UsageError(message)
    catalogue = load_catalogue()
    loaded = load_manifest(manifest, catalogue)
    options = RunOptions(
        stores=stores,
        read_secrets=not no_secrets,
        home_assistant_is_stopped=home_assistant_is_stopped,
        planning=to_plan_options(flags),
    )
    report: Report
    if base is not None:
        report = run_offline(load_manifest(base, catalogue), loaded, catalogue, options)
    else:
        report = make_report(loaded, catalogue, options)
    code = exit_code(report, detailed=detailed_exitcode)
    click.echo(render(report, output_format, code), nl=False)
    if out is not None:
        from appcreds_sync.cli.saved_plan import save_plan  # not for every plan

        save_plan(report, out)
    return int(code)
