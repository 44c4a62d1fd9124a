"""`appcreds-sync integrations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.completing import complete_integration
from appcreds_sync.cli.shared import manifest_option, store_option, text_or_json_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    epilog="Example: appcreds-sync integrations spotify",
    short_help="Show which integrations take credentials, and where to get those.",
)
@click.argument(
    "domain", required=False, metavar="[INTEGRATION]", shell_complete=complete_integration
)
@manifest_option
@store_option
@click.option(
    "--offline", is_flag=True, help="Ask no Home Assistant; show what is known beforehand."
)
@text_or_json_option
def command(
    domain: str | None,
    manifest: Path | None,
    stores: tuple[str, ...],
    output_format: str,
    *,
    offline: bool,
) -> int:
    """Show what is known of INTEGRATION, or a line for each integration.

    Its authorize and token URL, where to register a client and with which redirect URI, whether a
    secret is needed, and what is special. The stores of the manifest are asked what they support,
    custom integrations too; without a manifest, what is known beforehand is shown.

    Exit code 0, or 1 where a store could not be asked or nobody knows INTEGRATION.
    """
    if offline and stores:
        message = "--offline asks no store; leave --store out"
        raise click.UsageError(message)
    from appcreds_sync.cli.learning import known_integrations  # not for --help
    from appcreds_sync.cli.render.integrations import render_integrations

    known = known_integrations(manifest, stores, domain, offline=offline)
    code = int(any(store.problems for store in known.stores))
    click.echo(render_integrations(known, domain, output_format, code), nl=False)
    return code
