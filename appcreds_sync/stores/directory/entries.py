"""The linked accounts, read from the file of all config entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.store import ConfigEntry
from appcreds_sync.stores.directory import document as documents
from appcreds_sync.stores.directory import files
from appcreds_sync.stores.directory.layout import CONFIG_ENTRIES_KEY

if TYPE_CHECKING:
    from collections.abc import Collection

    from appcreds_sync.stores.directory.document import JsonObject
    from appcreds_sync.stores.directory.layout import Layout


def read_entries(layout: Layout, domains: Collection[str]) -> tuple[ConfigEntry, ...]:
    """Return the config entries of `domains`; no file is no entry, as Home Assistant sees it.

    Raise StoreError where the file is broken: a credential must not look unused because we can't
    read who uses it.
    """
    path = layout.config_entries
    content = files.read(path)
    if content is None:
        return ()
    found = []
    for index, row in enumerate(
        documents.rows(documents.parse(content, path, CONFIG_ENTRIES_KEY), path, "entries")
    ):
        place = f"data.entries[{index}]"
        domain = documents.text(row, "domain", path, place)
        if domain in domains:
            entry_id = documents.text(row, "entry_id", path, place)
            found.append(_entry(row, domain, entry_id))
    return tuple(found)


def _entry(row: JsonObject, domain: str, entry_id: str) -> ConfigEntry:
    data = row.get("data")
    # helpers/config_entry_oauth2_flow.py writes it for every account that has credentials.
    key = data.get("auth_implementation") if isinstance(data, dict) else None
    return ConfigEntry(
        entry_id=entry_id,
        domain=domain,
        title=str(row.get("title", "")),
        state=None,
        disabled=row.get("disabled_by") is not None,
        source=str(row.get("source", "")),
        auth_domain=key if isinstance(key, str) else None,
    )
