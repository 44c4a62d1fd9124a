"""What `verify` found, as a table for a person or as JSON."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from click import style

from appcreds_sync.cli.render.data import FORMAT_VERSION, problem_data
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.cli.render.json_text import json_text
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.verdict import VerdictKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appcreds_sync.cli.verifying import Subject, Verification, Verified

_COLOURS = {
    VerdictKind.RIGHT: "green",
    VerdictKind.WRONG: "red",
    VerdictKind.UNKNOWN: "yellow",
    VerdictKind.UNREACHABLE: "yellow",
    VerdictKind.SKIPPED: "cyan",
}
_WIDTH = max(len(kind) for kind in VerdictKind)


def verification_lines(found: Verification) -> Iterator[str]:
    """Yield a line for each client, one below it with the provider's words, and the totals."""
    subjects: defaultdict[str, list[Subject]] = defaultdict(list)
    for row in found.rows:
        subjects[row.subject.credential].append(row.subject)
    for row in found.rows:
        label, colour = _label(row)
        title = style(row.subject.credential, bold=True)
        which = _of(row.subject, subjects[row.subject.credential])
        yield f"{style(label.ljust(_WIDTH), fg=colour)}  {title}{which}"
        yield from (f"{' ' * _WIDTH}  {on_terminal(line)}" for line in _explanation(row))
    yield _totals(found.rows)


def verification_text(found: Verification, exit_code: int) -> str:
    """Return the whole as JSON, in the shape that `schema/verify.schema.json` publishes."""
    document = {
        "format_version": FORMAT_VERSION,
        "exit_code": exit_code,
        "warnings": [problem_data(warning) for warning in found.warnings],
        "clients": [_data(row) for row in found.rows],
    }
    return json_text(document)


def _label(row: Verified) -> tuple[str, str]:
    if isinstance(row.outcome, Problem):
        return "not read", "red"
    return row.outcome.kind.value, _COLOURS[row.outcome.kind]


def _of(subject: Subject, same: Sequence[Subject]) -> str:
    """Tell apart the rows of one credential (`same`): by integration, by store, or both."""
    parts = []
    if len({other.integrations for other in same}) > 1:
        parts.append(", ".join(subject.integrations))
    if len({other.stores for other in same}) > 1:
        parts.append(f"in {', '.join(subject.stores)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _explanation(row: Verified) -> Iterator[str]:
    if isinstance(row.outcome, Problem):
        yield row.outcome.what
        if row.outcome.hint:
            yield row.outcome.hint
        return
    yield row.outcome.words
    if row.outcome.kind is VerdictKind.WRONG and row.subject.client_secret is not None:
        yield f"put the right one into {row.subject.client_secret}, then verify again"


def _totals(rows: Sequence[Verified]) -> str:
    if not rows:
        return "nothing to verify"
    counts: dict[str, int] = {}
    for row in rows:
        label, _ = _label(row)
        counts[label] = counts.get(label, 0) + 1
    order = [*(kind.value for kind in VerdictKind), "not read"]
    return ", ".join(f"{counts[label]} {label}" for label in order if label in counts)


def _data(row: Verified) -> dict[str, Any]:
    data: dict[str, Any] = {
        "credential": row.subject.credential,
        "integrations": list(row.subject.integrations),
        "stores": list(row.subject.stores),
        "client_id": row.client_id,
    }
    if isinstance(row.outcome, Problem):
        return data | {"verdict": None, "problem": problem_data(row.outcome)}
    verdict = {
        "kind": row.outcome.kind.value,
        "code": row.outcome.code,
        "words": row.outcome.words,
    }
    return data | {"verdict": verdict, "problem": None}
