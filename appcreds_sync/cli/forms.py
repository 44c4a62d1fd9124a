"""Forms of an integration, as prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.asking import at_terminal
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.model.errors import CommandRefused, Problem

if TYPE_CHECKING:
    from appcreds_sync.cli.link_target import Target
    from appcreds_sync.model.linking import Form, FormField

_TYPES: dict[str, type] = {"text": str, "integer": int, "number": float, "boolean": bool}
_HIDDEN = ("password", "secret", "token", "pin")


def answer_form(form: Form, target: Target) -> dict[str, object]:
    """Ask a person for what `form` wants; a form without fields is only confirmed.

    Raise CommandRefused, with what to do, where there is nobody to ask or a field can't be asked
    for at a terminal.
    """
    if not form.fields:
        return {}
    if not at_terminal() or any(field.kind == "other" and field.required for field in form.fields):
        raise _by_hand(form, target)
    for error in form.errors:
        click.echo(f"Home Assistant says: {on_terminal(error)}", err=True)
    click.echo(f"{target.identity.integration} wants to know ({on_terminal(form.step_id)}):")
    answers = {field.name: _ask(field) for field in form.fields if field.kind != "other"}
    return {name: answer for name, answer in answers.items() if answer not in {None, ""}}


def _ask(field: FormField) -> object:
    name = on_terminal(field.name)
    if field.kind == "choice":
        for value, label in field.options.items():
            click.echo(f"  {on_terminal(value)}  {on_terminal(label)}")
        usual = None if field.default is None else str(field.default)
        choice = click.Choice(list(field.options))
        return click.prompt(name, type=choice, default=usual, show_choices=False)
    if field.kind == "boolean":
        return click.confirm(name, default=bool(field.default))
    default = field.default if field.required or field.default is not None else ""
    return click.prompt(
        name,
        type=_TYPES[field.kind] if default != "" else str,
        default=default,
        hide_input=any(word in field.name for word in _HIDDEN),
    )


def _by_hand(form: Form, target: Target) -> CommandRefused:
    wanted = ", ".join(field.name for field in form.fields)
    what = f"{target.identity.integration} wants more than a sign-in ({form.step_id}: {wanted})"
    hint = (
        "link it at a terminal, or in Home Assistant's page (Settings, Devices & services, Add "
        f"integration), where you choose {target.shown_as}"
    )
    return CommandRefused(Problem("link-form", what, hint, target.where))
