"""The main job on the embedded default: a config directory and a `secrets.yaml`, nothing else.

Runs the commands that it shows, in a folder that is gone afterwards, and checks what they did.
Exits with 1 at the first surprise.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BEFORE = """\
version: 1
credentials:
  spotify:
    client_id: 5fe01282e44241328a84e7c5cc169165
    client_secret: !secret spotify_client_secret
  family-google:
    name: Family Google
    integrations: [google, google_tasks]
    client_id: 1234.apps.example.org
    client_secret: !secret google_client_secret
  netatmo:
    client_id: 0123456789abcdef01234567
    client_secret: !secret netatmo_client_secret
"""
AFTER = BEFORE.partition("  netatmo:")[0].replace("Family Google", "Google, all of us")

SECRETS = {
    "spotify_client_secret": "spotify-1",
    "google_client_secret": "google-1",
    "netatmo_client_secret": "netatmo-1",
}
CHANGED_SECRETS = SECRETS | {"spotify_client_secret": "spotify-2"}


class Surprise(Exception):
    """A command did something else than this page says."""


def main() -> None:
    """Tell the story from an empty folder to a second sync that finds nothing to do."""
    with tempfile.TemporaryDirectory(prefix="appcreds-demo-") as folder:
        os.chdir(folder)
        say("A config directory that no Home Assistant has used yet stands in for a running one.")
        Path("home-assistant").mkdir()
        run("appcreds-sync init appcreds --directory home-assistant")

        say("Declare three credentials in appcreds/credentials.yaml:")
        print(BEFORE)
        write(BEFORE, SECRETS)
        run("appcreds-sync validate")
        run("appcreds-sync plan --detailed-exitcode", code=2)
        run("appcreds-sync sync")
        expect(
            "spotify spotify spotify-1",
            "google Family Google google-1",
            "google_tasks Family Google google-1",
            "netatmo netatmo netatmo-1",
        )

        say("Another secret for spotify, another name for Google, and netatmo taken out:")
        write(AFTER, CHANGED_SECRETS)
        run("appcreds-sync plan --detailed-exitcode", code=2)
        run("appcreds-sync sync")
        expect(
            "spotify spotify spotify-2",
            "google Google, all of us google-1",
            "google_tasks Google, all of us google-1",
        )

        say("A second sync finds nothing to do:")
        run("appcreds-sync sync")
        run("appcreds-sync plan --detailed-exitcode")
    say("That was it. README.md says how to do the same with a running Home Assistant and Vault.")


def say(text: str) -> None:
    """Print a comment, as a shell would take it."""
    print(f"# {text}", flush=True)


def run(line: str, *, code: int = 0) -> None:
    """Print a command and run it in a shell; raise Surprise unless it ends with `code`."""
    print(f"$ {line}", flush=True)
    # The command is the one installed beside this Python, even if it is not on the PATH.
    beside = str(Path(sys.executable).parent)
    env = {**os.environ, "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}"}
    ended = subprocess.run(["sh", "-c", line], env=env, check=False).returncode
    print(flush=True)
    if ended != code:
        raise Surprise(f"exit code {ended} where {code} was expected")


def write(credentials: str, secrets: dict[str, str]) -> None:
    """Write both files as an editor would."""
    Path("appcreds/credentials.yaml").write_text(credentials, "utf-8")
    lines = (f"{name}: {value}\n" for name, value in secrets.items())
    Path("appcreds/secrets.yaml").write_text("".join(lines), "utf-8")


def expect(*wanted: str) -> None:
    """Raise Surprise unless the store holds exactly these: integration, name, secret."""
    file = Path("home-assistant/.storage/application_credentials")
    items = json.loads(file.read_text("utf-8"))["data"]["items"]
    found = {f"{item['domain']} {item['name']} {item['client_secret']}" for item in items}
    if found != set(wanted) or len(items) != len(wanted):
        raise Surprise(f"the store holds {sorted(found)}")


if __name__ == "__main__":
    try:
        main()
    except Surprise as surprise:
        sys.exit(f"demo: {surprise}")
