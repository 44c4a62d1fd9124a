"""From Home Assistant's answers to the nouns of the project."""

from __future__ import annotations

from appcreds_sync.model.errors import Problem, StoreUnavailable
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import ConfigEntry, Item


class Unreadable(Exception):
    """An answer has not the form that Home Assistant gives it. Never quotes the answer."""


def read_items(value: object) -> tuple[Item, ...]:
    """Read what `list` returns."""
    if not isinstance(value, list):
        raise Unreadable
    return tuple(read_item(row) for row in value)


def read_item(value: object) -> Item:
    """Read one row of `list`, or what `create` returns."""
    match value:
        case {
            "id": str(number),
            "domain": str(domain),
            "client_id": str(client_id),
            "client_secret": str(client_secret),
            **rest,
        }:
            auth_domain = _text_or_none(rest.get("auth_domain"))
            name = _text_or_none(rest.get("name"))
            return Item(number, domain, client_id, Secret(client_secret), auth_domain, name)
        case _:
            raise Unreadable


def read_integrations(value: object) -> frozenset[str]:
    """Read what `config` returns: the domains that take application credentials."""
    match value:
        case {"domains": list(domains)} if all(isinstance(domain, str) for domain in domains):
            return frozenset(domains)
        case _:
            raise Unreadable


def read_placeholders(value: object) -> dict[str, dict[str, str]]:
    """Read what `config` returns: each domain with the texts that its instructions fill in."""
    known = read_integrations(value)
    described = value.get("integrations") if isinstance(value, dict) else None
    return {domain: _placeholders(described, domain) for domain in sorted(known)}


def _placeholders(described: object, domain: str) -> dict[str, str]:
    match described.get(domain) if isinstance(described, dict) else None:
        case {"description_placeholders": dict(texts)}:
            return {str(name): str(text) for name, text in texts.items()}
        case _:
            return {}


def read_entries(value: object) -> tuple[ConfigEntry, ...]:
    """Read what `config_entries/get` returns, less the ignored ones, which are no accounts.

    Which item each uses it does not say: `auth_domain` is None in all.
    """
    if not isinstance(value, list):
        raise Unreadable
    entries = (_read_entry(row) for row in value)
    return tuple(entry for entry in entries if entry.source != "ignore")


def read_is_admin(value: object) -> bool:
    """Read what `auth/current_user` returns."""
    match value:
        case {"is_admin": bool(is_admin)}:
            return is_admin
        case _:
            raise Unreadable


def read_item_id(value: object) -> str | None:
    """Read what `application_credentials/config_entry` returns; None where it names no item."""
    match value:
        case {"application_credentials_id": str(item_id)}:
            return item_id
        case dict():
            return None
        case _:
            raise Unreadable


def read_run_id(value: object) -> str:
    """Read what tells one run of Home Assistant from another out of `integration/setup_info`.

    It has no id and tells no time of its start, but how long the parts took to set up, and
    these are set up once, before it can be connected to. Nothing where that is not told.
    """
    rows = value if isinstance(value, list) else ()
    return " ".join(
        f"{row['domain']}={row['seconds']}"
        for row in rows
        if isinstance(row, dict)
        and row.get("domain") in {"auth", "http", "websocket_api"}
        and isinstance(row.get("seconds"), float)
    )


def read_notification_ids(value: object) -> frozenset[str]:
    """Read what `persistent_notification/get` returns."""
    if not isinstance(value, list):
        raise Unreadable
    return frozenset(
        row["notification_id"]
        for row in value
        if isinstance(row, dict) and isinstance(row.get("notification_id"), str)
    )


def unreadable(kind: str, where: str) -> StoreUnavailable:
    """Return what to tell a person about an Unreadable answer to the command `kind`."""
    what = f"the answer to `{kind}` has not the form that Home Assistant gives it"
    hint = "check that `url` leads to Home Assistant; report it with the versions of both"
    return StoreUnavailable(Problem("store-bad-answer", what, hint, where))


def _read_entry(value: object) -> ConfigEntry:
    match value:
        case {
            "entry_id": str(entry_id),
            "domain": str(domain),
            "title": str(title),
            "state": str(state),
            "source": str(source),
            **rest,
        }:
            return ConfigEntry(
                entry_id,
                domain,
                title,
                state,
                disabled=rest.get("disabled_by") is not None,
                source=source,
                auth_domain=None,
                supports_unload=rest.get("supports_unload") is True,
            )
        case _:
            raise Unreadable


def _text_or_none(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise Unreadable
