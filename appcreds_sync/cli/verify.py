"""`appcreds-sync verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.completing import complete_credential
from appcreds_sync.cli.shared import (
    load_manifest,
    manifest_argument,
    show_warnings,
    store_option,
    text_or_json_option,
)

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    epilog="Example: appcreds-sync verify --credential spotify",
    short_help="Ask each provider whether its client's id and secret are right.",
)
@manifest_argument
@store_option
@click.option(
    "--credential",
    "credentials",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_credential,
    help="Only this credential. Can be said more than once.",
)
@click.option(
    "--redirect-uri",
    metavar="URL",
    help="The redirect URI that is registered at the providers, where it is not "
    "https://my.home-assistant.io/redirect/oauth.",
)
@text_or_json_option
def command(
    manifest: Path | None,
    stores: tuple[str, ...],
    credentials: tuple[str, ...],
    redirect_uri: str | None,
    output_format: str,
) -> int:
    """Ask each provider whether the id and secret that MANIFEST declares are right.

    Sends a bogus code to the provider's token endpoint, as Home Assistant would: once with the
    secret, once with a random one. Only where the answers differ is the secret known to be right.
    No Home Assistant is asked, and nothing is changed.

    \b
    right        the provider took this secret, and refused a random one
    wrong        it refuses this id or secret
    unknown      its answers prove nothing, or its token endpoint is not known
    unreachable  no usable answer; says nothing about the secret
    skipped      Home Assistant does not send this secret

    Exit code 1 if one is wrong or could not be read, else 0: unknown and unreachable never fail.
    """  # noqa: D301  # click's \b keeps the lines apart
    from appcreds_sync.cli.render.verdicts import (  # not for --help
        verification_lines,
        verification_text,
    )
    from appcreds_sync.cli.verifying import verify_manifest
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.verdict import VerdictKind
    from appcreds_sync.oauth.catalogue import load_catalogue
    from appcreds_sync.reconcile.run import choose_stores

    catalogue = load_catalogue()
    declared = load_manifest(manifest, catalogue).manifest
    found = verify_manifest(
        declared, choose_stores(declared, stores), credentials, catalogue, redirect_uri
    )
    failed = any(
        isinstance(row.outcome, Problem) or row.outcome.kind is VerdictKind.WRONG
        for row in found.rows
    )
    if output_format == "json":
        click.echo(verification_text(found, int(failed)), nl=False)
    else:
        show_warnings(found.warnings)
        for line in verification_lines(found):
            click.echo(line)
    return int(failed)
