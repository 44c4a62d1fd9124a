"""`appcreds-sync init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


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
    from appcreds_sync.cli.first_manifest import (  # not for --help
        Answers,
        check,
        look,
        write_files,
    )

    if url is not None and directory is not None:
        message = "--url and --directory are two kinds of store; give one"
        raise click.UsageError(message)
    if declare and no_check:
        message = "--import has to ask Home Assistant, which --no-check forbids"
        raise click.UsageError(message)
    token = None
    if directory is None:
        if not url:
            _need_terminal("--url, or --directory")
            url = click.prompt(
                "Address of Home Assistant", default="http://homeassistant.local:8123"
            )
        token = _token(from_stdin=token_stdin)
    owner = owner or (
        click.prompt("Owner: marks what this manifest makes", default="home")
        if sys.stdin.isatty()
        else "home"
    )
    folder = folder or Path()
    answers = Answers(folder, owner, url, token, directory)
    check(answers)  # before Home Assistant is asked for nothing
    found = None if no_check else look(answers)
    for path in write_files(answers):
        click.echo(f"wrote {path}")
    if found is not None:
        click.echo(found.sentence)
        if found.credentials and _wanted(declare):
            return _import(folder / "appcreds.yaml")
    click.echo(f"next: declare a credential in {folder / 'appcreds.yaml'}, then appcreds-sync plan")
    return 0


def _wanted(declare: bool | None) -> bool:  # noqa: FBT001  # as click hands it over
    if declare is None and sys.stdin.isatty():
        return click.confirm("Declare what is there in the manifest (import)?", default=True)
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
    if not sys.stdin.isatty():
        message = f"there is no terminal to ask at; give {instead}"
        raise click.UsageError(message)


def _token(*, from_stdin: bool) -> str:
    if from_stdin:
        token = sys.stdin.readline().strip()
        if not token:
            message = "--token-stdin: there is nothing on stdin"
            raise click.UsageError(message)
        return token
    _need_terminal("--token-stdin")
    text: str = click.prompt(
        "Long-lived access token (profile, tab Security; it is not shown)", hide_input=True
    )
    return text.strip()
