"""What is known of integrations, for people or as JSON."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from click import style

from appcreds_sync.cli.render.data import problem_data
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.cli.render.json_text import json_text
from appcreds_sync.cli.render.plain import plain_lines
from appcreds_sync.cli.render.table import text_table
from appcreds_sync.model.catalogue import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.cli.learning import Known
    from appcreds_sync.model.catalogue import Integration
    from appcreds_sync.reconcile.learning import Learned

FORMAT_VERSION = 1
"""Rises when a field goes or changes its meaning; new fields do not raise it."""
_DOCUMENTATION = "https://www.home-assistant.io/integrations/"


def render_integrations(known: Known, domain: str | None, output_format: str, code: int) -> str:
    """Return all of `known` as a table, `domain` in full, or either as JSON."""
    if output_format == "json":
        document = {
            "format_version": FORMAT_VERSION,
            "exit_code": code,
            "stores": [_store_data(store) for store in known.stores],
            "integrations": [_data(known, name) for name in known.domains],
        }
        return json_text(document)
    lines = _table(known) if domain is None else describe(known, domain)
    problems = (problem for store in known.stores for problem in store.problems)
    return "".join(
        f"{line}\n" for line in (*lines, *(f"error: {on_terminal(str(p))}" for p in problems))
    )


def describe(known: Known, domain: str) -> Iterator[str]:
    """Yield all that is known of `domain`."""
    facts = facts_of(known.catalogue, domain)
    yield from to_register(known, domain)
    if domain in known.catalogue:
        yield _line("authorize URL", facts.authorize_url or "differs")
        yield _line("token URL", facts.token_url or "differs")
        yield _line("client auth", f"{facts.client_auth}{', PKCE' if facts.pkce else ''}")
    else:
        yield "  not in the catalogue: a custom integration, or a newer one"
    if facts.notes:
        yield _line("note", facts.notes)
    if names := known.declared.get(domain):
        yield _line("declared as", ", ".join(names))
    yield from instructions(known)


def to_register(known: Known, domain: str) -> Iterator[str]:
    """Yield what a person needs to register a client for `domain` at the provider."""
    facts = facts_of(known.catalogue, domain)
    documentation = f"{_DOCUMENTATION}{domain}"
    yield style(domain, bold=True)
    links = dict.fromkeys(link for store in known.stores for link in store.links(domain))
    yield from (_line("register at", link) for link in links if link.rstrip("/") != documentation)
    if domain in known.catalogue:
        yield _line("documentation", documentation)
    yield from (_line("redirect URI", uri) for uri in redirect_uris(known))
    yield _line("secret", _secret(facts, in_catalogue=domain in known.catalogue))
    for store in known.stores:
        if store.supports(domain) is False:
            yield _line("not supported", f"by {store.store} (Home Assistant {store.ha_version})")
    yield from (_line("note", remark) for remark in _remarks(facts))


def instructions(known: Known) -> Iterator[str]:
    """Yield what a Home Assistant tells whoever registers a client, if it tells anything."""
    told = next((store.instructions for store in known.stores if store.instructions), None)
    if told is not None:
        yield "  Home Assistant says:"
        yield from (f"    {on_terminal(line)}" for line in plain_lines(told))


def _line(label: str, text: str) -> str:
    return f"  {label:<13}  {on_terminal(text)}"


def redirect_uris(known: Known) -> Iterator[str]:
    """Yield what to register as the redirect URI: one for all stores, or each with its stores."""
    by_uri: dict[str, list[str]] = {}
    for store in known.stores:
        if store.redirect_uri is not None:
            by_uri.setdefault(store.redirect_uri, []).append(store.store)
    if not by_uri:
        yield (
            "not known, as no Home Assistant could be asked: most often "
            "https://my.home-assistant.io/redirect/oauth; where it runs without `my:`, "
            "its own address with /auth/external/callback"
        )
    for uri, names in by_uri.items():
        yield uri if len(by_uri) == 1 else f"{uri} ({', '.join(names)})"


def _secret(facts: Integration, *, in_catalogue: bool) -> str:
    if not in_catalogue:
        return "taken to be needed"
    if not facts.secret_required:
        return "none needed"
    if facts.secret_months is None:
        return "needed"
    return f"needed; runs out after {facts.secret_months} months at most: declare `expires`"


def _remarks(facts: Integration) -> Iterator[str]:
    if facts.built_in_credential:
        yield "Home Assistant brings a client of its own: it works without a credential"
    if facts.single_implementation:
        yield "it knows one credential only, the last one made"


def _table(known: Known) -> Iterator[str]:
    width = shutil.get_terminal_size((100, 24)).columns
    asked = [store for store in known.stores if store.integrations is not None]
    header = ["integration", "declared as", "secret", *(store.store for store in asked), "remarks"]
    rows = []
    for domain in known.domains:
        facts = facts_of(known.catalogue, domain)
        remarks = list(_short_remarks(facts))
        in_catalogue = domain in known.catalogue
        if not in_catalogue:
            remarks.append("not in the catalogue")
        rows.append(
            [
                domain,
                ", ".join(known.declared.get(domain, ())),
                ("yes" if facts.secret_required else "none") if in_catalogue else "",
                *("yes" if store.supports(domain) else "no" for store in asked),
                "; ".join(remarks),
            ]
        )
    if not known.declared:
        for cells in (header, *rows):
            del cells[1]
    yield from text_table(header, rows, width)
    yield ""
    yield f"{len(rows)} integrations; `appcreds-sync integrations NAME` tells more of one"


def _short_remarks(facts: Integration) -> Iterator[str]:
    if facts.built_in_credential:
        yield "brings a client of its own"
    if facts.single_implementation:
        yield "one credential only"
    if facts.secret_months is not None:
        yield f"secrets run out ({facts.secret_months} months)"


def _store_data(store: Learned) -> dict[str, Any]:
    return {
        "store": store.store,
        "home_assistant": store.ha_version,
        "redirect_uri": store.redirect_uri,
        "problems": [problem_data(problem) for problem in store.problems],
    }


def _data(known: Known, domain: str) -> dict[str, Any]:
    facts = facts_of(known.catalogue, domain)
    in_catalogue = domain in known.catalogue
    return {
        "integration": domain,
        "in_catalogue": in_catalogue,
        "authorize_url": facts.authorize_url,
        "token_url": facts.token_url,
        "client_auth": facts.client_auth if in_catalogue else None,
        "pkce": facts.pkce if in_catalogue else None,
        "secret_required": facts.secret_required if in_catalogue else None,
        "secret_months": facts.secret_months,
        "built_in_credential": facts.built_in_credential,
        "single_implementation": facts.single_implementation,
        "notes": facts.notes,
        "declared_as": list(known.declared.get(domain, ())),
        "supported_by": {store.store: store.supports(domain) for store in known.stores},
        "register_at": sorted({link for store in known.stores for link in store.links(domain)}),
        "instructions": next((s.instructions for s in known.stores if s.instructions), None),
    }
