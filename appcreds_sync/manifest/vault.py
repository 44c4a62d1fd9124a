"""Builds the settings of Vault."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from appcreds_sync.manifest import texts
from appcreds_sync.manifest.tree import Mapping, Text
from appcreds_sync.manifest.words import listed
from appcreds_sync.model.manifest import VaultAuth, VaultSettings
from appcreds_sync.model.reference import STORE_PLACEHOLDER, ReferenceText

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

    from appcreds_sync.manifest.findings import Findings

    Method = Literal["token", "approle", "kubernetes", "jwt", "userpass", "cert"]

# What each method needs, and what it may have besides.
_PARAMETERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "token": (frozenset(), frozenset({"token"})),
    "approle": (frozenset({"role_id"}), frozenset({"secret_id"})),
    "kubernetes": (frozenset({"role"}), frozenset({"jwt"})),
    "jwt": (frozenset({"jwt"}), frozenset({"role"})),
    "userpass": (frozenset({"username", "password"}), frozenset()),
    "cert": (frozenset(), frozenset({"name"})),
}
_SECRET = frozenset({"token", "secret_id", "jwt", "password"})
"""Parameters that must not stand in a manifest."""


def build_vault(section: Mapping | None, findings: Findings) -> VaultSettings:
    """Return the settings; what is wrong is reported, and left out."""
    if section is None:
        return VaultSettings()
    timeout, concurrency, auth = (section.get(key) for key in ("timeout", "concurrency", "auth"))
    address = section.get("address")
    if isinstance(address, Text):
        texts.address(address, "the address of Vault", ("https", "http"), findings)
    return VaultSettings(
        address=address.strip().rstrip("/") if isinstance(address, Text) else None,
        namespace=_plain(section, "namespace", findings),
        ca_cert=_path(section, "ca_cert", findings),
        ca_path=_path(section, "ca_path", findings),
        client_cert=_path(section, "client_cert", findings),
        client_key=_path(section, "client_key", findings),
        tls_server_name=_plain(section, "tls_server_name", findings),
        auth=_auth(auth, findings) if isinstance(auth, Mapping) else None,
        timeout=texts.duration(timeout).total_seconds() if isinstance(timeout, Text) else None,
        concurrency=concurrency if isinstance(concurrency, int) else VaultSettings().concurrency,
        mark=section.mark,
    )


def _auth(section: Mapping, findings: Findings) -> VaultAuth:
    method = str(section["method"])
    needed, optional = _PARAMETERS[method]
    parameters: dict[str, str | ReferenceText] = {}
    for key, value in section.entries():
        if key in {"method", "mount"} or not isinstance(value, Text):
            continue
        if key not in needed | optional:
            hint = f"it takes {listed(sorted(needed | optional))}; remove this or change `method`"
            what = f"the login method `{method}` takes no `{key}`"
            findings.error(key.mark, "manifest-vault-auth", what, hint)
            continue
        parameter = _parameter(key, value, findings)
        if parameter is not None:
            parameters[str(key)] = parameter
    missing = sorted(needed - set(section))
    if missing:
        what = f"the login method `{method}` needs {listed(missing)}"
        findings.error(section.key("method").mark, "manifest-vault-auth", what, "add it")
    return VaultAuth(
        cast("Method", method), _plain(section, "mount", findings), MappingProxyType(parameters)
    )


def _parameter(key: Text, value: Text, findings: Findings) -> str | ReferenceText | None:
    what = f"`{key}` of Vault's login"
    if key in _SECRET:
        found: str | ReferenceText | None = texts.reference(
            value, what, findings, texts.NOT_IN_VAULT
        )
    else:
        found = texts.text_or_reference(value, what, findings)
    if not isinstance(found, ReferenceText):
        return found
    if found.kind == "url" and found.text.startswith("vault:"):
        wrong = f"{what} can't be read from Vault"
        findings.error(value.mark, "manifest-vault-auth", wrong, texts.NOT_IN_VAULT)
        return None
    if STORE_PLACEHOLDER in found.text:
        hint = f"remove `{STORE_PLACEHOLDER}`: there is one login for all stores"
        findings.error(value.mark, "manifest-vault-auth", f"{what} can't differ by store", hint)
        return None
    return found


def _plain(section: Mapping, key: str, findings: Findings) -> str | None:
    value = section.get(key)
    return texts.plain(value, f"`{key}`", findings) if isinstance(value, Text) else None


def _path(section: Mapping, key: str, findings: Findings) -> Path | None:
    value = section.get(key)
    return texts.path(value, f"`{key}`", findings) if isinstance(value, Text) else None
