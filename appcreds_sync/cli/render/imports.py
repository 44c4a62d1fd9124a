"""What an import did: as text, JSON or Markdown."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from click import style

from appcreds_sync.cli.render.data import FORMAT_VERSION, problem_data
from appcreds_sync.cli.render.harmless import in_markdown, on_terminal
from appcreds_sync.cli.render.json_text import json_text
from appcreds_sync.model.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.cli.import_report import ImportReport
    from appcreds_sync.model.importing import Declared, ImportedCredential
    from appcreds_sync.model.plan import ItemRef


def render_import(report: ImportReport, output_format: str) -> str:
    """Return `report` in one of the three formats, with a newline at its end."""
    match output_format:
        case "json":
            return json_text(_data(report))
        case "markdown":
            return "".join(f"{line}\n" for line in _markdown(report))
        case _:
            return "".join(f"{line}\n" for line in _text(report))


def _text(report: ImportReport) -> Iterator[str]:
    yield style(report.store, bold=True)
    for credential in report.plan.credentials:
        mark = style("+", fg="green", bold=True)
        yield f"  {mark} {credential.name}  {_about(credential)}"
    for shared in report.shared:
        mark = style("~", fg="yellow", bold=True)
        items = ", ".join(_item(item) for item in shared.items)
        yield f"  {mark} {shared.credential}  now for {report.store} too: {items}"
    for declared in _other_declared(report):
        yield f"  {style('=', fg='cyan')} {_item(declared.item)}: declared by {declared.credential}"
    for item in report.plan.superseded:
        yield f"  {style('=', fg='cyan')} {_item(item)}: superseded, does not count, stays"
    for left in report.plan.left_out:
        mark = style("!", fg="magenta") if left.needs_a_person else style("=", fg="cyan")
        yield f"  {mark} {_item(left.item)}: left out"
        yield f"      why: {on_terminal(left.why.what)}"
        if left.why.hint:
            yield f"      do:  {on_terminal(left.why.hint)}"
    for value in report.values:
        yield f"  {_value_word(report, new=value.new)} {value.reference}"
    yield f"  {on_terminal(_summary(report))}"
    if report.dry_run and report.lines:
        yield "credentials:"
        yield from report.lines


def _markdown(report: ImportReport) -> Iterator[str]:
    yield f"### Import of `{report.store}`"
    yield ""
    shown = _summary(replace(report, manifest=in_markdown(report.manifest)))
    yield f"{shown[0].upper()}{shown[1:]}."
    if report.lines:
        yield from ("", "```yaml", "credentials:", *report.lines, "```")
    if report.plan.left_out:
        yield ""
    for left in report.plan.left_out:
        hint = f"; {left.why.hint}" if left.why.hint else ""
        yield f"- {in_markdown(f'left out: {_item(left.item)}: {left.why.what}{hint}')}"


def _data(report: ImportReport) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "exit_code": int(report.exit_code),
        "store": report.store,
        "manifest": report.manifest,
        "dry_run": report.dry_run,
        "credentials": [_credential_data(it) for it in report.plan.credentials],
        "shared": [
            {"credential": it.credential, "items": [asdict(item) for item in it.items]}
            for it in report.shared
        ],
        "values": [{"reference": it.reference, "new": it.new} for it in report.values],
        "declared": [
            {"item": asdict(it.item), "credential": it.credential} for it in report.plan.declared
        ],
        "superseded": [asdict(item) for item in report.plan.superseded],
        "left_out": [
            {
                "item": asdict(it.item),
                "problem": problem_data(it.why),
                "needs_a_person": it.needs_a_person,
            }
            for it in report.plan.left_out
        ],
        "warnings": [problem_data(warning) for warning in report.warnings],
        "next_plan_is_empty": report.next_plan_is_empty,
    }


def _credential_data(credential: ImportedCredential) -> dict[str, Any]:
    # Field by field: the secret must not come along.
    return {
        "name": credential.name,
        "integrations": list(credential.integrations),
        "client_id": credential.client_id,
        "display_name": credential.display_name,
        "auth_domains": dict(credential.auth_domains),
        "stores": list(credential.stores),
        "items": [asdict(item) for item in credential.items],
    }


def _other_declared(report: ImportReport) -> Iterator[Declared]:
    shared = {item.id for it in report.shared for item in it.items}
    return (it for it in report.plan.declared if it.item.id not in shared)


def _about(credential: ImportedCredential) -> str:
    items = ", ".join(f"{item.domain} {item.id}" for item in credential.items)
    return on_terminal(f"client id {credential.client_id}  for {items}")


def _item(item: ItemRef) -> str:
    return on_terminal(f"{item.domain} {item.id}, client id {item.client_id.strip()}")


def _value_word(report: ImportReport, *, new: bool) -> str:
    if not new:
        return "there already:"
    return "would write: " if report.dry_run else "wrote:       "


def _summary(report: ImportReport) -> str:
    done = ", ".join(_done(report))
    if report.dry_run:
        return f"{done}; nothing was written"
    added = done or "nothing to add"
    match report.next_plan_is_empty:
        case True:
            return f"{added}; planned anew: nothing to do"
        case False:
            return f"{added}; other changes are pending: see `appcreds-sync plan`"
        case None:
            return f"{added}; it could not be planned anew: see `appcreds-sync plan`"


def _done(report: ImportReport) -> Iterator[str]:
    would = "would be " if report.dry_run else ""
    new, shared = len(report.plan.credentials), len(report.shared)
    if new or (report.dry_run and not shared):
        yield f"{counted(new, 'credential')} {would}added to {report.manifest}"
    if shared:
        where = f"{report.store} too in {report.manifest}"
        yield f"{counted(shared, 'credential')} {would}declared for {where}"
