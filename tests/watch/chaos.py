"""What people, editors, other tools, crashes and outages do to one home, at random from a seed."""

from __future__ import annotations

import contextlib
import random
import signal
from typing import TYPE_CHECKING, Any, Final

from tests.lab.api import CommandFailed
from tests.lab.linking import link
from tests.lab.provider import Answer
from tests.watch.running import PATIENCE, Watch, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import SealedOpenBao
    from tests.lab.provider import Provider
    from tests.watch.door import Door

SECRET: Final = "soak-secret"
"""Every secret begins so; no line of the daemon may hold it."""
_DOMAIN: Final = "oauth_lab_authfail"
_SOMEBODYS: Final = {"domain": "fitbit", "client_id": "somebody's", "client_secret": "theirs"}


class Chaos:
    """One home: an account linked by a secret in Vault, and a credential without one.

    Nothing here waits for the daemon but `settle`.
    """

    def __init__(
        self,
        folder: Path,
        home_assistant: HomeAssistant,
        door: Door,
        *,
        vault: SealedOpenBao,
        provider: Provider,
        seed: int,
    ) -> None:
        self.folder = folder
        self._ha = home_assistant
        self._door = door
        self._vault = vault
        self._mount = vault.mount_kv(2)
        self._provider = provider
        self._random = random.Random(seed)  # noqa: S311 -- repeatable, not secret
        self._version = 0
        self._sealed = False
        self._deleted = False
        """Somebody took the linked account's item away, and it was not seen to be there since."""
        self.done: list[str] = []
        """The names of all steps so far."""

    def link(self, sync: Callable[[], object]) -> None:
        """Let `sync` bring the first secrets, and link the account by one of them."""
        self._rotate()
        self._save()
        self._declare()
        sync()
        self._ha.create_item(**_SOMEBODYS)
        self._entry = link(self._ha, self._provider, _DOMAIN, "home.lab")
        # On disk, too: a kill takes what was made less than 10 s before.
        self._ha.restart()

    def step(self) -> None:
        """Do one of them."""
        chosen = self._random.choices(
            [way for way, _ in self._ways], [odds for _, odds in self._ways]
        )
        (way,) = chosen
        self.done.append(way.__name__.strip("_"))
        way(self)

    def check(self) -> None:
        """Look at all that must hold at every moment, whatever has happened."""
        rows = self._ha.items()
        theirs = [row for row in rows if row["client_id"] == _SOMEBODYS["client_id"]]
        assert [row["client_secret"] for row in theirs] == ["theirs"], self.done[-5:]
        assert self._ha.entry(self._entry)["domain"] == _DOMAIN, self.done[-5:]
        there = any(row.get("auth_domain") == "home.lab" for row in rows)
        self._deleted = self._deleted and not there
        assert there or self._deleted, f"the account has lost its item: {self.done[-5:]}"

    def settle(self, watch: Watch) -> None:
        """Put everything right, and wait until Home Assistant is as declared, account included."""
        self._door.open()
        self._provider.answer(Answer.REAL)
        self._unseal()
        self._rotate()
        self._save()
        self._declare()
        watch.signal(signal.SIGHUP)
        until(self._as_declared, 2 * PATIENCE)
        # It may have failed for a chaos of ours, and Home Assistant takes its time to try again.
        assert self._ha.reload_entry(self._entry)["state"] == "loaded", self.done[-20:]
        self.check()

    def _as_declared(self) -> bool:
        ours = {row["auth_domain"]: row["client_secret"] for row in self._ours()}
        return ours == {
            "home.lab": f"{SECRET}-{self._version}",
            "home.netatmo": f"{SECRET}-netatmo-{self._version}",
        }

    def _ours(self) -> list[dict[str, Any]]:
        return [row for row in self._ha.items() if row.get("auth_domain", "").startswith("home.")]

    # What happens.

    def _rotate(self) -> None:
        """Bring a new secret, as a person does: first at the provider, then in Vault."""
        if self._sealed:
            return
        self._version += 1
        secret = f"{SECRET}-{self._version}"
        self._provider.register("client", secret, [self._ha.redirect_uri])
        self._put(secret)

    def _mistype(self) -> None:
        if not self._sealed:
            self._put(f"{SECRET}-wrong")

    def _put(self, secret: str) -> None:
        kv = self._vault.client().secrets.kv.v2
        fields = {"client_secret": secret}
        kv.create_or_update_secret("lab", fields, mount_point=self._mount)

    def _delete_in_vault(self) -> None:
        if not self._sealed:
            kv = self._vault.client().secrets.kv.v2
            kv.delete_latest_version_of_secret("lab", mount_point=self._mount)

    def _save(self) -> None:
        values = {"token": self._ha.token, "netatmo": f"{SECRET}-netatmo-{self._version}"}
        self._write("secrets.yaml", "".join(f"{name}: {it}\n" for name, it in values.items()))

    def _lose_secrets(self) -> None:
        (self.folder / "secrets.yaml").unlink(missing_ok=True)

    def _declare(self, *, netatmo: bool = True) -> None:
        row = "  netatmo: {client_id: n, client_secret: !secret netatmo}\n" if netatmo else ""
        self._write(
            "appcreds.yaml",
            "version: 1\nowner: home\n"
            f"stores: {{house: {{url: '{self._door.url}', token: !secret token}}}}\n"
            "watch: {listen: 'off', vault_interval: 300ms, interval: 3s}\n"
            f"credentials:\n{row}"
            "  lab:\n"
            f"    integration: {_DOMAIN}\n"
            "    client_id: client\n"
            f"    client_secret: vault://{self._mount}/lab#client_secret\n"
            f"    token_url: {self._provider.url}/token\n",
        )

    def _declare_less(self) -> None:
        self._declare(netatmo=False)

    def _break_manifest(self) -> None:
        self._write("appcreds.yaml", "version: 1\nowner: [\n")

    def _write(self, name: str, text: str) -> None:
        beside = self.folder / f".{name}.new"
        beside.touch(mode=0o600)
        beside.write_text(text, "utf-8")
        beside.replace(self.folder / name)

    def _delete_item(self) -> None:
        rows = self._ours()
        if not rows:
            return
        row = self._random.choice(rows)
        # The daemon may be quicker.
        self._deleted = self._deleted or row["auth_domain"] == "home.lab"
        with contextlib.suppress(CommandFailed):
            self._ha.delete_item(row["id"])

    def _make_item(self) -> None:
        stray = f"stray-{self._random.randrange(5)}"
        with contextlib.suppress(CommandFailed):
            self._ha.create_item(
                domain="netatmo", client_id=stray, client_secret="s", auth_domain="home.stray"
            )

    def _shut_door(self) -> None:
        self._door.shut()

    def _open_door(self) -> None:
        self._door.open()

    def _kill_home_assistant(self) -> None:
        self._ha.kill()
        # What was made less than 10 s ago is lost: the account's item, too.
        self._deleted = True
        self._ha.start()

    def _seal(self) -> None:
        if not self._sealed:
            self._vault.seal()
            self._sealed = True

    def _unseal(self) -> None:
        if self._sealed:
            self._vault.unseal()
            self._sealed = False

    def _kill_vault(self) -> None:
        self._vault.kill()
        self._vault.start()
        self._sealed = True

    def _provider_fails(self) -> None:
        self._provider.answer(Answer.OUTAGE)

    def _provider_is_back(self) -> None:
        self._provider.answer(Answer.REAL)

    _ways: Final = (
        (_rotate, 3),
        (_mistype, 1),
        (_delete_in_vault, 1),
        (_save, 2),
        (_lose_secrets, 1),
        (_declare, 2),
        (_declare_less, 1),
        (_break_manifest, 1),
        (_delete_item, 3),
        (_make_item, 2),
        (_shut_door, 1),
        (_open_door, 2),
        (_kill_home_assistant, 0.15),
        (_seal, 1),
        (_unseal, 2),
        (_kill_vault, 0.3),
        (_provider_fails, 1),
        (_provider_is_back, 2),
    )
