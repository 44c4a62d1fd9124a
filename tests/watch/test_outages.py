"""Servers that die in the middle or are down at first; a daemon that is stopped in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.watch.running import Watch, until

if TYPE_CHECKING:
    from tests.lab.openbao import SealedOpenBao
    from tests.watch.conftest import Home

MANY = 400


def _declare_many(home: Home, count: int = MANY) -> None:
    rows = "".join(
        f"  c{number}: {{integration: netatmo, client_id: c{number}, client_secret: !secret lab}}\n"
        for number in range(count)
    )
    home.declare(rows, watch="poll_interval: 1s")


def test_home_assistant_killed_in_the_middle_of_a_turn(home: Home) -> None:
    # What earlier tests left was taken away just now, and would be back after the kill.
    home.home_assistant.restart()
    home.secrets(lab="lab-1")
    home.declare("")
    with Watch(home.folder) as watch:
        watch.next("turn", causes="start")
        _declare_many(home)
        watch.next("manifest-loaded")
        home.home_assistant.kill()
        watch.next("turn", state="failing")
        home.home_assistant.start()
        watch.next("turn", state="in-sync")
        assert sorted(home.items()) == sorted(f"home.c{number}" for number in range(MANY))
        assert len(home.home_assistant.items()) == MANY


def test_stopped_in_the_middle_of_a_turn_it_finishes_what_is_in_hand(home: Home) -> None:
    home.secrets(lab="lab-1")
    home.declare("")
    with Watch(home.folder) as watch:
        watch.next("turn", causes="start")
        _declare_many(home)
        watch.next("manifest-loaded")
        assert watch.stop() == 0

    made = home.items()
    assert set(made.values()) <= {"lab-1"}
    # Either the turn had begun its changes, and finished them, or it made none.
    assert len(made) in {0, MANY}


def test_both_down_at_the_start(home: Home, sealed_vault: SealedOpenBao) -> None:
    mount = sealed_vault.mount_kv(2)
    sealed_vault.client().secrets.kv.v2.create_or_update_secret(
        "t", {"token": home.home_assistant.token, "lab": "lab-1"}, mount_point=mount
    )
    home.write(
        "appcreds.yaml",
        "version: 1\nowner: home\nwatch: {listen: 'off', vault_interval: 500ms}\n"
        f"stores: {{house: {{url: '{home.home_assistant.url}', token: 'vault://{mount}/t#token'}}}}\n"
        "credentials:\n"
        f"  lab: {{integration: oauth_lab, client_id: c, client_secret: 'vault://{mount}/t#lab'}}\n",
    )
    sealed_vault.stop()
    home.home_assistant.stop()
    env = {
        "VAULT_ADDR": sealed_vault.address,
        "VAULT_TOKEN": sealed_vault.token,
        "VAULT_CACERT": str(sealed_vault.ca),
        "VAULT_MAX_RETRIES": "0",
    }
    with Watch(home.folder, env=env) as watch:
        watch.next("turn", causes="start", state="failing")
        sealed_vault.start()
        sealed_vault.unseal()
        watch.next("secrets-readable-again")
        home.home_assistant.start()
        watch.next("turn", state="in-sync")
        until(lambda: home.is_as_declared(lab="lab-1"))
        assert watch.stop() == 0
