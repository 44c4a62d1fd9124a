from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.command import run

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """\
import logging, sys
from appcreds_sync.cli.logs import set_up_logging
set_up_logging("debug")
logging.getLogger(sys.argv[1]).debug("the wire")
logging.getLogger(sys.argv[1]).info("the news")
"""


@pytest.mark.parametrize(
    "logger",
    [
        "hvac",
        "requests",
        "requests_oauthlib.session",
        "urllib3.connectionpool",
        "websockets.client",
    ],
)
def test_libraries_that_print_secrets_at_debug_stay_at_info(logger: str, tmp_path: Path) -> None:
    printed = run([sys.executable, "-c", PROGRAM, logger], tmp_path).stderr

    assert "the news" in printed
    assert "the wire" not in printed


def test_our_own_go_as_deep_as_asked(tmp_path: Path) -> None:
    printed = run([sys.executable, "-c", PROGRAM, "appcreds_sync.x"], tmp_path).stderr

    assert "DEBUG   appcreds_sync.x: the wire" in printed
