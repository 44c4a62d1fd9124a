"""`appcreds-sync schema`."""

from __future__ import annotations

import click


@click.command(
    epilog="Example: appcreds-sync schema manifest > manifest.schema.json",
    short_help="Print a JSON Schema: of the manifest, a plan or a report.",
)
@click.argument("name", type=click.Choice(["manifest", "plan", "report"]), default="manifest")
def command(name: str) -> None:
    """Print the JSON Schema of the manifest, of `plan --format json` or of `sync --format json`."""
    from appcreds_sync.cli.render.schemas import schema_text  # noqa: PLC0415  # not for --help

    click.echo(schema_text(name), nl=False)
