from __future__ import annotations

import time
from typing import TYPE_CHECKING

import hvac.exceptions
import pytest

from tests.lab.api import Api, CommandFailed
from tests.lab.versions import HOME_ASSISTANTS

if TYPE_CHECKING:
    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao, SealedOpenBao

# Both Home Assistants know these, with their packages installed.
EVERYWHERE = (
    "fitbit",
    "google",
    "google_mail",
    "google_tasks",
    "home_connect",
    "lyric",
    "neato",
    "netatmo",
    "oauth_broken",
    "oauth_lab",
    "oauth_lab_authfail",
    "oauth_lab_forms",
    "oauth_lab_lazy",
    "oauth_lab_retry",
    "spotify",
    "twitch",
    "withings",
    "xbox",
    "youtube",
)


def test_the_wanted_version_answers_its_admin(home_assistant: HomeAssistant) -> None:
    assert home_assistant.api.rest("GET", "config")["version"] == home_assistant.version
    assert home_assistant.api.command("auth/current_user")["is_admin"] is True


def test_the_other_user_is_no_admin(home_assistant: HomeAssistant) -> None:
    guest = Api(home_assistant.url, home_assistant.user_token)
    assert guest.command("auth/current_user")["is_admin"] is False
    with pytest.raises(CommandFailed) as refused:
        guest.command("config/auth/list")
    assert refused.value.code == "unauthorized"


def test_a_wrong_token_is_refused(home_assistant: HomeAssistant) -> None:
    with pytest.raises(CommandFailed) as refused:
        Api(home_assistant.url, "wrong").command("auth/current_user")
    assert refused.value.code == "auth_invalid"


def test_real_integrations_take_credentials(home_assistant: HomeAssistant) -> None:
    known = home_assistant.api.command("application_credentials/config")["domains"]
    assert set(EVERYWHERE) <= set(known)
    for domain in EVERYWHERE:
        home_assistant.create_item(domain=domain, client_id="id", client_secret="secret")
    assert sorted(item["domain"] for item in home_assistant.items()) == sorted(EVERYWHERE)


def test_a_linked_account_uses_the_item_of_its_auth_domain(home_assistant: HomeAssistant) -> None:
    item = home_assistant.create_item(
        domain="oauth_lab", client_id="id", client_secret="secret", auth_domain="home.lab"
    )
    entry = home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab")
    assert home_assistant.entry_state(entry) == "loaded"
    assert home_assistant.item_of_entry(entry) == item["id"]


@pytest.mark.parametrize(
    ("domain", "mode", "state"),
    [
        ("oauth_lab", {}, "setup_error"),
        ("oauth_lab", {"mode": "not_ready"}, "setup_retry"),
        ("oauth_lab", {"mode": "lazy"}, "loaded"),
        ("oauth_lab_authfail", {}, "setup_retry"),
        ("oauth_lab_lazy", {}, "loaded"),
        ("oauth_lab_retry", {}, "setup_retry"),
    ],
)
def test_an_account_without_its_credential_fails_as_its_integration_does(
    home_assistant: HomeAssistant, domain: str, mode: dict[str, str], state: str
) -> None:
    entry = home_assistant.add_entry(domain=domain, auth_implementation="gone", data=mode)
    assert home_assistant.entry_state(entry) == state


def test_a_disabled_account_of_a_real_integration_keeps_its_item(
    home_assistant: HomeAssistant,
) -> None:
    item = home_assistant.create_item(domain="netatmo", client_id="id", client_secret="secret")
    entry = home_assistant.add_entry(
        domain="netatmo", auth_implementation=item["id"], disabled=True
    )
    assert home_assistant.entry_state(entry) == "not_loaded"
    assert home_assistant.item_of_entry(entry) == item["id"]


def test_a_real_integration_can_not_leave_this_machine(home_assistant: HomeAssistant) -> None:
    item = home_assistant.create_item(domain="netatmo", client_id="id", client_secret="secret")
    entry = home_assistant.add_entry(
        domain="netatmo",
        auth_implementation=item["id"],
        data={"token": {"access_token": "a", "refresh_token": "r", "expires_at": time.time()}},
    )
    assert home_assistant.entry_state(entry) in {"setup_error", "setup_retry"}


