from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.lab.processes import Process, ServerEnded

ROOT: Final = Path(__file__).parents[2]

# Holds its end of a FIFO for as long as it lives, and ten minutes if nobody ends it.
STARTS_A_SERVER: Final = """
import os, pathlib, sys
from tests.lab.processes import Process
log, fifo = map(pathlib.Path, sys.argv[1:])
Process(["/bin/sh", "-c", 'exec >"$0"; echo up; sleep 600', str(fifo)], log, os.environ)
input()
"""


# Will not hear of SIGTERM, and has a child that nobody told us about.
STUBBORN: Final = """trap '' TERM; exec >"$0"; echo up; sleep 600 & wait; wait"""


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "fifo")
    return tmp_path / "fifo"


def test_a_server_ends_even_when_we_are_killed(tmp_path: Path, fifo: Path) -> None:
    command = [sys.executable, "-c", STARTS_A_SERVER, str(tmp_path / "log"), str(fifo)]

    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as we, fifo.open() as server:
        assert server.readline() == "up\n"
        we.send_signal(signal.SIGKILL)

        # The end of the file comes when the last of the server's processes is gone.
        assert server.read() == ""


def test_stop_takes_along_what_the_server_started(tmp_path: Path, fifo: Path) -> None:
    command = ["/bin/sh", "-c", STUBBORN, str(fifo)]

    with Process(command, tmp_path / "log", os.environ) as process, fifo.open() as server:
        assert server.readline() == "up\n"
        process.stop(patience=0.1)

        assert server.read() == ""
        assert not process.running


def test_a_server_that_ends_too_soon_is_told_with_its_last_lines(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", "echo no port left >&2; exit 3"]

    with (
        Process(command, tmp_path / "log", os.environ) as process,
        pytest.raises(ServerEnded, match=r"ended with 3:\nno port left"),
    ):
        process.wait_until(lambda: False)
