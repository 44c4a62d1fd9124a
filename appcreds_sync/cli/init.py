"""`appcreds-sync init`."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path

import click

_OWNER = "home"


@click.command(
    epilog="Example: appcreds-sync init --url http://homeassistant.local:8123",
    short_help="Write a first manifest for a Home Assistant.",
)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--url", metavar="URL", help="Home Assistant's address, as your browser uses it.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="In place of --url: the config directory of a stopped Home Assistant (demo, images).",
)
@click.option("--owner", metavar="NAME", help="Marks what this manifest makes [default: home].")
@click.option("--token-stdin", is_flag=True, help="Read the access token from stdin; for scripts.")
@click.option(
    "--import/--no-import",
    "declare",
    default=None,
    help="Declare what is there already [default: asks, on a terminal].",
)
@click.option("--no-check", is_flag=True, help="Write the files without asking Home Assistant.")
def command(  # noqa: PLR0913  # one parameter a flag
    folder: Path | None,
    url: str | None,
    directory: Path | None,
    owner: str | None,
    *,
    token_stdin: bool,
    declare: bool | None,
    no_check: bool,
) -> int:
    """Write appcreds.yaml, secrets.yaml (readable by you alone) and .gitignore into FOLDER.

    Asks for what is not given. The token is a long-lived access token of an administrator: in
    Home Assistant, your profile, tab Security, at the bottom. Nothing that exists is overwritten.
    """
    from appcreds_sync.cli.asking import at_terminal  # not for --help
    from appcreds_sync.cli.first_manifest import (
        Answers,
        check_address,
        check_folder,
        check_owner,
        look,
        write_files,
    )

    if url is not None and directory is not None:
        message = "--url and --directory are two kinds of store; give one"
        raise click.UsageError(message)
    if declare and no_check:
        message = "--import has to ask Home Assistant, which --no-check forbids"
        raise click.UsageError(message)
    folder = folder or Path()
    check_folder(folder)
    check_owner(owner or _OWNER)
    token = None
    if directory is None:
        if not url:
            _need_terminal("--url, or --directory")
            url = click.prompt(
                "Address of Home Assistant", default="http://homeassistant.local:8123"
            )
        check_address(url)
        token = _token(from_stdin=token_stdin)
    answers = Answers(folder, owner or _OWNER, url, token, directory)
    found = None if no_check else look(answers)  # a wrong token ends it before more is asked
    if owner is None and at_terminal():
        answers = replace(answers, owner=_ask_owner())
    for path in write_files(answers):
        click.echo(f"wrote {path}")
    if found is not None:
        click.echo(found.sentence)
        if found.credentials and _wanted(declare):
            return _import(folder / "appcreds.yaml")
    click.echo(_next(folder, there=found.credentials if found else 0))
    return 0


def _ask_owner() -> str:
    from appcreds_sync.cli.first_manifest import check_owner  # not for --help
    from appcreds_sync.model.errors import AppcredsError

    def accepted(text: str) -> str:
        try:
            check_owner(text)
        except AppcredsError as error:
            raise click.BadParameter(str(error)) from error  # click says it, and asks again
        return text

    owner: str = click.prompt(
        "Owner, a short name that marks what this manifest makes",
        default=_OWNER,
        value_proc=accepted,
    )
    return owner


def _next(folder: Path, *, there: int) -> str:
    """Say what comes next; the manifest is named where no command would find it by itself."""
    path = folder / "appcreds.yaml"
    named = "" if folder in {Path(), Path("appcreds")} else f" --manifest {shlex.quote(str(path))}"
    add = f"appcreds-sync add INTEGRATION{named}, or declare credentials in {path}"
    if not there:
        return f"next: {add}"
    place = f" {shlex.quote(str(path))}" if named else ""
    return f"next: appcreds-sync import{place} --store house, with --vault-path for Vault; or {add}"


def _wanted(declare: bool | None) -> bool:  # noqa: FBT001  # as click hands it over
    from appcreds_sync.cli.asking import at_terminal  # not for --help

    if declare is None and at_terminal():
        question = "Declare what is there (import), and keep its secrets in secrets.yaml?"
        return click.confirm(question, default=True)
    return bool(declare)


def _import(manifest: Path) -> int:
    from appcreds_sync.cli.first_manifest import STORE  # not for --help
    from appcreds_sync.cli.importing import ImportOptions, import_store
    from appcreds_sync.cli.render.imports import render_import
    from appcreds_sync.cli.shared import show_warnings
    from appcreds_sync.oauth.catalogue import load_catalogue

    report = import_store(manifest, load_catalogue(), ImportOptions(STORE, vault_path=None))
    show_warnings(report.warnings)
    click.echo(render_import(report, "text"), nl=False)
    return int(report.exit_code)


def _need_terminal(instead: str) -> None:
    from appcreds_sync.cli.asking import at_terminal  # not for --help

    if not at_terminal():
        message = f"there is no terminal to ask at; give {instead}"
        raise click.UsageError(message)


def _token(*, from_stdin: bool) -> str:
    if from_stdin:
        token = "" if sys.stdin is None else sys.stdin.readline().strip()
        if not token:
            message = "--token-stdin: there is nothing on stdin"
            raise click.UsageError(message)
        return token
    _need_terminal("--token-stdin")
    text: str = click.prompt(
        "Long-lived access token (profile, tab Security; it is not shown)", hide_input=True
    )
    return text.strip()
