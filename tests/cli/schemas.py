"""The schemas that we publish for what we print."""

from __future__ import annotations

import json

import jsonschema

from tests.docs.recorded import ROOT


def check(name: str, document: object) -> None:
    """Raise ValidationError unless `document` is as `schema/<name>.schema.json` says."""
    schema = json.loads((ROOT / "schema" / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
