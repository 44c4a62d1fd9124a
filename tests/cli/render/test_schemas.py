from __future__ import annotations

import json

import jsonschema
import pytest

from appcreds_sync.cli.render.schemas import schema_text
from tests.docs.recorded import ROOT

NAMES = sorted(path.name.removesuffix(".schema.json") for path in (ROOT / "schema").iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_each_published_schema_is_one_and_is_found(name: str) -> None:
    schema = json.loads(schema_text(name))

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert not schema["$id"].startswith("http")  # it lives nowhere but here
