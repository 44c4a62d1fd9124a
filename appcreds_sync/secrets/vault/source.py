"""Reads many references into Vault: one login, one request for each path."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, SecretsError
from appcreds_sync.secrets.value import accept
from appcreds_sync.secrets.vault import kv, login, read_problems, session
from appcreds_sync.secrets.vault import settings as vault_settings
from appcreds_sync.secrets.vault.client import Client
from appcreds_sync.secrets.vault.kv import Document, Place
from appcreds_sync.secrets.vault.mounts import Mounts
from appcreds_sync.secrets.vault.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from appcreds_sync.model.desired import Resolved
    from appcreds_sync.model.manifest import VaultSettings
    from appcreds_sync.model.reference import VaultReference
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.secrets.vault.parameters import Read

# Vault's own agents renew at two thirds of a token's life.
_RENEW_AFTER = 2 / 3


@dataclass(slots=True)
class VaultSource:
    """One Vault over many turns. Not for several threads at once; it has its own."""

    settings: VaultSettings
    environ: Mapping[str, str]
    read_parameter: Read
    keep: Callable[[str, Secret], None]
    """Told of each secret that a login shows or yields, for the redactor."""
    clock: Callable[[], float] = time.monotonic
    _client: Client | None = field(default=None, init=False)
    _login: login.Login | None = field(default=None, init=False)
    _logged_in_at: float = field(default=0.0, init=False)

    def read(
        self, references: Collection[VaultReference]
    ) -> Mapping[VaultReference, Resolved | Problem]:
        """Return the value of each, or why there is none. Raise nothing for what Vault does."""
        places = {_place(reference) for reference in references}
        try:
            documents = self._documents(sorted(places))
        except SecretsError as error:
            # One object for all, so that it is said once.
            problem = self._located(error.problem)
            return dict.fromkeys(references, problem)
        return {
            reference: _value(reference, documents[_place(reference)]) for reference in references
        }

    def logged_in(self) -> Client:
        """Return the client, with a token that has life left. Raise SecretsError."""
        try:
            client = self._connected()
            self._logged_in(client)
        except SecretsError as error:
            raise SecretsError(self._located(error.problem)) from None
        return client

    def warnings(self) -> tuple[Problem, ...]:
        """Return what is unsafe about the connection; nothing before the first read."""
        if self._client is None or not self._client.connection.skip_verify:
            return ()
        what = "the TLS certificate of Vault is not checked (VAULT_SKIP_VERIFY)"
        hint = "set VAULT_CACERT instead: whoever stands in between can read the token"
        return (Problem("vault-skip-verify", what, hint),)

    def close(self) -> None:
        """Close the connections. The token stays valid: it may be the person's own."""
        if self._client is not None:
            self._client.session.close()
        self._client = self._login = None

    def _documents(self, places: list[Place]) -> Mapping[Place, Document | Problem]:
        client = self._connected()
        kept = self._logged_in(client)
        documents = _read_all(client, places)
        refused = any(_is_forbidden(found) for found in documents.values())
        # Vault has one word for "may not" and "who are you?": was the kept token revoked?
        if refused and kept and not login.token_is_known(client):
            self._login = None
            self._logged_in(client)
            documents = _read_all(client, places)
        return documents

    def _connected(self) -> Client:
        if self._client is None:
            connection = vault_settings.merge(self.settings, self.environ)
            retry = Retry(connection.max_retries, connection.timeout)
            self._client = Client(connection, session.make(connection, self.environ), retry)
        return self._client

    def _logged_in(self, client: Client) -> bool:
        """See to it that `client` has a token with life left; tell whether it is an earlier one."""
        if self._login is not None:
            age = self.clock() - self._logged_in_at
            life = self._login.seconds
            if life is None or age < life * _RENEW_AFTER:
                return True
            renewed = None
            if self._login.renewable and age < life:
                renewed = login.renew(client, self._login, life - age)
            if renewed is not None:
                self._login, self._logged_in_at = renewed, self.clock()
                return True
        self._login = None
        now = self.clock()
        self._login = login.log_in(client, self.settings.auth, self.environ, self.read_parameter)
        self._logged_in_at = now
        for secret in self._login.secrets:
            self.keep("login", secret)
        return False

    def _located(self, problem: Problem) -> Problem:
        mark = self.settings.mark
        return replace(problem, where=str(mark)) if mark and not problem.where else problem


def _read_all(client: Client, places: list[Place]) -> Mapping[Place, Document | Problem]:
    """Read every place. Raise SecretsError, once, where Vault as a whole can't be read."""
    mounts = Mounts(client)
    broken: list[SecretsError] = []

    def read_one(place: Place) -> Document | Problem:
        if broken:
            raise broken[0]
        try:
            return kv.read(client, mounts, place)
        except SecretsError as error:
            # The others need not find out, each for itself and after its own time-out.
            broken.append(error)
            raise

    with ThreadPoolExecutor(client.connection.concurrency, "vault") as pool:
        try:
            return dict(zip(places, pool.map(read_one, places), strict=True))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _place(reference: VaultReference) -> Place:
    return Place(reference.namespace or "", reference.path, reference.version or 0)


def _is_forbidden(found: Document | Problem) -> bool:
    return isinstance(found, Problem) and found.code == "vault-forbidden"


def _value(reference: VaultReference, found: Document | Problem) -> Resolved | Problem:
    if isinstance(found, Problem):
        return found
    if reference.key not in found.values:
        return read_problems.no_key(reference.path, reference.key, found.values)
    source = f"`{reference.key}` at {reference.path} in Vault"
    return accept(found.values[reference.key], source, found.version)
