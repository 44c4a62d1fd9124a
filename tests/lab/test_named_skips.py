from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = """\
import pytest

def test_runs():
    pass

def test_cannot_run():
    pytest.skip("needs a part that is missing")
"""


def _run(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    options = ["-p", "tests.lab.named_skips", "-p", "no:randomly", "--rootdir", str(folder)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "test_it.py"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_skip_is_listed_by_name_with_its_reason(tmp_path: Path) -> None:
    done = _run(tmp_path)
    assert done.returncode == 0
    assert "not run: 1" in done.stdout
    assert "test_it.py::test_cannot_run: Skipped: needs a part that is missing" in done.stdout


def test_where_skips_are_forbidden_they_fail(tmp_path: Path) -> None:
    done = _run(tmp_path, APPCREDS_NO_SKIP="1")
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "lets nothing be skipped: Skipped: needs a part that is missing" in done.stdout
