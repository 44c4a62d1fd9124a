"""`appcreds-sync doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.shared import manifest_argument, store_option, text_or_json_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    epilog="Example: appcreds-sync doctor --store house",
    short_help="Look for what could go wrong, and say what to do.",
)
@manifest_argument
@store_option
@text_or_json_option
def command(manifest: Path | None, stores: tuple[str, ...], output_format: str) -> int:
    """Look at all that MANIFEST needs: references, Vault, each store, watching its files.

    Reads, and changes nothing; no value is shown. Of Vault: address, TLS, login, the token's life
    and what its policies lack. Of a store: reachable, TLS, version, administrator, integrations,
    whether it tells of changes, its clock.

    Exit code 0 all is well, 3 there are warnings, 1 something does not work.
    """
    from appcreds_sync.cli.examining import examine, severity  # not for --help
    from appcreds_sync.cli.render.findings import render_findings

    found = examine(manifest, stores)
    code = severity(found)
    click.echo(render_findings(found, output_format, code), nl=False)
    return int(code)
