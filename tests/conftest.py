"""What every test may ask for: the real servers, started once a run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

import hypothesis
import pytest

from tests.lab import chromium, openbao
from tests.lab import promtool as promtools
from tests.lab.certificates import make_certificates
from tests.lab.fleet import running_home_assistants
from tests.lab.home_assistant import HomeAssistant
from tests.lab.provider import Provider
from tests.lab.versions import HOME_ASSISTANTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest_plugins = ["tests.lab.named_skips"]

# A deadline is a timed assertion: on a busy machine it fails for nothing.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

_SPEAKS_TO_US = ("APPCREDS_", "BAO_", "CREDENTIALS_DIRECTORY", "HASS_", "SUPERVISOR_", "VAULT_")
_SPEAKS_TO_LIBRARIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_COLOR", "FORCE_COLOR")


@pytest.fixture(autouse=True)
def _nothing_inherited(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Run each test as if on a new machine: no settings from outside, an empty home."""
    for name in tuple(os.environ):
        if name.startswith(_SPEAKS_TO_US) or name.upper() in _SPEAKS_TO_LIBRARIES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))


class RunningHomeAssistants(dict[str, HomeAssistant]):
    """By version. Asking for one whose Python is missing skips the test, with the reason."""

    def __missing__(self, version: str) -> NoReturn:
        wanted = HOME_ASSISTANTS[version].python
        pytest.skip(f"Home Assistant {version} needs Python {wanted}, which uv can't find here")


@pytest.fixture(scope="session")
def home_assistants(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningHomeAssistants]:
    """Every Home Assistant of the lab, started side by side; not reset between tests."""
    with running_home_assistants(tmp_path_factory.mktemp("home-assistant")) as running:
        yield RunningHomeAssistants(running)


@pytest.fixture(params=HOME_ASSISTANTS)
def home_assistant(
    request: pytest.FixtureRequest, home_assistants: RunningHomeAssistants
) -> HomeAssistant:
    """One Home Assistant after the other, each running and as after onboarding."""
    found = home_assistants[request.param]
    found.reset()
    return found


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openbao.OpenBao]:
    """A development OpenBao that all tests share: use paths and mounts of your own."""
    with openbao.start_dev(tmp_path_factory.mktemp("openbao")) as running:
        yield running


@pytest.fixture
def sealed_vault(tmp_path: Path) -> Iterator[openbao.SealedOpenBao]:
    """An OpenBao of the test's own, with TLS and storage; unsealed until the test seals it."""
    certificates = make_certificates(tmp_path / "certificates")
    with openbao.SealedOpenBao(tmp_path / "openbao", certificates) as running:
        yield running


@pytest.fixture(scope="session")
def running_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The OAuth provider of the lab, started once a run; not reset between tests."""
    with Provider(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
def provider(running_provider: Provider) -> Provider:
    """The OAuth provider: no clients yet, well-mannered, and its log empty."""
    running_provider.reset()
    return running_provider


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[chromium.Tab]:
    """An empty tab of a browser that ends with the test."""
    program = chromium.binary()
    if program is None:
        pytest.skip("there is no Chromium here")
    with chromium.new_tab(program, tmp_path / "chromium") as opened:
        yield opened


@pytest.fixture(scope="session")
def promtool() -> promtools.Promtool:
    """Prometheus's checker of rules and metrics."""
    found = promtools.find()
    if found is None:
        pytest.skip("there is no promtool here")
    return found
