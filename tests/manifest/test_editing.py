from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync import manifest
from appcreds_sync.manifest.editing import add_credentials, choose_part
from appcreds_sync.manifest.entries import NewEntry
from appcreds_sync.model.errors import ManifestError
from appcreds_sync.model.importing import ImportedCredential
from appcreds_sync.oauth.catalogue import load_catalogue

FILE: Final = Path("appcreds.yaml")
HEAD: Final = "version: 1\nowner: home\nstores: {house: {directory: ./ha}}\n"
ENTRY: Final = """\
  spotify:
    client_id: abc
    client_secret: !secret spotify_client_secret
    auth_domain: spotify_abc
"""


def entry(
    name: str = "spotify",
    *integrations: str,
    client_id: str = "abc",
    display_name: str | None = None,
    keys: dict[str, str] | None = None,
    stores: tuple[str, ...] = (),
    reference: str | None = "!secret spotify_client_secret",
) -> NewEntry:
    domains = integrations or ("spotify",)
    kept = {domains[0]: "spotify_abc"} if keys is None else keys
    credential = ImportedCredential(
        name, domains, client_id, None, name, display_name, MappingProxyType(kept), stores, ()
    )
    return NewEntry(credential, reference)


def added(text: str, *new: NewEntry) -> str:
    return add_credentials(text.encode(), new or (entry(),), FILE).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("version: 1\n", f"version: 1\ncredentials:\n{ENTRY}"),
        ("version: 1", f"version: 1\ncredentials:\n{ENTRY}"),
        ("credentials: {}\n# end\n", f"credentials:\n{ENTRY}# end\n"),
        ("credentials: {} # none\nz: 1\n", f"credentials:  # none\n{ENTRY}z: 1\n"),
        ("credentials:\nz: 1\n", f"credentials:\n{ENTRY}z: 1\n"),
        ("credentials:", f"credentials:\n{ENTRY}"),
        ("credentials: ~\nz: 1\n", f"credentials:\n{ENTRY}z: 1\n"),
        ("credentials: # none\n", f"credentials: # none\n{ENTRY}"),
        (
            "credentials:\n  a:\n    client_id: 1 # one\n  # more\n\nz: 1\n",
            f"credentials:\n  a:\n    client_id: 1 # one\n{ENTRY}  # more\n\nz: 1\n",
        ),
        (
            "credentials:\n  a: {client_id: 1,\n    name: b}\n# end\n",
            f"credentials:\n  a: {{client_id: 1,\n    name: b}}\n{ENTRY}# end\n",
        ),
        (
            "credentials:\n  a:\n    client_id: >-\n      x\n\nz: 1\n",
            f"credentials:\n  a:\n    client_id: >-\n      x\n{ENTRY}\nz: 1\n",
        ),
        (
            "credentials:\n  a:\n    client_id: &id x\n  b:\n    client_id: *id\n",
            f"credentials:\n  a:\n    client_id: &id x\n  b:\n    client_id: *id\n{ENTRY}",
        ),
    ],
)
def test_lines_are_added_and_all_else_stays(before: str, after: str) -> None:
    assert added(before) == after


def test_a_deeper_indent_is_kept() -> None:
    after = added("credentials:\n    a:\n        client_id: 1\n")
    assert after.endswith("        client_id: 1\n    spotify:\n" + _deeper(ENTRY, 2))


def _deeper(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines()[1:])


@pytest.mark.parametrize(
    "before",
    [
        "credentials: {a: {client_id: 1}}\n",
        "credentials: {a: {client_id: 1},}\n",
        "{version: 1, credentials: {}}\n",
        "{version: 1}\n",
        "{version: 1, credentials: }\n",
        '{"version": 1, "credentials": {"a": {"client_id": "1"}}}\n',
    ],
)
def test_what_is_in_braces_stays_in_braces(before: str) -> None:
    after = added(before)
    flow = (
        "{client_id: abc, client_secret: !secret spotify_client_secret, auth_domain: spotify_abc}"
    )
    assert f"spotify: {flow}" in after
    assert after.count("\n") == 1
    assert add_credentials(after.encode(), (entry("more"),), FILE).count(b"more:") == 1


