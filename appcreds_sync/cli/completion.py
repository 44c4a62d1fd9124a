"""`appcreds-sync completion`."""

from __future__ import annotations

import click


@click.command(
    epilog="Example: appcreds-sync completion fish | source",
    short_help="Print what makes a shell complete commands and names.",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete commands, flags and names of the manifest.

    \b
    bash  eval "$(appcreds-sync completion bash)"    in ~/.bashrc
    zsh   eval "$(appcreds-sync completion zsh)"     in ~/.zshrc, after compinit
    fish  appcreds-sync completion fish | source     in ~/.config/fish/config.fish
    """  # noqa: D301  # click's \b keeps the lines apart
    from click.shell_completion import get_completion_class  # not for --help

    from appcreds_sync.cli.app import COMPLETE_VARIABLE
    from appcreds_sync.cli.completion_shells import register

    register()
    made = get_completion_class(shell)
    assert made is not None  # click has all three
    program = context.find_root()
    click.echo(made(program.command, {}, "appcreds-sync", COMPLETE_VARIABLE).source())
