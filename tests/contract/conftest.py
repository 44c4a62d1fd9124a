from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.contract.directory_world import DirectoryWorld
from tests.contract.live_world import LiveWorld
from tests.lab.versions import HOME_ASSISTANTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.world import World
    from tests.lab.home_assistant import HomeAssistant


@pytest.fixture(params=["directory", *HOME_ASSISTANTS])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Every kind of store, one after the other; each empty, with no account."""
    if request.param == "directory":
        return DirectoryWorld(tmp_path / "house")
    return _live(request, request.param, tmp_path)


@pytest.fixture
def offline(tmp_path: Path) -> DirectoryWorld:
    """The directory alone, for what only a stopped Home Assistant does."""
    return DirectoryWorld(tmp_path / "house")


@pytest.fixture(params=HOME_ASSISTANTS)
def live(request: pytest.FixtureRequest, tmp_path: Path) -> LiveWorld:
    """Each Home Assistant, for what only a running one does."""
    return _live(request, request.param, tmp_path)


def _live(request: pytest.FixtureRequest, version: str, folder: Path) -> LiveWorld:
    # Asked for here, so that a run of the offline cases starts no server.
    running = cast("dict[str, HomeAssistant]", request.getfixturevalue("home_assistants"))
    running[version].reset()
    return LiveWorld(folder / "house", running[version])
