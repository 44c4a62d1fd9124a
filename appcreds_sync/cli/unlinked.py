"""The credentials that no account is linked by."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.looking import look, unreadable
from appcreds_sync.cli.render.data import problem_data
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.cli.render.json_text import json_text
from appcreds_sync.cli.render.table import text_table
from appcreds_sync.cli.shared import load_manifest
from appcreds_sync.model.manifest import LiveStoreSpec
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.planning.overview import Kind, overview
from appcreds_sync.reconcile.run import choose_stores

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.reconcile.observing import Observation

FORMAT_VERSION = 1
"""Rises when a field goes or changes its meaning; new fields do not raise it."""


def list_unlinked(argument: Path | None, store: str | None, output_format: str) -> int:
    """Print each declared credential that no account uses, by store; return the exit code."""
    catalogue = load_catalogue()
    manifest = load_manifest(argument, catalogue).manifest
    specs = choose_stores(manifest, () if store is None else (store,))
    live = [spec for spec in specs if isinstance(spec, LiveStoreSpec)]
    found = look(manifest, live, catalogue)
    rows = [
        (seen.spec.name, row.identity.integration, str(row.credential), row.item is not None)
        for seen in found.stores
        if seen.snapshot is not None
        for row in overview(seen.desired, seen.snapshot)
        if row.kind is Kind.MANAGED and row.credential is not None and not row.used_by
    ]
    code = int(unreadable(found))
    if output_format == "json":
        click.echo(_json(found, rows, code), nl=False)
    else:
        _print(found, rows)
    return code


def _print(found: Observation, rows: list[tuple[str, str, str, bool]]) -> None:
    header = ["credential", "store", "link it by"]
    several = {name for _, _, name, _ in rows if sum(row[2] == name for row in rows) > 1}
    cells = [
        [
            name,
            store,
            f"appcreds-sync link {name} --store {store}"
            + (f" --integration {integration}" if name in several else "")
            if there
            else "appcreds-sync sync, first",
        ]
        for store, integration, name, there in rows
    ]
    if cells:
        width = shutil.get_terminal_size((100, 24)).columns
        for line in text_table(header, cells, width):
            click.echo(line)
    elif not any(seen.problems for seen in found.stores):
        click.echo("every credential has an account")
    for seen in found.stores:
        for problem in seen.problems:
            click.echo(f"error: {on_terminal(str(problem))}")


def _json(found: Observation, rows: list[tuple[str, str, str, bool]], code: int) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "exit_code": code,
        "problems": [
            problem_data(problem)
            for problem in dict.fromkeys(
                [*found.failures, *(p for seen in found.stores for p in seen.problems)]
            )
        ],
        "unlinked": [
            {"store": store, "integration": integration, "credential": name, "synced": there}
            for store, integration, name, there in rows
        ],
    }
    return json_text(document)
