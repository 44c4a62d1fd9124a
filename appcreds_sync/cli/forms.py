"""Forms of an integration, as prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.asking import at_terminal
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.model.errors import CommandRefused, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from appcreds_sync.cli.link_target import Target
    from appcreds_sync.model.linking import Form, FormField

_NUMBERS: dict[str, type] = {"integer": int, "number": float}
_HIDDEN = frozenset({"password", "secret", "token", "pin"})
"""Words in the names of fields that integrations forget to hide."""


def answer_form(form: Form, target: Target) -> dict[str, object]:
    """Ask a person for what `form` wants; a form without fields is only confirmed.

    Raise CommandRefused, with what to do, where there is nobody to ask or a field can't be asked
    for at a terminal.
    """
    if not form.fields:
        if form.errors:
            raise _refused(form, target)
        return {}
    if not at_terminal():
        raise _not_here(form, target, "link it at a terminal, or")
    if any(field.kind == "other" and field.required for field in form.fields):
        raise _not_here(form, target, "that can't be asked for at a terminal: link it")
    for error in form.errors:
        click.echo(f"Home Assistant says: {on_terminal(error)}", err=True)
    click.echo(f"{target.identity.integration} wants to know ({on_terminal(form.step_id)}):")
    answers = {field.name: _ask(field) for field in form.fields if field.kind != "other"}
    return {name: answer for name, answer in answers.items() if answer not in (None, "", [])}


def _ask(field: FormField) -> object:
    name = on_terminal(field.name)
    for value, label in field.options.items():
        click.echo(f"  {on_terminal(value)}  {on_terminal(label)}")
    if field.kind == "boolean":
        return click.confirm(name, default=bool(field.default))
    usual = _usual(field)
    hidden = field.hidden or not _HIDDEN.isdisjoint(field.name.split("_"))
    return click.prompt(
        f"{name} (several: with commas in between)" if field.kind == "choices" else name,
        default=usual,
        value_proc=_reader(field),
        hide_input=hidden,
        show_default=bool(usual) and not hidden,
    )


def _usual(field: FormField) -> str | None:
    """Return what counts where nothing is typed; None: something must be."""
    if isinstance(field.default, list):
        return ",".join(map(str, field.default))
    if field.default is not None:
        return str(field.default)
    return None if field.required else ""


def _reader(field: FormField) -> Callable[[str], object]:
    """Return what makes an answer of what is typed; it raises click.UsageError to ask again."""
    if field.kind == "choices":
        return lambda text: [_option(field, part.strip()) for part in text.split(",") if part]
    if field.kind == "choice":
        return lambda text: _option(field, text) if text else ""
    number = click.types.convert_type(_NUMBERS.get(field.kind, str))
    return lambda text: number(text) if text else ""


def _option(field: FormField, text: str) -> str:
    if text in field.options:
        return text
    message = f"{on_terminal(text)!r} is none of these"
    raise click.UsageError(message)


def _not_here(form: Form, target: Target, how: str) -> CommandRefused:
    wanted = ", ".join(field.name for field in form.fields)
    what = f"{target.identity.integration} wants more than a sign-in ({form.step_id}: {wanted})"
    hint = (
        f"{how} in Home Assistant's page (Settings, Devices & services, Add integration), where "
        f"you choose {target.shown_as}"
    )
    return CommandRefused(Problem("link-form", what, hint, target.where))


def _refused(form: Form, target: Target) -> CommandRefused:
    what = f"{target.identity.integration} does not go on ({form.step_id}): {form.errors[0]}"
    hint = "look into Home Assistant's log, then link again"
    return CommandRefused(Problem("link-form", what, hint, target.where))
