"""What the README shows of `import`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.command import appcreds
from tests.docs.recorded import compare

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunningHomeAssistants
    from tests.lab.openbao import OpenBao


def test_an_existing_home_assistant_is_imported_as_the_readme_shows(
    home_assistants: RunningHomeAssistants, vault: OpenBao, tmp_path: Path
) -> None:
    home_assistant = home_assistants["2025.4.4"]
    home_assistant.reset()
    spotify = home_assistant.create_item(domain="spotify", client_id="5fe0", client_secret="s")
    home_assistant.add_entry(domain="spotify", auth_implementation=spotify["id"], title="Ann")
    for domain in ("google", "google_mail"):
        home_assistant.create_item(
            domain=domain, client_id="family.apps", client_secret="g", name="Family"
        )
    store = f"{{url: '{home_assistant.url}', token: 'env://TOKEN'}}"
    (tmp_path / "appcreds.yaml").write_text(
        f"version: 1\nowner: home\nstores: {{house: {store}}}\ncredentials: {{}}\n"
    )
    variables = {
        "TOKEN": home_assistant.token,
        "VAULT_ADDR": vault.address,
        "VAULT_TOKEN": vault.token,
    }
    command = ("import", "--store", "house", "--vault-path", "secret/house/{credential}")

    ended = appcreds(*command, cwd=tmp_path, env=variables)

    assert (ended.code, ended.stderr) == (0, "")
    typed = "$ appcreds-sync import --store house --vault-path 'secret/house/{credential}'\n"
    compare("README.md", "import", typed + ended.stdout)
    _, _, entries = (tmp_path / "appcreds.yaml").read_text("utf-8").partition("credentials:\n")
    compare("README.md", "imported", f"credentials:\n{entries}")