def test_byte_order_mark_and_line_ends_stay() -> None:
    before = "\ufeffversion: 1\r\ncredentials: {}\r\n"
    assert added(before) == f"\ufeffversion: 1\r\ncredentials:\r\n{ENTRY}".replace(
        "\r\n", "\n"
    ).replace("\n", "\r\n")


def test_nothing_to_add_is_no_change() -> None:
    before = b"credentials:   {}\r\nz:\n"
    assert add_credentials(before, (), FILE) is before


def test_every_field_is_written_and_read_again(tmp_path: Path) -> None:
    new = (
        entry("spotify-2", client_id="0123", display_name='A "name": #1', stores=("house",)),
        entry(
            "google",
            "google",
            "google_mail",
            keys={"google_mail": "x y"},
            reference="vault://kv/ha/google#client_secret",
        ),
        entry("ondilo_ico", "ondilo_ico", keys={}, reference=None),
    )
    path = tmp_path / "appcreds.yaml"
    path.write_text(added(HEAD, *new), encoding="utf-8")
    found = manifest.load(path, catalogue=load_catalogue()).manifest.credentials
    first, google, public = found.values()
    assert (first.name, first.integrations, first.client_id) == ("spotify-2", ("spotify",), "0123")
    assert (first.display_name, first.stores) == ('A "name": #1', ("house",))
    assert dict(first.auth_domains) == {"spotify": "spotify_abc"}
    assert google.integrations == ("google", "google_mail")
    assert dict(google.auth_domains) == {"google_mail": "x y"}
    assert google.client_secret is not None
    assert str(google.client_secret.at("house")) == "vault://kv/ha/google#client_secret"
    assert (public.client_secret, dict(public.auth_domains)) == (None, {})


_LINES = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12
).filter(lambda text: text == text.strip() and not text.startswith(("vault:", "env:", "file:")))


@given(client_id=_LINES, name=_LINES, key=_LINES.filter(lambda key: key != "cloud"))
def test_any_value_of_one_line_comes_back_as_it_was(client_id: str, name: str, key: str) -> None:
    new = entry(client_id=client_id, display_name=name, keys={"spotify": key})
    here = Path(__file__)
    some = "credentials: {a: {integration: netatmo, client_id: x, client_secret: !secret x}}\n"
    for text in (HEAD, HEAD + some):
        content = {here: add_credentials(text.encode(), (new,), FILE)}
        loaded = manifest.load(here, catalogue=load_catalogue(), edited=content)
        spec = loaded.manifest.credentials["spotify"]
        assert (spec.client_id, spec.display_name) == (client_id, name)
        assert dict(spec.auth_domains) == {"spotify": key}


@pytest.mark.parametrize("client_id", ["5fe01282", "123456-abc.apps.example.com", "a.b@c"])
def test_what_everybody_takes_for_text_is_not_quoted(client_id: str) -> None:
    assert f"    client_id: {client_id}\n" in added("version: 1\n", entry(client_id=client_id))


@pytest.mark.parametrize(
    "client_id", ["123", "0x1f", "5e3", "2027-03-01", "12:30", "1_000", "null", "On", "~", "a b"]
)
def test_what_somebody_takes_for_something_else_is_quoted(client_id: str) -> None:
    assert f'    client_id: "{client_id}"\n' in added("version: 1\n", entry(client_id=client_id))


def test_a_file_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(ManifestError, match="can't be added"):
        added("- one\n")


def test_of_a_directory_the_part_with_credentials_is_chosen(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text("version: 1\n")
    second.write_text("version: 1\ncredentials: {}\n")
    assert choose_part((first, second)) == second
    assert choose_part((first,)) == first
