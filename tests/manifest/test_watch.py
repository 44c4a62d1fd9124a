from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync import manifest
from appcreds_sync.model.errors import ManifestError
from appcreds_sync.model.listening import Listen
from appcreds_sync.model.manifest import WatchSettings
from appcreds_sync.oauth.catalogue import load_catalogue

if TYPE_CHECKING:
    from pathlib import Path


def _load(folder: Path, watch: str) -> WatchSettings:
    path = folder / "appcreds.yaml"
    path.write_text(
        f"version: 1\nowner: home\nstores: {{ha: {{directory: ha}}}}\n{watch}\n", encoding="utf-8"
    )
    return manifest.load(path, catalogue=load_catalogue()).manifest.watch


def test_without_the_section_the_defaults_hold(tmp_path: Path) -> None:
    assert _load(tmp_path, "") == WatchSettings()


def test_every_setting(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        "watch: {heal: false, interval: 10m, vault_interval: 500ms, poll_interval: 1h, "
        "notify: false, listen: '[::1]:80'}",
    )

    assert settings == WatchSettings(
        heal=False,
        interval=600.0,
        vault_interval=0.5,
        poll_interval=3600.0,
        notify=False,
        listen=Listen(("::1", 80)),
    )


def test_off_without_quotes_is_the_word(tmp_path: Path) -> None:
    assert _load(tmp_path, "watch: {listen: off}").listen == Listen(None)


@pytest.mark.parametrize(
    "watch",
    [
        "{listen: 8099}",
        "{listen: localhost}",
        "{listen: 'x:99999'}",
        "{heal: yes}",
        "{interval: 5}",
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, watch: str) -> None:
    with pytest.raises(ManifestError) as caught:
        _load(tmp_path, f"watch: {watch}")

    assert "appcreds.yaml:4:" in str(caught.value.problem.where)
