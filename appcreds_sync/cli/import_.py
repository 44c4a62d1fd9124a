"""`appcreds-sync import`."""

from __future__ import annotations

from pathlib import Path

import click

from appcreds_sync.cli.completing import complete_store
from appcreds_sync.cli.shared import format_option, manifest_argument, show_warnings


@click.command(
    name="import",
    epilog="Example: appcreds-sync import --store house --vault-path 'kv/ha/{credential}'",
    short_help="Declare in the manifest what a Home Assistant holds already.",
)
@manifest_argument
@click.option(
    "--store",
    required=True,
    metavar="NAME",
    shell_complete=complete_store,
    help="The store to look at.",
)
@click.option(
    "--to",
    type=click.Choice(["vault", "secrets-yaml"]),
    help="Where to keep the client secrets [default: vault with --vault-path, else secrets-yaml].",
)
@click.option(
    "--vault-path",
    metavar="PATH",
    help="A path in Vault's KV engine; {credential} and {store} stand for their names.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@format_option
def command(  # noqa: PLR0913  # one parameter a flag
    manifest: Path | None,
    store: str,
    to: str | None,
    vault_path: str | None,
    output_format: str,
    *,
    dry_run: bool,
) -> int:
    """Add to MANIFEST what a store holds already, so that the next plan is empty.

    A credential that is declared for other stores, and is here just the same, is declared for this
    one too. The store itself is only read. The client secrets go to Vault, or to the secrets.yaml
    beside the manifest; a value that is there already is never overwritten. Exit code 0 done, and
    the next plan is empty; 1 failed; 2 done, but the next plan has other things to do; 3 done, but
    something could not be imported and needs a person.
    """
    import os  # not for --help

    from appcreds_sync import manifest as manifests
    from appcreds_sync.cli.importing import ImportOptions, import_store
    from appcreds_sync.cli.render.imports import render_import
    from appcreds_sync.oauth.catalogue import load_catalogue

    if to == "vault" and vault_path is None:
        message = "--to vault needs --vault-path, as in --vault-path 'kv/ha/{credential}'"
        raise click.UsageError(message)
    if to == "secrets-yaml" and vault_path is not None:
        message = "--to secrets-yaml and --vault-path name two places; give one"
        raise click.UsageError(message)
    path = manifests.find(None if manifest is None else str(manifest), os.environ, Path.cwd())
    options = ImportOptions(store, vault_path, dry_run)
    report = import_store(path, load_catalogue(), options)
    show_warnings(report.warnings)
    click.echo(render_import(report, output_format), nl=False)
    return int(report.exit_code)
