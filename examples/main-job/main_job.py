"""The main job on a running Home Assistant and a running Vault: what the README's transcript shows.

    HASS_URL=… HASS_TOKEN=… VAULT_ADDR=… VAULT_TOKEN=… python examples/main-job/main_job.py

`make lab` starts both and prints these four. Writes secrets to `secret/ha/…` (KV v2) and creates
credentials in that Home Assistant, so take none that you live with. Exits with 1 at the first
surprise.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent


class Surprise(Exception):
    """A command did something else than this script says."""


def main() -> None:
    """Tell the story: created, changed, renamed, deleted, and nothing left to do."""
    manifest = (HERE / "before.yaml").read_text("utf-8")
    for path in sorted(set(re.findall(r"vault://secret/(\S+)#", manifest))):
        put_in_vault(path)
    with tempfile.TemporaryDirectory(prefix="appcreds-main-job-") as folder:
        os.chdir(folder)
        for name in ("before.yaml", "after.yaml"):
            Path(name).write_text((HERE / name).read_text("utf-8"), "utf-8")
        run(
            'printenv HASS_TOKEN | appcreds-sync init appcreds --url "$HASS_URL" --token-stdin',
            "cp before.yaml appcreds/credentials.yaml",
            "appcreds-sync validate",
            "appcreds-sync sync",
        )
        say("A new secret for spotify in Vault; in the manifest netatmo renamed, two taken out.")
        put_in_vault("ha/spotify")
        run("cp after.yaml appcreds/credentials.yaml")
        run("appcreds-sync plan --detailed-exitcode", code=2)
        run("appcreds-sync sync", "appcreds-sync sync", "appcreds-sync plan --detailed-exitcode")


def say(text: str) -> None:
    """Print a comment, as a shell would take it."""
    print(f"# {text}", flush=True)


def run(*lines: str, code: int = 0) -> None:
    """Print and run each line in a shell; raise Surprise unless each ends with `code`."""
    beside = str(Path(sys.executable).parent)
    env = {**os.environ, "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}"}
    for line in lines:
        print(f"$ {line}", flush=True)
        ended = subprocess.run(["sh", "-c", line], env=env, check=False).returncode
        if ended:
            say(f"exit code {ended}")
        if ended != code:
            raise Surprise(f"{shlex.quote(line)}: exit code {ended} where {code} was expected")


def put_in_vault(path: str) -> None:
    """Write a new client secret, and the client id that some credentials keep beside it."""
    values = {
        "client_id": "1234567890-family.apps.googleusercontent.com",
        "client_secret": secrets.token_urlsafe(),
    }
    call = urllib.request.Request(  # noqa: S310  # the address is the caller's own
        f"{os.environ['VAULT_ADDR']}/v1/secret/data/{path}",
        data=json.dumps({"data": values}).encode(),
        headers={"X-Vault-Token": os.environ["VAULT_TOKEN"]},
        method="POST",
    )
    with urllib.request.urlopen(call, timeout=30):  # noqa: S310  # as above
        pass


if __name__ == "__main__":
    try:
        main()
    except Surprise as surprise:
        sys.exit(f"main-job: {surprise}")
