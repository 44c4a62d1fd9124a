"""What stores hold, as a table for people, as Markdown, or as JSON."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from appcreds_sync.cli.render.data import problem_data
from appcreds_sync.cli.render.harmless import in_markdown, on_terminal
from appcreds_sync.cli.render.json_text import json_text
from appcreds_sync.cli.render.table import markdown_table, text_table
from appcreds_sync.planning.overview import Drift, Kind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.plan import Field
    from appcreds_sync.planning.overview import Row
    from appcreds_sync.reconcile.observing import Observation, ObservedStore

FORMAT_VERSION = 1
"""Rises when a field goes or changes its meaning; new fields do not raise it."""

_LONGEST = 120
"""Characters of a name or client id in a table; any name will do for Home Assistant."""

_KINDS = {
    Kind.MANAGED: "managed",
    Kind.UNMANAGED: "unmanaged",
    Kind.HOME_ASSISTANT: "made by HA",
}
_FIELDS: dict[Field, str] = {
    "client_id": "client id",
    "client_secret": "client secret",
    "name": "name",
}
_QUIET = frozenset({Drift.NONE, Drift.NOT_DECLARED})


def render_overview(
    found: Observation,
    rows: Mapping[str, Sequence[Row]],
    today: dt.date,
    output_format: str,
    code: int,
) -> str:
    """Return `rows`, by store, in one of the three formats, with a newline at its end.

    A store that is not in `rows` could not be read. What expired before `today` is marked.
    """
    match output_format:
        case "json":
            return _json(found, rows, code)
        case "markdown":
            return "\n".join(_markdown(found, rows, today)) + "\n"
        case _:
            return "".join(f"{line}\n" for line in _text(found, rows, today))


def _text(found: Observation, rows: Mapping[str, Sequence[Row]], today: dt.date) -> Iterator[str]:
    header, cells = _table(rows, today)
    if cells:
        width = shutil.get_terminal_size((100, 24)).columns
        yield from text_table(header, cells, width)
        yield ""
    for store in found.stores:
        yield on_terminal(_totals(store, rows))
    yield from map(on_terminal, _reasons(found, rows))
    for problem in _problems(found):
        yield f"error: {on_terminal(str(problem))}"


def _markdown(
    found: Observation, rows: Mapping[str, Sequence[Row]], today: dt.date
) -> Iterator[str]:
    yield "### Application credentials"
    header, cells = _table(rows, today)
    if cells:
        yield ""
        yield from markdown_table(header, cells)
    yield ""
    for store in found.stores:
        yield f"- {in_markdown(_totals(store, rows))}"
    for reason in _reasons(found, rows):
        yield f"- {in_markdown(reason)}"
    for problem in _problems(found):
        yield f"- error: {in_markdown(str(problem))}"


def _table(rows: Mapping[str, Sequence[Row]], today: dt.date) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows: what is the same in several stores stands together."""
    flat = sorted(
        ((row, store) for store, found in rows.items() for row in found),
        key=lambda pair: (pair[0].identity, pair[0].client_id or "", pair[1]),
    )
    columns = {
        "integration": [row.identity.integration for row, _ in flat],
        "store": [store for _, store in flat] if len(rows) > 1 else [],
        "name": [_short(row.credential or row.name or "") for row, _ in flat],
        "client id": [_short(row.client_id or "(not read)") for row, _ in flat],
        "kind": [_KINDS[row.kind] for row, _ in flat],
        "used by": [_used_by(row) for row, _ in flat],
        "expires": [_expires(row, today) for row, _ in flat],
        "drift": [_drift(row) for row, _ in flat],
    }
    kept = {title: cells for title, cells in columns.items() if any(cells)}
    return list(kept), [list(cells) for cells in zip(*kept.values(), strict=True)]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _used_by(row: Row) -> str:
    return ", ".join(
        f"{entry.title} ({entry.state or 'stopped'}{'' if entry.certain else ', perhaps'})"
        for entry in row.used_by
    )


def _expires(row: Row, today: dt.date) -> str:
    if row.expires is None:
        return ""
    return f"{row.expires} (past)" if row.expires < today else str(row.expires)


def _drift(row: Row) -> str:
    if row.drift in _QUIET:
        return ""
    if row.drift is Drift.DIFFERS:
        return f"another {', '.join(_FIELDS[field] for field in row.differs)}"
    return row.drift.value.replace("-", " ")


def _totals(store: ObservedStore, rows: Mapping[str, Sequence[Row]]) -> str:
    name = store.spec.name
    if store.skipped:
        return f"{name}: not looked at: its token is in Vault"
    if store.snapshot is None:
        return f"{name}: could not be read"
    shown = rows[name]
    version = store.snapshot.capabilities.ha_version
    about = f" (Home Assistant {version})" if version else ""
    if not shown:
        return f"{name}{about}: nothing to show"
    kinds = [
        f"{number} {_KINDS[kind]}"
        for kind in Kind
        if (number := sum(row.kind is kind and row.item is not None for row in shown))
    ]
    missing = sum(row.item is None for row in shown)
    return f"{name}{about}: {', '.join([*kinds, *([f'{missing} missing'] if missing else [])])}"


def _reasons(found: Observation, rows: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """Yield why the drift of a row is what it is, where nothing else says so."""
    said = set(_problems(found))
    for store, shown in rows.items():
        for row in shown:
            if row.reason is not None and row.reason not in said:
                about = f"{store}: {row.identity} is {row.drift.value.replace('-', ' ')}"
                yield f"{about}: {row.reason.what}; {row.reason.hint}".removesuffix("; ")


def _problems(found: Observation) -> Iterator[Problem]:
    yield from dict.fromkeys(
        [*found.failures, *(problem for store in found.stores for problem in store.problems)]
    )


def _json(found: Observation, rows: Mapping[str, Sequence[Row]], code: int) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "exit_code": code,
        "failures": [problem_data(problem) for problem in found.failures],
        "warnings": [problem_data(problem) for problem in found.warnings],
        "stores": [_store_data(store, rows.get(store.spec.name)) for store in found.stores],
    }
    return json_text(document)


def _store_data(store: ObservedStore, rows: Sequence[Row] | None) -> dict[str, Any]:
    version = None if store.snapshot is None else store.snapshot.capabilities.ha_version
    return {
        "store": store.spec.name,
        "home_assistant": version,
        "problems": [problem_data(problem) for problem in store.problems],
        "credentials": None if rows is None else [_row_data(row) for row in rows],
    }


def _row_data(row: Row) -> dict[str, Any]:
    return {
        "integration": row.identity.integration,
        "auth_domain": row.identity.auth_domain,
        "credential": row.credential,
        "name": row.name,
        "client_id": row.client_id,
        "item_id": None if row.item is None else row.item.id,
        "kind": row.kind.value,
        "used_by": [asdict(entry) for entry in row.used_by],
        "expires": None if row.expires is None else str(row.expires),
        "drift": row.drift.value,
        "differs": list(row.differs),
        "reason": None if row.reason is None else problem_data(row.reason),
    }
