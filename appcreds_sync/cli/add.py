"""`appcreds-sync add`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.completing import complete_integration
from appcreds_sync.cli.shared import manifest_option, store_option

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from appcreds_sync.cli.adding import Draft


@click.command(
    epilog="Example: appcreds-sync add spotify --vault-path 'kv/ha/{credential}' --sync",
    short_help="Declare a credential: tells where to get it, keeps its secret.",
)
@click.argument("integrations", nargs=-1, required=True, shell_complete=complete_integration)
@manifest_option
@click.option("--name", metavar="NAME", help="Of the credential [default: the integration].")
@click.option("--client-id", metavar="ID", help="As the provider gave it.")
@click.option(
    "--secret-stdin", is_flag=True, help="Read the client secret from stdin; for scripts."
)
@click.option(
    "--to",
    type=click.Choice(["vault", "secrets-yaml"]),
    help="Where to keep the secret [default: vault with --vault-path, else as the others are].",
)
@click.option(
    "--vault-path",
    metavar="PATH",
    help="A path in Vault's KV engine; {credential} stands for the name. With {store}, the secret "
    "is kept once for each store.",
)
@click.option(
    "--expires",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="When the secret runs out, as in 2027-03-01.",
)
@store_option
@click.option("--sync/--no-sync", "sync", default=None, help="Sync afterwards, or don't ask.")
@click.option("--yes", is_flag=True, help="Write without asking once more.")
def command(  # noqa: PLR0913  # one parameter a flag
    integrations: tuple[str, ...],
    manifest: Path | None,
    *,
    name: str | None,
    client_id: str | None,
    to: str | None,
    vault_path: str | None,
    expires: dt.datetime | None,
    stores: tuple[str, ...],
    secret_stdin: bool,
    sync: bool | None,
    yes: bool,
) -> int:
    """Add a credential for one or more INTEGRATIONS to the manifest.

    Says where to register a client and with which redirect URI, asks for what is not given, shows
    the plan, and only then writes: first the secret, to Vault or to secrets.yaml, then the
    manifest, whose comments stay. Nothing that is there already is overwritten. If the manifest
    can't be written, the secret is taken back (KV v2, secrets.yaml), or it is said where it is.

    Exit code 0 done, 1 failed or not wanted; with --sync, that of the sync.
    """
    from appcreds_sync.cli import adding  # not for --help
    from appcreds_sync.cli.add_questions import Wish

    if to == "secrets-yaml" and vault_path is not None:
        message = "--to secrets-yaml and --vault-path name two places; give one"
        raise click.UsageError(message)
    wish = Wish(
        integrations=tuple(dict.fromkeys(integrations)),
        name=name,
        client_id=client_id,
        secret_from_stdin=secret_stdin,
        to=to,
        vault_path=vault_path,
        expires=None if expires is None else expires.date(),
        stores=stores,
    )
    draft = adding.prepare(manifest, wish)
    agreed = _agreed(draft, sync=sync, yes=yes)
    if agreed is None:
        click.echo("nothing was written")
        return 1
    adding.write(draft)
    if not agreed:
        click.echo(f"next: {adding.next_steps(draft)}")
        return 0
    return adding.sync(draft)


def _agreed(draft: Draft, *, sync: bool | None, yes: bool) -> bool | None:
    """Ask what is still open, all before the first change; None is a no to the whole."""
    from appcreds_sync.cli.asking import at_terminal  # not for --help

    if not at_terminal():
        return bool(sync)
    if not yes and not click.confirm(f"Write this to {draft.shown}?", default=True):
        return None
    return click.confirm("Sync afterwards?", default=False) if sync is None else sync
