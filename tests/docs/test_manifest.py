"""docs/manifest.md beside the schema, and what it shows."""

from __future__ import annotations

import re
import runpy
from typing import TYPE_CHECKING

from appcreds_sync import manifest
from appcreds_sync.oauth.catalogue import load_catalogue
from tests.manifest.test_load import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

DOCS = EXAMPLES.parent / "docs"


def test_the_reference_is_what_the_schema_says() -> None:
    page = runpy.run_path(str(DOCS / "generate_manifest_reference.py"))["page"]
    assert page() == (DOCS / "manifest.md").read_text(encoding="utf-8"), (
        "run `python docs/generate_manifest_reference.py`"
    )


def test_the_manifests_that_it_shows_are_right(tmp_path: Path) -> None:
    blocks = re.findall(
        r"```yaml\n(.*?)```", (DOCS / "manifest.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert blocks
    for block in blocks:
        path = tmp_path / "appcreds.yaml"
        path.write_text(block, encoding="utf-8")
        assert manifest.load(path, catalogue=load_catalogue()).warnings == ()


def test_every_example_names_its_schema() -> None:
    for path in EXAMPLES.glob("*/*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        if path.name != "secrets.yaml":
            schema = first.removeprefix("# yaml-language-server: $schema=")
            assert (path.parent / schema).resolve() == DOCS.parent / "schema/manifest.schema.json"
