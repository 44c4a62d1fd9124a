from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stores.directory.builders import NOBODY, config_directory, is_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Holder = Callable[[str, Path], AbstractContextManager[int]]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return config_directory(tmp_path)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that any user can enter and change; pytest's own is for one user only."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@pytest.fixture
def without_root() -> Iterator[None]:
    """Run as an ordinary user, whoever started the tests."""
    if not is_root():
        yield
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    yield
    os.seteuid(0)
    os.setegid(0)
    os.setgroups(groups)


@pytest.fixture
def another_process() -> Holder:
    """Run a line of Python on `path` in another process, which then waits until the block ends."""

    @contextmanager
    def hold(line: str, path: Path) -> Iterator[int]:
        code = f"import fcntl, sys\npath = sys.argv[1]\n{line}\nprint(flush=True)\ninput()"
        with subprocess.Popen(  # noqa: S603  # this very Python
            [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()
            yield process.pid
            process.stdin.write(b"\n")
            process.stdin.flush()

    return hold
