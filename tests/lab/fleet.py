"""All Home Assistants of the lab at once."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tests.lab.home_assistant import HomeAssistant
from tests.lab.pythons import PythonMissing
from tests.lab.versions import HOME_ASSISTANTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def running_home_assistants(folder: Path) -> Iterator[dict[str, HomeAssistant]]:
    """Start each side by side below `folder`, onboard it; yield them by version; stop them.

    One whose Python is missing is left out.
    """
    running: dict[str, HomeAssistant] = {}
    with contextlib.ExitStack() as stack:
        for version in HOME_ASSISTANTS:
            with contextlib.suppress(PythonMissing):
                running[version] = HomeAssistant(version, folder / version)
                stack.callback(running[version].stop)
        for each in running.values():
            each.onboard()
        yield running
