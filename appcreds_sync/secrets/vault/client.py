"""Asks Vault, again where that helps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import requests
from hvac import adapters
from urllib3.exceptions import LocationParseError

from appcreds_sync.model.errors import SecretsError
from appcreds_sync.secrets.vault import answer as answers
from appcreds_sync.secrets.vault import connect_problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from appcreds_sync.model.secret import Secret
    from appcreds_sync.secrets.vault.answer import Answer
    from appcreds_sync.secrets.vault.retry import Retry
    from appcreds_sync.secrets.vault.settings import Connection

# A host that does not exist must not hold a turn up for as long as a slow answer may.
_CONNECT_SECONDS = 10.0


@dataclass(slots=True)
class Client:
    """One Vault, and the token for it once there is one."""

    connection: Connection
    session: requests.Session
    retry: Retry
    token: Secret | None = field(default=None, repr=False)

    def ask(
        self,
        call: Callable[[adapters.RawAdapter], requests.Response],
        namespace: str | None = None,
    ) -> Answer:
        """Return what Vault answers to `call`, in `namespace` or that of the settings.

        Raise SecretsError where no other request would fare better.
        """
        adapter = self._adapter(namespace or self.connection.namespace)
        try:
            answer = self.retry.run(lambda: answers.read(call(adapter)))
        except requests.RequestException as error:
            raise SecretsError(connect_problems.from_exception(error, self.connection)) from None
        except LocationParseError:  # of a name with a label too long, which requests lets through
            raise SecretsError(connect_problems.no_such_name(self.connection.address)) from None
        if problem := connect_problems.from_answer(answer, self.connection):
            raise SecretsError(problem)
        return answer if self.token is None else answer.without([self.token])

    def _adapter(self, namespace: str | None) -> adapters.RawAdapter:
        # The adapter, not hvac.Client: that one looks into os.environ and ~/.vault-token itself.
        # Errors come back as answers, because hvac's exceptions do not tell the status.
        timeout = self.connection.timeout
        return adapters.RawAdapter(
            base_uri=self.connection.address,
            token=None if self.token is None else self.token.reveal(),
            timeout=(min(timeout, _CONNECT_SECONDS), timeout),  # type: ignore[arg-type]  # as requests
            session=self.session,
            namespace=namespace,
            ignore_exceptions=True,
        )
