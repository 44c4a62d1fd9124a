"""The credentials that no account is linked by."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.looking import look, unreadable
from appcreds_sync.cli.render.data import problem_data
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.cli.render.json_text import json_text
from appcreds_sync.cli.render.table import text_table
from appcreds_sync.cli.shared import load_manifest
from appcreds_sync.model.errors import Problem, UsageError
from appcreds_sync.model.manifest import LiveStoreSpec
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.planning.overview import Drift, overview
from appcreds_sync.reconcile.run import choose_stores

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from appcreds_sync.model.manifest import Manifest
    from appcreds_sync.planning.overview import Row
    from appcreds_sync.reconcile.observing import Observation

FORMAT_VERSION = 1
"""Rises when a field goes or changes its meaning; new fields do not raise it."""
_CAN_BE_LINKED = frozenset({Drift.NONE, Drift.NOT_COMPARED})


@dataclass(frozen=True, slots=True)
class _Unlinked:
    """A declared credential that no account of one Home Assistant uses."""

    store: str
    integration: str
    credential: str
    synced: bool
    """Whether it is there as the manifest says, so that an account can be linked by it."""


def list_unlinked(argument: Path | None, store: str | None, output_format: str) -> int:
    """Print each declared credential that no account uses, by store; return the exit code.

    Raise UsageError where no running Home Assistant is to be looked at.
    """
    catalogue = load_catalogue()
    manifest = load_manifest(argument, catalogue).manifest
    specs = choose_stores(manifest, () if store is None else (store,))
    live = [spec for spec in specs if isinstance(spec, LiveStoreSpec)]
    if not live:
        hint = "accounts are linked in a store with `url`"
        problem = Problem("no-live-store", "there is no running Home Assistant to look at", hint)
        raise UsageError(problem)
    found = look(manifest, live, catalogue)
    rows = [
        _Unlinked(seen.spec.name, row.identity.integration, row.credential, _is_synced(row))
        for seen in found.stores
        if seen.snapshot is not None
        for row in overview(seen.desired, seen.snapshot)
        if row.credential is not None and not row.used_by and _counts(row)
    ]
    code = int(unreadable(found))
    if output_format == "json":
        click.echo(_json(found, rows, code), nl=False)
    else:
        _print(found, rows, manifest)
    return code


def _counts(row: Row) -> bool:
    """Tell whether an account could ever be linked by it."""
    skipped = row.item is None and row.drift is Drift.NOT_COMPARED
    return not skipped and row.drift not in {Drift.LEFT_OVER, Drift.RETAINED}


def _is_synced(row: Row) -> bool:
    return row.item is not None and (row.drift in _CAN_BE_LINKED or row.differs == ("name",))


def _print(found: Observation, rows: Sequence[_Unlinked], manifest: Manifest) -> None:
    header = ["credential", "store", "link it by"]
    cells = [[row.credential, row.store, _command(row, manifest)] for row in rows]
    problems = _problems(found)
    if cells:
        width = shutil.get_terminal_size((100, 24)).columns
        for line in text_table(header, cells, width):
            click.echo(line)
    elif not problems:
        click.echo("every credential has an account")
    for problem in problems:
        click.echo(f"error: {on_terminal(str(problem))}")


def _command(row: _Unlinked, manifest: Manifest) -> str:
    if not row.synced:
        return "appcreds-sync sync, first"
    command = f"appcreds-sync link {row.credential} --store {row.store}"
    if len(manifest.credentials[row.credential].integrations) > 1:
        command += f" --integration {row.integration}"
    return command


def _problems(found: Observation) -> tuple[Problem, ...]:
    """Return what could not be read, each once."""
    of_stores = (problem for seen in found.stores for problem in seen.problems)
    return tuple(dict.fromkeys((*found.failures, *of_stores)))


def _json(found: Observation, rows: Sequence[_Unlinked], code: int) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "exit_code": code,
        "problems": [problem_data(problem) for problem in _problems(found)],
        "unlinked": [asdict(row) for row in rows],
    }
    return json_text(document)
