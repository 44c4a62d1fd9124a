"""`appcreds-sync link`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.completing import complete_credential, complete_integration, complete_store
from appcreds_sync.cli.shared import manifest_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    epilog="Example: appcreds-sync link spotify --store house --browser",
    short_help="Link an account by a credential, or list those that have none.",
)
@click.argument("name", required=False, shell_complete=complete_credential)
@manifest_option
@click.option("--store", metavar="NAME", shell_complete=complete_store, help="The Home Assistant.")
@click.option(
    "--integration",
    metavar="DOMAIN",
    shell_complete=complete_integration,
    help="Which one, where the credential is for several.",
)
@click.option("--browser", is_flag=True, help="Open the provider's page in a browser here.")
@click.option(
    "--url",
    metavar="URL",
    help="The address at which that browser opens Home Assistant [default: the store's].",
)
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the person at the provider.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the list on stdout.",
)
def command(  # noqa: PLR0913  # one parameter a flag
    name: str | None,
    manifest: Path | None,
    *,
    store: str | None,
    integration: str | None,
    browser: bool,
    url: str | None,
    timeout: int,
    output_format: str,
) -> int:
    """Link an account of the credential NAME by Home Assistant's own flow.

    Shows the provider's address to sign in at, waits until Home Assistant has the account, and
    says its name. What the integration wants to know beside is asked at a terminal. Without NAME,
    list the credentials that have no account yet.

    However it ends, no half-done flow stays in Home Assistant. Exit code 0 linked, 1 not, 130 after
    Ctrl-C; of the list 0, or 1 where something could not be read.
    """
    if name is None:
        if integration or browser or url:
            message = "--integration, --browser and --url need the NAME of a credential"
            raise click.UsageError(message)
        from appcreds_sync.cli.unlinked import list_unlinked  # not for --help

        return list_unlinked(manifest, store, output_format)
    if output_format != "text":
        message = "--format is for the list; leave NAME out"
        raise click.UsageError(message)
    from appcreds_sync.cli.linking import LinkOptions, link

    return link(manifest, name, LinkOptions(store, integration, browser, url, timeout))
