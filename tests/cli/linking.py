"""Accounts that are linked from the command line, and what a flow leaves behind."""

from __future__ import annotations

import os
import subprocess
from typing import IO, TYPE_CHECKING, Any, Final

from tests.cli.command import PROGRAM, Ended

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping

    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant

SECRET: Final = "canary-of-a-client-secret"
PERSON: Final = {"login": "ann", "password": "anything"}
LAB: Final = "  lab: {integration: oauth_lab, client_id: ours, client_secret: !secret lab}\n"

FORMS: Final = (
    "  lab: {integration: oauth_lab_forms, client_id: ours, client_secret: !secret lab}\n"
)


class Linking:
    """`appcreds-sync link` under way, with a person who signs in when told where."""

    def __init__(self, desk: Desk, variables: Mapping[str, str], *arguments: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 -- our own command
            [PROGRAM, "link", *arguments],
            cwd=desk.folder,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._seen = self._errors = ""

    def address(self) -> str:
        """Wait for the address at the provider."""
        output: IO[str] = self._process.stdout  # type: ignore[assignment]  # it is a pipe
        for line in output:
            self._seen += line
            if line.startswith("http"):
                return line.strip()
        raise AssertionError(self._seen + self.end().stderr)

    def wait_for_error(self, words: str) -> None:
        """Wait until a line on stderr holds `words`."""
        errors: IO[str] = self._process.stderr  # type: ignore[assignment]  # it is a pipe
        while words not in self._errors:
            line = errors.readline()
            assert line, self._errors
            self._errors += line

    def tell(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> Ended:
        rest, errors = self._process.communicate(timeout=90)
        return Ended(self._process.returncode, self._seen + rest, self._errors + errors)


def link(desk: Desk, home_assistant: HomeAssistant, *arguments: str) -> Linking:
    """Begin to link with the admin's token, which the store's `token: env://TOKEN` names."""
    return Linking(desk, {"TOKEN": home_assistant.token}, *arguments)


def accounts(home_assistant: HomeAssistant) -> list[dict[str, Any]]:
    return [e for e in home_assistant.entries() if e["domain"].startswith("oauth_lab")]


def nothing_is_left(home_assistant: HomeAssistant) -> bool:
    return home_assistant.flows() == [] and accounts(home_assistant) == []
