from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.watch.sources import vault_files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("prefix", ["VAULT", "BAO"])
def test_certificates_that_the_environment_names_are_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    paths = [tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem")]
    for name, path in zip(("CACERT", "CLIENT_CERT", "CLIENT_KEY"), paths, strict=True):
        monkeypatch.setenv(f"{prefix}_{name}", str(path))

    assert list(vault_files(VaultSettings())) == paths
