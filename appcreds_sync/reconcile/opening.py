"""From a store's declaration to a store that can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from appcreds_sync.model.manifest import DirectoryStoreSpec, LiveStoreSpec

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from appcreds_sync.model.manifest import StoreSpec
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.stores.interface import FollowedStore


def open_store(
    spec: StoreSpec, token: Secret | None, *, home_assistant_is_stopped: bool
) -> AbstractAsyncContextManager[FollowedStore]:
    """Return the store of `spec`; that, or entering it, raises StoreError if it can't be had."""
    match spec:
        case LiveStoreSpec():
            # Here, so that a run over directories alone does not pay for websockets.
            from appcreds_sync.stores.home_assistant import open_files
            from appcreds_sync.stores.home_assistant.store import open_live_store

            if token is None:
                message = f"store {spec.name} is live and was given no token"
                raise TypeError(message)
            open_files.make_room(f"store {spec.name}")
            return open_live_store(spec, token)
        case DirectoryStoreSpec():
            from appcreds_sync.stores.directory.store import open_directory_store

            return open_directory_store(spec, home_assistant_is_stopped=home_assistant_is_stopped)
        case _:
            assert_never(spec)
