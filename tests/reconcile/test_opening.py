from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import StoreError, StoreUnavailable
from appcreds_sync.model.manifest import DirectoryStoreSpec, LiveStoreSpec
from appcreds_sync.model.secret import Secret
from appcreds_sync.reconcile.opening import open_store
from tests.lab.ports import free_port
from tests.planning.builders import MARK
from tests.reconcile.manifests import directory, live, reference

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_directory_needs_no_token(tmp_path: Path) -> None:
    spec = DirectoryStoreSpec("cabin", tmp_path, frozenset(), MARK)
    async with open_store(spec, None, home_assistant_is_stopped=False) as store:
        assert (store.name, await store.items()) == ("cabin", ())


async def test_one_that_is_not_there_is_a_store_error() -> None:
    with pytest.raises(StoreError):
        async with open_store(directory(), None, home_assistant_is_stopped=False):
            pass


async def test_a_home_assistant_that_nobody_runs_is_unavailable() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    spec = LiveStoreSpec("house", url, reference("env://TOKEN"), frozenset(), MARK)
    with pytest.raises(StoreUnavailable):
        async with open_store(spec, Secret("t"), home_assistant_is_stopped=False):
            pass


def test_a_live_store_without_token_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="house"):
        open_store(live(), None, home_assistant_is_stopped=False)
