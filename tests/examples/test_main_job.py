from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli.command import run
from tests.docs.recorded import compare

if TYPE_CHECKING:
    from tests.conftest import RunningHomeAssistants
    from tests.lab.openbao import OpenBao

MAIN_JOB = Path(__file__).parents[2] / "examples" / "main-job" / "main_job.py"


def test_the_main_job_prints_what_the_readme_shows(
    home_assistants: RunningHomeAssistants, vault: OpenBao, tmp_path: Path
) -> None:
    home_assistant = home_assistants["2025.4.4"]
    home_assistant.reset()
    env = {
        "HASS_URL": home_assistant.url,
        "HASS_TOKEN": home_assistant.token,
        "VAULT_ADDR": vault.address,
        "VAULT_TOKEN": vault.token,
    }

    ended = run([sys.executable, MAIN_JOB], tmp_path, env)

    assert (ended.code, ended.stderr) == (0, "")
    compare("README.md", "main-job", ended.stdout)
    kv = vault.client().secrets.kv.v2
    for item in home_assistant.items():
        stored = kv.read_secret_version(f"ha/{_path(item)}", raise_on_deleted_version=True)
        assert item["client_secret"] == stored["data"]["data"]["client_secret"]
    assert len(home_assistant.items()) == 12  # fourteen, less the two that were taken out


def _path(item: dict[str, str]) -> str:
    """Return where below `ha/` the manifest keeps the secret of `item`."""
    credential = item["auth_domain"].removeprefix("home.")
    return "family-google" if credential == "youtube" else credential
