"""Builds the stores."""

from __future__ import annotations

from os.path import normpath
from typing import TYPE_CHECKING

from appcreds_sync.manifest import texts
from appcreds_sync.manifest.tree import Mapping, Sequence, Text
from appcreds_sync.model.manifest import DirectoryStoreSpec, LiveStoreSpec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.tree import Value
    from appcreds_sync.model.manifest import StoreSpec

_SCHEMES = ("https", "http", "wss", "ws")
_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
_WEBSOCKET_PATH = "/api/websocket"
_ONLY_LIVE = ("token", "ca_cert", "verify_tls", "timeout")
_TIMEOUT = 10.0


def build_stores(section: Mapping, defaults: Mapping, findings: Findings) -> dict[str, StoreSpec]:
    """Return the stores by name; those that are wrong are reported, and left out."""
    stores: dict[str, StoreSpec] = {}
    places: dict[object, Text] = {}
    default_token = defaults.get("token")
    if isinstance(default_token, Text):
        # Also where no store takes it: a literal token must never stay in Git unnoticed.
        texts.reference(default_token, "the token", findings)
    for name, settings in section.entries():
        if not isinstance(settings, Mapping):
            continue
        built = _build(name, settings, defaults, findings)
        if built is None:
            continue
        store, place = built
        first = places.setdefault(place, name)
        if first is not name:
            what = f"the store `{name}` is the same Home Assistant as `{first}` at {first.mark}"
            findings.error(name.mark, "manifest-same-store", what, "remove one of them")
        stores[str(name)] = store
    return stores


def labels_of(settings: Value) -> Iterator[str]:
    """Yield the labels of a store or of the defaults, as far as they can be read."""
    labels = settings.get("labels") if isinstance(settings, Mapping) else None
    if isinstance(labels, Sequence):
        yield from (str(label) for label in labels if isinstance(label, Text))


def _build(
    name: Text, settings: Mapping, defaults: Mapping, findings: Findings
) -> tuple[StoreSpec, object] | None:
    """Return the store, and what no other store may have: its address or its directory."""
    url, directory = settings.get("url"), settings.get("directory")
    labels = frozenset({*labels_of(defaults), *labels_of(settings)})
    if isinstance(url, Text) == isinstance(directory, Text):
        what = f"the store `{name}` must have either `url` or `directory`"
        hint = "`url` for a running Home Assistant, `directory` for a stopped one"
        findings.error(name.mark, "manifest-store", what, hint)
        return None
    if isinstance(url, Text):
        return _live(
            name,
            url,
            defaults.replaced_by([*defaults.items(), *settings.items()]),
            labels,
            findings,
        )
    assert isinstance(directory, Text)  # one of the two is a text
    for key in _ONLY_LIVE:
        if key in settings:
            what = f"`{key}` means nothing for a store that is a directory"
            findings.error(settings.key(key).mark, "manifest-store", what, "remove it")
    path = texts.path(directory, f"the directory of `{name}`", findings)
    if path is None:
        return None
    return DirectoryStoreSpec(str(name), path, labels, name.mark), normpath(path)


def _live(
    name: Text, url: Text, settings: Mapping, labels: frozenset[str], findings: Findings
) -> tuple[StoreSpec, object] | None:
    parts = texts.address(url, f"the URL of `{name}`", _SCHEMES, findings)
    token, ca_cert = settings.get("token"), settings.get("ca_cert")
    timeout, verify_tls = settings.get("timeout"), settings.get("verify_tls", True)
    if not isinstance(token, Text):
        what = f"the store `{name}` has no `token`"
        hint = (
            "add a reference to one, here or in `store_defaults`, as in vault://kv/ha/{store}#token"
        )
        findings.error(name.mark, "manifest-missing-key", what, hint)
        return None
    # Without the store's name: one mistake in the defaults is one problem, not one for each store.
    reference = texts.reference(token, "the token", findings)
    ca_path = (
        texts.path(ca_cert, "the CA certificate", findings) if isinstance(ca_cert, Text) else None
    )
    if parts is None or reference is None:
        return None
    spec = LiveStoreSpec(
        name=str(name),
        url=url.strip().rstrip("/"),
        token=reference,
        labels=labels,
        mark=name.mark,
        ca_cert=ca_path,
        verify_tls=verify_tls is not False,
        timeout=texts.duration(timeout).total_seconds() if isinstance(timeout, Text) else _TIMEOUT,
    )
    return spec, _place(parts)


def _place(parts: SplitResult) -> tuple[str, int, str]:
    host = (parts.hostname or "").rstrip(".")
    path = parts.path.rstrip("/").removesuffix(_WEBSOCKET_PATH)
    return host, parts.port or _PORTS[parts.scheme], path
