"""What is known of a provider's answers; loads `providers.json`, where each has its source."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Place = tuple[str | int, ...]
"""The way to a value in a JSON document, from the top: names of members, numbers of elements."""

_CLIENT_ERRORS: Final = frozenset({"invalid_client"})
_CODE_ERRORS: Final = frozenset({"invalid_grant"})
_RATE_LIMITED: Final = frozenset({"slow_down"})
_STATUSES: Final = frozenset({200, 400, 401})
"""Others are a gateway's or an outage's. 200: GitHub and Withings send their errors with it."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """A provider's `client_credentials` grant: where it gives a token, the secret is right."""

    client_auth: str | None = None
    """None is the one that Home Assistant uses for other grants."""


@dataclass(frozen=True, slots=True)
class ProviderRules:
    """How to read one provider's answers; the defaults are RFC 6749's. Texts are in lower case."""

    name: str | None = None
    hosts: tuple[str, ...] = ()
    path: str = ""
    error_at: Place = ("error",)
    description_at: Place = ("error_description",)
    token_at: Place = ("access_token",)
    cut_error_at: str | None = None
    client_errors: frozenset[str] = _CLIENT_ERRORS
    code_errors: frozenset[str] = _CODE_ERRORS
    rate_limited: frozenset[str] = _RATE_LIMITED
    statuses: frozenset[int] = _STATUSES
    unknown_client: re.Pattern[str] | None = None
    expired: re.Pattern[str] | None = None
    not_the_client: re.Pattern[str] | None = None
    trouble: re.Pattern[str] | None = None
    judged_by: Literal["class", "difference"] = "class"
    client_credentials: ClientCredentials | None = None
    """None where the provider is not known to have that grant."""
    note: str | None = None
    source: tuple[str, ...] = ()

    def match(self, token_url: str) -> bool:
        """Tell whether the endpoint is this provider's."""
        parts = urlsplit(token_url)
        host = (parts.hostname or "").lower()
        by_host = any(
            host == known or (known.startswith(".") and host.endswith(known))
            for known in self.hosts
        )
        return by_host or bool(self.path and parts.path.rstrip("/").endswith(self.path))


def load_providers() -> tuple[ProviderRules, ...]:
    """Return the rules that ship with the package."""
    text = resources.files(__package__).joinpath("providers.json").read_text(encoding="utf-8")
    return tuple(_rules(row) for row in json.loads(text)["providers"])


def rules_for(token_url: str, providers: Iterable[ProviderRules]) -> ProviderRules:
    """Return the provider's rules, or those of RFC 6749 where nobody knows it."""
    return next((rules for rules in providers if rules.match(token_url)), ProviderRules())


def _rules(row: Mapping[str, Any]) -> ProviderRules:
    grant = row.get("client_credentials")
    plain = ProviderRules()
    return ProviderRules(
        name=row["name"],
        hosts=tuple(row.get("hosts", ())),
        path=row.get("path", ""),
        error_at=tuple(row.get("error_at", plain.error_at)),
        description_at=tuple(row.get("description_at", plain.description_at)),
        token_at=tuple(row.get("token_at", plain.token_at)),
        cut_error_at=row.get("cut_error_at"),
        client_errors=_CLIENT_ERRORS.union(row.get("client_errors", ())),
        code_errors=_CODE_ERRORS.union(row.get("code_errors", ())),
        rate_limited=_RATE_LIMITED.union(row.get("rate_limited", ())),
        statuses=_STATUSES.union(row.get("statuses", ())),
        unknown_client=_any_of(row.get("unknown_client")),
        expired=_any_of(row.get("expired")),
        not_the_client=_any_of(row.get("not_the_client")),
        trouble=_any_of(row.get("trouble")),
        judged_by=row.get("judged_by", "class"),
        client_credentials=None if grant is None else ClientCredentials(**grant),
        note=row.get("note"),
        source=tuple(row["source"]),
    )


def _any_of(patterns: list[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
