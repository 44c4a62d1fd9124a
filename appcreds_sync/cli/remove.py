"""`appcreds-sync remove`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from appcreds_sync.cli.completing import complete_credential
from appcreds_sync.cli.shared import manifest_option, planning_options, to_plan_options

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.cli.removing import Removal


@click.command(
    epilog="Example: appcreds-sync remove spotify --sync",
    short_help="Take a credential out of the manifest, and say what that deletes.",
)
@click.argument("name", shell_complete=complete_credential)
@manifest_option
@click.option(
    "--delete-secret/--keep-secret",
    "delete_secret",
    default=None,
    help="Delete its secret in Vault or secrets.yaml, or don't ask.",
)
@click.option(
    "--no-absent",
    is_flag=True,
    help="Leave an item that keeps a key from before the manifest, as unmanaged.",
)
@click.option("--sync/--no-sync", "sync", default=None, help="Sync afterwards, or don't ask.")
@click.option("--yes", is_flag=True, help="Write without asking once more.")
@planning_options
def command(  # noqa: PLR0913  # one parameter a flag
    name: str,
    manifest: Path | None,
    *,
    delete_secret: bool | None,
    no_absent: bool,
    sync: bool | None,
    yes: bool,
    **flags: Any,  # noqa: ANN401  # as click hands them over
) -> int:
    """Take the credential NAME out of the manifest, whose comments stay.

    Shows first what `sync` would then delete, and which accounts use it. An item that keeps a key
    from before the manifest would stay as unmanaged: it gets a line below `absent`. The secret
    goes last, and only once no store holds the credential and nothing else needs the secret, as
    far as can be seen. Of KV v2 earlier versions stay; it takes `update` on MOUNT/delete/PATH, or
    on MOUNT/data/PATH where other keys stand beside it.

    Exit code 0 done, 1 failed or not wanted, 3 the secret had to stay; with --sync, that of the
    sync.
    """
    from appcreds_sync.cli import removing  # not for --help

    removal = removing.prepare(manifest, name, to_plan_options(flags), with_absent=not no_absent)
    agreed = _agreed(removal, delete_secret=delete_secret, sync=sync, yes=yes)
    if agreed is None:
        click.echo("nothing was changed")
        return 1
    delete_secret, sync = agreed
    return removing.carry_out(removal, delete_secret=delete_secret, sync=sync)


def _agreed(
    removal: Removal, *, delete_secret: bool | None, sync: bool | None, yes: bool
) -> tuple[bool, bool] | None:
    """Ask what is still open, all before the first change; None is a no to the whole."""
    from appcreds_sync.cli.asking import at_terminal  # not for --help

    if not at_terminal():
        return bool(delete_secret), bool(sync)
    if not yes and not click.confirm(f"Take it out of {removal.shown}?", default=True):
        return None
    if sync is None:
        sync = click.confirm("Sync afterwards?", default=False)
    # Without a sync the credential stays in the stores, and so its secret where it is.
    if delete_secret is None and removal.deletable and sync:
        places = ", ".join(map(str, removal.deletable))
        delete_secret = click.confirm(f"Delete the secret at {places} too?", default=False)
    return bool(delete_secret), sync
