from __future__ import annotations

import sys
from pathlib import Path

from tests.cli.command import run

DEMO = Path(__file__).parents[2] / "examples" / "demo" / "demo.py"


def test_the_demo_runs_without_a_surprise_and_leaves_nothing(tmp_path: Path) -> None:
    ended = run([sys.executable, DEMO], tmp_path, {"TMPDIR": str(tmp_path)})

    assert ended.code == 0, ended.printed
    assert "nothing to do; 3 unchanged" in ended.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_demo_notices_a_command_that_does_something_else(tmp_path: Path) -> None:
    """The one check that the demo's own checks can fail."""
    program = (
        "import runpy, sys\n"
        f"story = runpy.run_path({str(DEMO)!r})\n"
        "story['run']('exit 3', code=0)\n"
    )

    ended = run([sys.executable, "-c", program], tmp_path)

    assert "Surprise: exit code 3 where 0 was expected" in ended.stderr
