"""Who does not need a library does not pay for its import.

Which ones were imported, not how long it took: a test that watches the clock fails when busy.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.command import run

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = frozenset(
    {
        "asyncio",
        "hvac",
        "jsonschema",
        "prometheus_client",
        "requests",
        "requests_oauthlib",
        "rich",
        "slugify",
        "watchfiles",
        "websockets",
        "yaml",
    }
)
COMMAND = """\
import sys
from appcreds_sync.cli import main
try:
    main()
finally:
    print("imported", *sorted({name.partition(".")[0] for name in sys.modules}))
"""
MANIFEST = """\
version: 1
owner: home
stores:
  cabin: {directory: ./cabin}
credentials:
  spotify: {client_id: abc, client_secret: env://SECRET}
"""


def heavy_imports(cwd: Path, *arguments: str) -> set[str]:
    ended = run([sys.executable, "-c", COMMAND, *arguments], cwd, {"SECRET": "a-secret"})
    assert ended.code == 0, ended.stderr
    last = ended.stdout.splitlines()[-1]
    assert last.startswith("imported ")
    return set(last.split()) & HEAVY


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "cabin" / ".storage").mkdir(parents=True)
    (tmp_path / "appcreds.yaml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("plan", "--help"), ("sync", "--help")]
)
def test_help_imports_no_library_but_click(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert heavy_imports(tmp_path, *arguments) == set()


def test_a_right_manifest_is_validated_without_jsonschema(home: Path) -> None:
    assert heavy_imports(home, "validate") == {"yaml"}


def test_a_run_without_vault_and_live_stores_imports_neither_client(home: Path) -> None:
    assert heavy_imports(home, "plan") == {"asyncio", "yaml"}
    assert heavy_imports(home, "sync") == {"asyncio", "slugify", "yaml"}
