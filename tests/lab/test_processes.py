from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

# Holds its end of a FIFO for as long as it lives, and ten minutes if nobody ends it.
STARTS_A_SERVER: Final = """
import os, pathlib, sys
from tests.lab.processes import Process
log, fifo = map(pathlib.Path, sys.argv[1:])
Process(["/bin/sh", "-c", 'exec >"$0"; echo up; sleep 600', str(fifo)], log, os.environ)
input()
"""


def test_a_server_ends_even_when_we_are_killed(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    subprocess.run(["mkfifo", str(fifo)], check=True)  # noqa: S607 -- wherever it is
    command = [sys.executable, "-c", STARTS_A_SERVER, str(tmp_path / "log"), str(fifo)]

    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as we, fifo.open() as server:
        assert server.readline() == "up\n"
        we.send_signal(signal.SIGKILL)

        # The end of the file comes when the last of the server's processes is gone.
        assert server.read() == ""
