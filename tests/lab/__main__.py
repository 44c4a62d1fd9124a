"""The lab by hand: `python -m tests.lab build`, `run` or `lock`."""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
from pathlib import Path

from tests.lab import environments, node, openbao
from tests.lab.fleet import running_home_assistants
from tests.lab.locks import write_locks
from tests.lab.provider import SOURCES, Provider
from tests.lab.pythons import PythonMissing
from tests.lab.versions import HOME_ASSISTANTS, OPENBAO


def build() -> None:
    """Build each environment that isn't there yet; the first time takes minutes."""
    for environment in (OPENBAO, *HOME_ASSISTANTS.values()):
        try:
            environments.build(environment)
        except PythonMissing as missing:
            print(f"lab: without {environment.name}: {missing}")
    node.install_packages(SOURCES)


def run() -> None:
    """Start every server, tell a person how to reach it, and wait for Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="appcreds-lab-")))
        vault = stack.enter_context(openbao.start_dev(folder / "openbao"))
        print(f"OpenBao\n  address    {vault.address}\n  token      {vault.token}", flush=True)
        home_assistants = stack.enter_context(running_home_assistants(folder))
        for each in home_assistants.values():
            print(f"Home Assistant {each.version}\n  address    {each.url}")
            print(f"  admin      {each.token}")
            print(f"  not admin  {each.user_token}")
            print(f"  log        {each.log}")
        provider = stack.enter_context(Provider(folder / "provider"))
        provider.register("lab", "lab-secret", [it.redirect_uri for it in home_assistants.values()])
        for each in home_assistants.values():
            each.choose_provider(provider.url)
        print(f"OAuth provider of oauth_lab, oauth_lab_retry …\n  address    {provider.url}")
        print("  client     lab\n  secret     lab-secret")
        print("Ctrl-C ends all of it, and leaves nothing.", flush=True)
        signal.pause()


_COMMANDS = {"build": build, "run": run, "lock": write_locks}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in _COMMANDS:
        sys.exit(f"usage: python -m tests.lab {'|'.join(_COMMANDS)}")
    _COMMANDS[sys.argv[1]]()
