"""`appcreds-sync validate`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.cli.shared import manifest_argument, show_warnings, text_or_json_option


@click.command(
    epilog="Example: appcreds-sync validate ./appcreds.yaml",
    short_help="Check the manifest; needs no network and no secret.",
)
@manifest_argument
@text_or_json_option
def command(manifest: Path | None, output_format: str) -> int:
    """Check MANIFEST, a file or a directory, and list every error with its line.

    MANIFEST defaults to $APPCREDS_MANIFEST, then ./appcreds.yaml, then ./appcreds/. Needs no
    network, no Vault and no secret. Exit code 0 valid, 1 not.
    """
    from appcreds_sync import manifest as manifests  # not for --help
    from appcreds_sync.cli.render.validity import validity_text
    from appcreds_sync.model.counting import counted
    from appcreds_sync.model.errors import ManifestError
    from appcreds_sync.oauth.catalogue import load_catalogue

    argument = None if manifest is None else str(manifest)
    try:
        path = manifests.find(argument, os.environ, Path.cwd())
        loaded = manifests.load(path, catalogue=load_catalogue())
    except ManifestError as error:
        if output_format == "text":
            raise
        click.echo(validity_text(error.problems, ()), nl=False)
        return error.exit_code
    if output_format == "json":
        click.echo(validity_text((), loaded.warnings), nl=False)
        return 0
    show_warnings(loaded.warnings)
    credentials = counted(len(loaded.manifest.credentials), "credential")
    stores = counted(len(loaded.manifest.stores), "store")
    click.echo(f"{on_terminal(str(_as_named(path)))}: valid, {credentials} for {stores}")
    return 0


def _as_named(path: Path) -> Path:
    """Return it relative to where the person stands, where that is shorter."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
