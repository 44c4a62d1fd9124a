"""The tree against the published JSON Schema."""

# JSON is of any shape

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from appcreds_sync.manifest import schema
from appcreds_sync.manifest.document import parse
from appcreds_sync.manifest.findings import Findings
from appcreds_sync.manifest.schema_file import load_schema, schema_file
from appcreds_sync.manifest.tree import Mapping, Source
from tests.manifest.loading import CANARY, HEAD, STORES, credential, problems, said

SOURCE = Source("m.yaml", Path("/m/m.yaml"), Path("/m"))


def every_field(node: Any, path: str = "") -> Any:
    """Yield path and schema of all that a person may write."""
    for key, sub in node.get("properties", {}).items():
        yield f"{path}/{key}", sub
        yield from every_field(sub, f"{path}/{key}")
    for key in ("additionalProperties", "items"):
        if isinstance(node.get(key), dict):
            yield from every_field(node[key], f"{path}/*")


def test_the_schema_is_json_schema_2020_12() -> None:
    Draft202012Validator.check_schema(load_schema())
    assert schema_file().name == "manifest.schema.json"


@pytest.mark.parametrize(("path", "field"), list(every_field(load_schema())))
def test_every_field_has_a_title_a_description_and_examples_that_fit(path: str, field: Any) -> None:
    assert field["title"]
    assert field["description"].endswith(".")
    validator = Draft202012Validator({**field, "$defs": load_schema()["$defs"]})
    assert field["examples"], path
    for example in field["examples"]:
        validator.validate(example)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            credential("{client_id: a, integration: !secret spotify}"),
            "6:40: `credentials.spotify.integration` can't be a `!secret`; write it out",
        ),
        (
            f"{HEAD}{STORES}policy: {{verify: !secret off}}\n",
            "5:18: `policy.verify` can't be a `!secret`; write it out",
        ),
        (
            f"{HEAD}{STORES}credentails: {{}}\n",
            "5:1: unknown key `credentails`; did you mean `credentials`?",
        ),
        (
            credential(f"{{client_id: a, cleint_secret: {CANARY}}}"),
            (
                "6:27: unknown key `cleint_secret` in `credentials.spotify`; "
                "did you mean `client_secret`?"
            ),
        ),
        (
            credential(f"{{client_id: a, '{CANARY} {CANARY}': b}}"),
            "6:27: an unknown key in `credentials.spotify`",
        ),
        (
            credential("{client_secret: env://A}"),
            "6:3: `credentials.spotify` has no `client_id`; add it",
        ),
        (credential("[]"), "6:12: `credentials.spotify` must be a mapping (`key: value` lines)"),
        (
            credential(""),
            (
                "6:3: `credentials.spotify` is empty; "
                "write a mapping (`key: value` lines), or leave the key out"
            ),
        ),
        (
            credential("{client_id: a, client_secret: env://A, stores: house}"),
            "6:59: `credentials.spotify.stores` must be a list (`[a, b]`, ",
        ),
        (
            credential("{client_id: a, client_secret: env://A, stores: []}"),
            "6:59: `credentials.spotify.stores` is empty; name one, or leave it out",
        ),
        (
            credential("{client_id: a, client_secret: env://A, if_unsupported: skpi}"),
            (
                "6:67: `credentials.spotify.if_unsupported` must be one of `block`, `skip`; "
                "did you mean `skip`?"
            ),
        ),
        (
            credential("{client_id: a, client_secret: env://A, integrations: [google, google]}"),
            "6:65: `credentials.spotify.integrations` holds the same twice; remove one",
        ),
        (
            credential("{client_id: a, client_secret: env://A, expires: soon}"),
            "6:60: `credentials.spotify.expires`: a day is written YYYY-MM-DD",
        ),
        (
            credential('{client_id: a, client_secret: env://A, integration: "google\\n"}'),
            (
                "6:64: `credentials.spotify.integration`: "
                "an integration's domain is made of a-z, 0-9 and underscores"
            ),
        ),
        (
            f"{HEAD}{STORES}credentials:\n  Spotify: {{client_id: a}}\n",
            "6:3: a credential's name is made of a-z, 0-9, underscores and hyphens; rename it",
        ),
        (
            f"version: 1\nowner: My_Home\n{STORES}",
            "2:8: `owner`: an owner is made of a-z, 0-9 and hyphens",
        ),
        (
            f"{HEAD}{STORES}policy: {{max_deletes: '5'}}\n",
            "5:23: `policy.max_deletes` must be a whole number, without quotes",
        ),
        (
            f"{HEAD}{STORES}policy: {{max_deletes: -1}}\n",
            "5:10: `policy.max_deletes` must be between 0 and 100000",
        ),
        (
            f"{HEAD}{STORES}vault: {{auth: {{method: aprole}}}}\n",
            (
                "5:24: `vault.auth.method` must be one of `token`, `approle`, `kubernetes`, `jwt`, "
                "`userpass`, `cert`; did you mean `approle`?"
            ),
        ),
        (
            f"{HEAD}{STORES}absent: [abc]\n",
            "5:10: `absent[0]` must be a mapping (`key: value` lines)",
        ),
        (
            f"{HEAD}{STORES}store_defaults: {{verify_tls: yes}}\n",
            "5:30: `store_defaults.verify_tls` must be `true` or `false`, without quotes",
        ),
    ],
)
def test_what_the_schema_refuses_is_said_in_plain_words(
    tmp_path: Path, text: str, expected: str
) -> None:
    (problem,) = said(tmp_path, text)
    assert problem.startswith(expected)


def test_a_literal_secret_is_not_echoed_whatever_else_is_wrong(tmp_path: Path) -> None:
    for value in (CANARY, f"[{CANARY}]", f"{{{CANARY}: {CANARY}}}", f"'{CANARY}'"):
        for key in ("client_secret", "name", "stores", "expires", "if_unsupported", "integration"):
            assert problems(tmp_path, credential(f"{{client_id: [], {key}: {value}}}"))


def test_each_of_many_like_mistakes_is_reported(tmp_path: Path) -> None:
    lines = [f"  c-{n}: {{client_id: a, client_secrt: env://A}}\n" for n in range(50)]
    assert len(said(tmp_path, f"{HEAD}{STORES}credentials:\n{''.join(lines)}")) == 50


ENTRY = st.dictionaries(
    st.sampled_from(["client_id", "client_secret", "integration", "stores", "auth_domain", "x"]),
    st.sampled_from(
        ["a", "B", "''", "~", "[]", "[a]", "[a, a]", "{}", "{a: b}", "{a: {b: c}}", "[~]"]
    ),
    max_size=4,
)


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d", "E", '"f\\n"']), ENTRY, max_size=6))
def test_what_is_plainly_right_is_right_to_jsonschema(entries: dict[str, dict[str, str]]) -> None:
    flow = ", ".join(
        f"{name}: {{{', '.join(f'{key}: {value}' for key, value in entry.items())}}}"
        for name, entry in entries.items()
    )
    tree = parse(f"version: 1\ncredentials: {{{flow}}}".encode(), SOURCE, Findings())
    assert isinstance(tree, Mapping)
    published = load_schema()
    schema.check(tree, Findings())  # turns `1` into a number
    of_the_doubtful = schema._errors(tree, published)
    one_by_one = schema._validator(published).iter_errors(tree)
    assert sorted(map(described, of_the_doubtful)) == sorted(map(described, one_by_one))


def described(error: Any) -> tuple[str, str, str]:
    return str(list(error.absolute_path)), error.validator, str(list(error.schema_path))
