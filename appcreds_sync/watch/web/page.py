"""The status page, in words that a person understands."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from appcreds_sync import __version__
from appcreds_sync.watch.credentials import IN_SYNC
from appcreds_sync.watch.lead import lead_of
from appcreds_sync.watch.status import State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from appcreds_sync.model.errors import Problem
    from appcreds_sync.watch.status import CredentialStatus, Status, StoreStatus

_WORDS = {
    State.STARTING: ("wait", "Not looked at yet"),
    State.IN_SYNC: ("good", "As the manifest says"),
    State.DRIFTED: ("wait", "Differs from the manifest; healing is off"),
    State.NEEDS_A_PERSON: ("wait", "Needs a person"),
    State.FAILING: ("bad", "Failing; tried again by itself"),
}
_CREDENTIAL_WORDS = {
    IN_SYNC: ("good", "in place"),
    "unknown": ("wait", "not known"),
    "create": ("wait", "missing"),
    "replace": ("wait", "differs"),
    "blocked": ("wait", "held back"),
    "shadowed": ("wait", "overruled by another item"),
    "failed": ("bad", "failed"),
    "refused": ("bad", "rolled back: refused by the provider"),
    "deferred": ("wait", "rolled back: tried again later"),
    "relink-needed": ("wait", "sign in again"),
    "skipped": ("wait", "not done"),
}
_CAUSES = {
    "start": "the daemon started",
    "manifest": "the manifest or a file changed",
    "value": "a secret changed",
    "drift": "somebody changed the store",
    "connection-lost": "the connection was lost",
    "interval": "it was time to look",
    "retry": "another try",
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def page(status: Status, now: dt.datetime) -> str:
    """Return the page as HTML. Everything that is not ours is escaped; nothing is a secret.

    What has a `data-key` stays the same node in a browser for as long as it is there.
    """
    tone, lead = lead_of(status)
    stores = "".join(_store(store, now) for store in status.stores.values())
    title = f"{lead} - appcreds-sync"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="stylesheet" href="status.css">
<link rel="icon" href="status.svg">
<noscript><meta http-equiv="refresh" content="5"></noscript>
<script src="status.js" defer></script>
</head>
<body>
<header><h1>appcreds-sync</h1></header>
<p id="stale" class="bad" role="status">The daemon does not answer; this is what it said last.</p>
<main id="main">
<div id="lead">
<p class="lead state {tone}" role="status">{escape(lead)}</p>
<p class="quiet">{escape(_about(status, now))}</p>
{_problems(status)}
</div>
{stores}
</main>
<footer class="quiet">Version {escape(__version__)} ·
<a href="metrics">metrics</a> · <a href="readyz">readiness</a></footer>
</body>
</html>
"""


def _about(status: Status, now: dt.datetime) -> str:
    loaded = "no manifest yet"
    if status.manifest_loaded is not None:
        loaded = f"manifest of owner {status.owner}, read {_ago(status.manifest_loaded, now)}"
    return f"{loaded}; running since {status.started:%Y-%m-%d %H:%M} UTC"


def _problems(status: Status) -> str:
    parts = (
        ("In the manifest", "bad", status.manifest_problems),
        ("Can't be read", "bad", status.value_failures),
        ("Worth knowing", "wait", status.warnings),
    )
    return "".join(
        f'<h3 class="{tone}">{title}</h3><ul>{_items(problems)}</ul>'
        for title, tone, problems in parts
        if problems
    )


def _items(problems: Iterable[Problem]) -> str:
    return "".join(f"<li>{escape(str(problem))}</li>" for problem in problems)


def _store(store: StoreStatus, now: dt.datetime) -> str:
    tone, words = _WORDS[store.state]
    body = "".join(_store_body(store, now))
    key = escape(store.name)
    return (
        f'<section id="store-{key}" aria-labelledby="name-{key}">'
        f'<h2 id="name-{key}">{key}</h2>'
        f'<p><span class="state {tone}">{words}</span> '
        f'<span class="quiet">{escape(store.address)}'
        f"{'' if store.connected or not store.turns else ' · not connected'}</span></p>"
        f"{body}</section>\n"
    )


def _store_body(store: StoreStatus, now: dt.datetime) -> Iterator[str]:
    if store.incidents:
        yield '<div data-key="matter"><h3 class="bad">What is the matter</h3><ul>'
        for incident in store.incidents:
            since = _ago(incident.since, now)
            yield f"<li>{escape(str(incident.problem))} "
            yield f'<span class="quiet">(since {since})</span></li>'
        yield "</ul></div>"
    if store.credentials:
        yield '<div data-key="credentials"><h3>Credentials</h3>'
        yield "<table><thead><tr><th>Name</th><th>Integration</th>"
        yield "<th>State</th><th>Expires</th></tr></thead><tbody>"
        for row in store.credentials:
            yield _credential(row)
        yield "</tbody></table></div>"
    if store.turns:
        yield '<div data-key="turns"><h3>Last turns</h3>'
        yield "<table><thead><tr><th>When</th><th>Because</th>"
        yield "<th>What it did</th><th>Turn</th></tr></thead><tbody>"
        for turn in store.turns:
            causes = ", ".join(_CAUSES[cause] for cause in sorted(turn.causes))
            started = turn.started.isoformat(timespec="seconds")
            yield f'<tr data-key="{turn.turn}"><td><time datetime="{started}">'
            yield f"{_ago(turn.started, now)}</time></td><td>{causes}</td>"
            yield f"<td>{escape(turn.summary)}</td>"
            yield f'<td class="quiet">{turn.turn}</td></tr>'
        yield "</tbody></table></div>"


def _credential(row: CredentialStatus) -> str:
    tone, words = _CREDENTIAL_WORDS.get(row.state, ("wait", row.state))
    accounts = f" (used by {', '.join(row.accounts)})" if row.accounts else ""
    expires = "" if row.expires is None else f"{row.expires:%Y-%m-%d}"
    return (
        f'<tr data-key="{escape(row.name)}"><td>{escape(row.name)}</td>'
        f"<td>{escape(row.integration)}</td>"
        f'<td><span class="state {tone}">{escape(words)}</span>{escape(accounts)}</td>'
        f"<td>{expires}</td></tr>"
    )


def _ago(moment: dt.datetime, now: dt.datetime) -> str:
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s ago"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h ago"
    return f"{moment:%Y-%m-%d %H:%M} UTC"
