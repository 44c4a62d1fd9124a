"""The offline store: the config directory of a Home Assistant that is stopped or still to start.

What lives here: how Home Assistant keeps credentials on disk, who may write there, and when.
What may not: a connection to a running Home Assistant.
"""

from __future__ import annotations

from appcreds_sync.stores.directory.store import open_directory_store

__all__ = ["open_directory_store"]
