from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.cli.command import appcreds
from tests.docs.recorded import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "name",
    sorted(path.name.removesuffix(".schema.json") for path in (ROOT / "schema").iterdir()),
)
def test_prints_the_published_schema(name: str, tmp_path: Path) -> None:
    ended = appcreds("schema", name, cwd=tmp_path)

    assert ended.code == 0
    assert ended.stdout == (ROOT / "schema" / f"{name}.schema.json").read_text("utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(ended.stdout))


def test_the_manifests_is_the_default(tmp_path: Path) -> None:
    default, named = appcreds("schema", cwd=tmp_path), appcreds("schema", "manifest", cwd=tmp_path)

    assert default == named
