"""`appcreds-sync schema`."""

from __future__ import annotations

import click


@click.command(
    epilog="Example: appcreds-sync schema manifest > manifest.schema.json",
    short_help="Print a JSON Schema: of the manifest, or of what a command prints.",
)
@click.argument(
    "name",
    type=click.Choice(
        [
            "manifest",
            "validate",
            "plan",
            "report",
            "import",
            "list",
            "integrations",
            "link",
            "verify",
            "doctor",
        ]
    ),
    default="manifest",
)
def command(name: str) -> None:
    """Print the JSON Schema of the manifest, or of what a command prints with --format json.

    `report` is what `sync` prints.
    """
    from appcreds_sync.cli.render.schemas import schema_text  # not for --help

    click.echo(schema_text(name), nl=False)
