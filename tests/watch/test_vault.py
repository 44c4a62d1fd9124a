"""The daemon with a real OpenBao: values that change, outages, seals, tokens that end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Desk
from tests.watch.running import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.lab.openbao import OpenBao, SealedOpenBao

SPOTIFY = """\
  spotify:
    client_id: spotify-client
    client_secret: vault://{mount}/ha/spotify#secret
"""
QUICK = "watch: {listen: 'off', vault_interval: 300ms}\n"


@dataclass(frozen=True, slots=True)
class Kept:
    """A desk whose one secret is kept in an OpenBao."""

    desk: Desk
    bao: OpenBao
    mount: str

    def put(self, secret: str) -> None:
        """Write the secret anew."""
        self.bao.client().secrets.kv.v2.create_or_update_secret(
            "ha/spotify", {"secret": secret}, mount_point=self.mount
        )

    def env(self, token: str | None = None) -> Mapping[str, str]:
        """Return what leads the daemon to it; few retries, so that an outage is seen soon."""
        ca = {"VAULT_CACERT": str(self.bao.ca)} if self.bao.ca else {}
        return {
            "VAULT_ADDR": self.bao.address,
            "VAULT_TOKEN": token or self.bao.token,
            "VAULT_MAX_RETRIES": "0",
            **ca,
        }


def _kept(folder: Path, bao: OpenBao) -> Kept:
    (folder / "desk" / "ha").mkdir(parents=True)
    kept = Kept(Desk(folder / "desk"), bao, bao.mount_kv(2))
    kept.put("one")
    kept.desk.declare(SPOTIFY.format(mount=kept.mount), head=QUICK)
    return kept


@pytest.fixture
def kept(tmp_path: Path, vault: OpenBao) -> Kept:
    return _kept(tmp_path, vault)


@pytest.fixture
def sealable(tmp_path: Path, sealed_vault: SealedOpenBao) -> Kept:
    return _kept(tmp_path, sealed_vault)


def test_a_value_that_changes_starts_a_turn(kept: Kept) -> None:
    with Watch(kept.desk.folder, env=kept.env()) as watch:
        watch.next("turn", causes="start", state="in-sync")
        kept.put("two")
        watch.next("turn", causes="value", state="in-sync")
    assert kept.desk.items() == {"home.spotify": "two"}


def test_a_value_that_is_deleted_changes_nothing_and_is_reported(kept: Kept) -> None:
    with Watch(kept.desk.folder, env=kept.env()) as watch:
        watch.next("turn", causes="start", state="in-sync")
        kept.bao.client().secrets.kv.v2.delete_latest_version_of_secret(
            "ha/spotify", mount_point=kept.mount
        )
        watch.next("secret-unreadable")
        watch.next("turn", causes="value", state="needs-a-person")
        assert kept.desk.items() == {"home.spotify": "one"}
        kept.put("two")
        watch.next("secrets-readable-again")
        watch.next("turn", causes="value", state="in-sync")
    assert kept.desk.items() == {"home.spotify": "two"}


def test_one_that_a_save_asks_for_too_early_is_tried_again_soon(kept: Kept) -> None:
    seldom = QUICK.replace("300ms", "10m")
    kept.desk.declare("", head=seldom)
    with Watch(kept.desk.folder, env=kept.env()) as watch:
        watch.next("turn", causes="start", state="in-sync")
        late = SPOTIFY.replace("ha/spotify", "ha/late")
        kept.desk.declare(late.format(mount=kept.mount), head=seldom)
        watch.next("secret-unreadable")
        kept.bao.client().secrets.kv.v2.create_or_update_secret(
            "ha/late", {"secret": "late"}, mount_point=kept.mount
        )
        watch.next("turn", causes="value", state="in-sync")
    assert kept.desk.items() == {"home.spotify": "late"}


def test_a_seal_and_a_restart_are_survived(sealable: Kept, sealed_vault: SealedOpenBao) -> None:
    bao = sealed_vault
    with Watch(sealable.desk.folder, env=sealable.env()) as watch:
        watch.next("turn", causes="start", state="in-sync")
        bao.seal()
        watch.next("secret-unreadable")
        watch.next("turn", causes="value", state="needs-a-person")
        bao.unseal()
        watch.next("secrets-readable-again")
        watch.next("turn", causes="value", state="in-sync")

        bao.kill()
        watch.next("secret-unreadable")
        bao.start()
        bao.unseal()
        watch.next("secrets-readable-again")
        sealable.put("two")
        watch.next("change", action="replace", outcome="applied")
        assert watch.stop() == 0
    assert sealable.desk.items() == {"home.spotify": "two"}


def test_down_at_the_start_it_is_waited_for(sealable: Kept, sealed_vault: SealedOpenBao) -> None:
    sealed_vault.stop()
    with Watch(sealable.desk.folder, env=sealable.env()) as watch:
        watch.next("secret-unreadable")
        watch.next("turn", causes="start", state="needs-a-person")
        sealed_vault.start()
        sealed_vault.unseal()
        watch.next("turn", causes="value", state="in-sync")
    assert sealable.desk.items() == {"home.spotify": "one"}


def test_a_login_that_ends_is_renewed_or_made_anew(kept: Kept) -> None:
    client = kept.bao.client()
    path = kept.bao.enable_auth("approle")
    client.sys.create_or_update_policy("all-kv", 'path "*" { capabilities = ["read", "list"] }')
    role = {"token_policies": ["all-kv"], "token_ttl": "2s", "token_max_ttl": "4s"}
    client.auth.approle.create_or_update_approle("r", mount_point=path, **role)
    role_id = client.auth.approle.read_role_id("r", mount_point=path)["data"]["role_id"]
    secret_id = client.auth.approle.generate_secret_id("r", mount_point=path)["data"]["secret_id"]
    auth = f"{{method: approle, mount: {path}, role_id: env://ROLE, secret_id: env://SECRET}}"
    head = f"vault: {{address: '{kept.bao.address}', auth: {auth}}}\n{QUICK}"
    kept.desk.declare(SPOTIFY.format(mount=kept.mount), head=head)
    env = {"ROLE": role_id, "SECRET": secret_id, "VAULT_MAX_RETRIES": "0"}

    with Watch(kept.desk.folder, env=env) as watch:
        watch.next("turn", causes="start", state="in-sync")
        for number in range(6):  # longer than the longest life of one login
            kept.put(f"value-{number}")
            watch.next("turn", causes="value", state="in-sync")
            client.auth.token.lookup_self()
    unreadable = [event for event in watch.seen() if event["event"] == "secret-unreadable"]
    assert unreadable == []


def test_a_revoked_token_of_a_login_is_replaced(kept: Kept) -> None:
    client = kept.bao.client()
    path = kept.bao.enable_auth("userpass")
    client.sys.create_or_update_policy("all-kv", 'path "*" { capabilities = ["read", "list"] }')
    client.auth.userpass.create_or_update_user("u", "pw", policies="all-kv", mount_point=path)
    auth = f"{{method: userpass, mount: {path}, username: u, password: env://PASSWORD}}"
    head = f"vault: {{address: '{kept.bao.address}', auth: {auth}}}\n{QUICK}"
    kept.desk.declare(SPOTIFY.format(mount=kept.mount), head=head)

    with Watch(kept.desk.folder, env={"PASSWORD": "pw", "VAULT_MAX_RETRIES": "0"}) as watch:
        watch.next("turn", causes="start", state="in-sync")
        client.adapter.put(f"/v1/sys/leases/revoke-prefix/auth/{path}/login/u")
        kept.put("two")
        watch.next("turn", causes="value", state="in-sync")
    assert kept.desk.items() == {"home.spotify": "two"}