def test_a_broken_integration_hides_its_account(home_assistant: HomeAssistant) -> None:
    home_assistant.create_item(
        domain="oauth_broken", client_id="id", client_secret="secret", auth_domain="home.broken"
    )
    entry = home_assistant.add_entry(domain="oauth_broken", auth_implementation="home.broken")
    home_assistant.broken_marker.touch()
    home_assistant.restart()
    assert home_assistant.entry_state(entry) == "not_loaded"
    assert home_assistant.item_of_entry(entry) is None
    with pytest.raises(CommandFailed, match="No application_credentials platform"):
        home_assistant.create_item(domain="oauth_broken", client_id="b", client_secret="secret")


def test_reset_leaves_what_onboarding_left(home_assistant: HomeAssistant) -> None:
    before = [entry["entry_id"] for entry in home_assistant.entries()]
    item = home_assistant.create_item(domain="spotify", client_id="id", client_secret="secret")
    home_assistant.add_entry(domain="spotify", auth_implementation=item["id"], disabled=True)
    home_assistant.reset()
    assert home_assistant.items() == []
    assert [entry["entry_id"] for entry in home_assistant.entries()] == before


def test_the_store_is_back_after_a_clean_stop(home_assistant: HomeAssistant) -> None:
    item = home_assistant.create_item(domain="spotify", client_id="id", client_secret="secret")
    home_assistant.restart()
    assert home_assistant.items() == [item]


def test_a_kill_loses_what_was_not_yet_written(home_assistant: HomeAssistant) -> None:
    kept = home_assistant.create_item(domain="spotify", client_id="kept", client_secret="secret")
    home_assistant.restart()
    home_assistant.create_item(domain="spotify", client_id="lost", client_secret="secret")
    home_assistant.kill()
    assert not home_assistant.running
    home_assistant.start()
    assert home_assistant.items() == [kept]


def test_every_version_runs_side_by_side(home_assistants: dict[str, HomeAssistant]) -> None:
    urls = {home_assistants[version].url for version in HOME_ASSISTANTS}
    assert len(urls) == len(HOME_ASSISTANTS)


@pytest.mark.parametrize("version", [1, 2])
def test_vault_keeps_secrets_in_both_kinds_of_mount(vault: OpenBao, version: int) -> None:
    path = vault.mount_kv(version)
    kv = vault.client().secrets.kv
    if version == 1:
        kv.v1.create_or_update_secret("ha/spotify", {"client_secret": "s"}, mount_point=path)
        read = kv.v1.read_secret("ha/spotify", mount_point=path)["data"]
    else:
        kv.v2.create_or_update_secret("ha/spotify", {"client_secret": "s"}, mount_point=path)
        read = kv.v2.read_secret_version(
            "ha/spotify", mount_point=path, raise_on_deleted_version=True
        )["data"]["data"]
    assert read == {"client_secret": "s"}


@pytest.mark.parametrize("method", ["approle", "userpass", "jwt", "kubernetes", "cert"])
def test_vault_knows_every_login(vault: OpenBao, method: str) -> None:
    path = vault.enable_auth(method)
    assert vault.client().adapter.get("/v1/sys/auth")["data"][f"{path}/"]["type"] == method


def test_a_sealed_vault_says_so_and_keeps_its_secrets(sealed_vault: SealedOpenBao) -> None:
    path = sealed_vault.mount_kv(1)
    kv = sealed_vault.client().secrets.kv.v1
    kv.create_or_update_secret("a", {"b": "c"}, mount_point=path)
    sealed_vault.seal()
    with pytest.raises(hvac.exceptions.VaultDown):
        kv.read_secret("a", mount_point=path)
    sealed_vault.kill()
    sealed_vault.start()
    sealed_vault.unseal()
    assert kv.read_secret("a", mount_point=path)["data"] == {"b": "c"}
