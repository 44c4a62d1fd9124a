"""`appcreds-sync list`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.shared import (
    format_option,
    load_manifest,
    manifest_argument,
    show_warnings,
    store_option,
)

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    epilog="Example: appcreds-sync list --store house",
    short_help="Show every store's credentials, and which accounts use them.",
)
@manifest_argument
@store_option
@click.option("--unmanaged", is_flag=True, help="Only the unmanaged ones.")
@click.option("--no-secrets", is_flag=True, help="Never ask Vault; compare what can be compared.")
@format_option
def command(
    manifest: Path | None,
    stores: tuple[str, ...],
    output_format: str,
    *,
    unmanaged: bool,
    no_secrets: bool,
) -> int:
    """Show what every store of MANIFEST holds, side by side; secrets never.

    \b
    kind     managed (declared, or made by us), unmanaged (never touched), made by HA
    used by  the linked accounts, with the state that Home Assistant reports
    drift    how it differs from the manifest; empty where it does not

    MANIFEST defaults to $APPCREDS_MANIFEST, then ./appcreds.yaml, then ./appcreds/. Exit code 0,
    or 1 where something could not be read.
    """  # noqa: D301  # click's \b keeps the lines apart
    from appcreds_sync.cli.looking import look, unreadable  # not for --help
    from appcreds_sync.cli.render.overview import render_overview
    from appcreds_sync.oauth.catalogue import load_catalogue
    from appcreds_sync.planning.overview import Kind, overview
    from appcreds_sync.reconcile.run import choose_stores

    catalogue = load_catalogue()
    declared = load_manifest(manifest, catalogue).manifest
    specs = choose_stores(declared, stores)
    found = look(declared, specs, catalogue, read_secrets=not no_secrets)
    rows = {
        store.spec.name: tuple(
            row
            for row in overview(store.desired, store.snapshot)
            if not unmanaged or row.kind is Kind.UNMANAGED
        )
        for store in found.stores
        if store.snapshot is not None
    }
    code = int(unreadable(found))
    if output_format == "text":
        show_warnings(found.warnings)
    today = dt.datetime.now(tz=dt.UTC).date()
    click.echo(render_overview(found, rows, today, output_format, code), nl=False)
    return code
