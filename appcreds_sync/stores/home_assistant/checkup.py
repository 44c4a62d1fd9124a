"""Whether a live store is fit for work, and what to do where it is not."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.model.finding import errors, note, ok, warning
from appcreds_sync.stores.home_assistant import refusals
from appcreds_sync.stores.home_assistant.about import clock_skew, read_about
from appcreds_sync.stores.home_assistant.following import can_subscribe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from appcreds_sync.model.finding import Finding
    from appcreds_sync.model.manifest import LiveStoreSpec
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.stores.home_assistant.about import About

_OLDEST = (2024, 3)
"""Of the Home Assistants that are tried."""
_SKEW_SECONDS = 30


async def examine(
    spec: LiveStoreSpec, token: Secret, integrations: Collection[str]
) -> tuple[Finding, ...]:
    """Return what was found; `integrations` are those that something is declared for."""
    area = f"store {spec.name}"
    try:
        about = await read_about(spec, token)
    except StoreError as error:
        return errors(area, error.problems)
    found = [ok(area, "reachable", f"Home Assistant {about.ha_version} answers at {spec.url}")]
    found.extend(_about(about, spec, integrations))
    found.extend(_transport(spec))
    skew = await clock_skew(spec, token)
    if skew is not None and abs(skew.total_seconds()) > _SKEW_SECONDS:
        behind = "ahead of" if skew.total_seconds() > 0 else "behind"
        found.append(
            warning(
                area,
                "clock-skew",
                f"its clock is {abs(skew.total_seconds()):.0f} s {behind} this machine's",
                "set both by NTP: tokens and certificates are judged by the clock",
            )
        )
    return tuple(found)


def _about(about: About, spec: LiveStoreSpec, integrations: Collection[str]) -> Iterator[Finding]:
    area = f"store {spec.name}"
    if _version(about.ha_version) < _OLDEST:
        yield warning(
            area,
            "version-old",
            f"Home Assistant {about.ha_version} is older than any that was tried (2024.3)",
            "update Home Assistant",
        )
    if about.is_admin:
        yield ok(area, "admin", "the token belongs to an administrator")
    else:
        yield from errors(area, refusals.not_admin(area).problems)
    if "application_credentials" not in about.components:
        config = {"recovery_mode": about.recovery_mode}
        yield from errors(area, refusals.not_loaded(config, area).problems)
        return
    yield from _integrations(about, area, integrations)
    if can_subscribe(about.ha_version):
        yield ok(area, "subscribe", "it sends changes as they happen, so `watch` need not ask")
    else:
        yield note(
            area,
            "polled",
            "it sends no changes (2024.7 and later do), so `watch` asks each `watch.poll_interval`",
        )


def _integrations(about: About, area: str, wanted: Collection[str]) -> Iterator[Finding]:
    if about.integrations is None:
        yield from errors(
            area,
            [
                Problem(
                    "integrations-unknown",
                    "Home Assistant can't say which integrations take credentials",
                    "look for the integration that fails in its log, and mend or remove it",
                    area,
                )
            ],
        )
        return
    known = frozenset(about.integrations)
    unknown = sorted(frozenset(wanted) - known)
    for domain in unknown:
        yield from errors(area, refusals.no_platform(domain, known, area).problems)
    if not unknown:
        yield ok(area, "integrations", _knows_all(len(wanted)))


def _knows_all(declared: int) -> str:
    match declared:
        case 0:
            return "no integration is declared for it"
        case 1:
            return "it knows the integration that is declared"
        case _:
            return f"it knows all {declared} integrations that are declared"


def _transport(spec: LiveStoreSpec) -> Iterator[Finding]:
    area = f"store {spec.name}"
    parts = urlsplit(spec.url)
    if parts.scheme in {"https", "wss"}:
        if spec.verify_tls:
            yield ok(area, "tls", "its certificate is trusted")
        else:
            yield warning(
                area,
                "tls-not-verified",
                "its certificate is not checked (`verify_tls: false`)",
                "give its authority as `ca_cert` instead",
            )
    elif not _is_near(parts.hostname or ""):
        yield warning(
            area,
            "no-tls",
            "the token and all secrets go to it without TLS",
            "use https:// unless every network in between is yours",
        )


def _is_near(host: str) -> bool:
    """Tell whether the host is at home: this machine, a private address, a name of no domain."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".home.arpa", ".internal"))


def _version(text: str) -> tuple[int, ...]:
    numbers = re.match(r"(\d+)\.(\d+)", text)
    return (int(numbers[1]), int(numbers[2])) if numbers else _OLDEST
