"""What the manifest wants of one store."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

from appcreds_sync.model.catalogue import Integration
from appcreds_sync.model.declaration import declarations, kept_key
from appcreds_sync.model.identity import Identity
from appcreds_sync.model.manifest import (
    CredentialSpec,
    DirectoryStoreSpec,
    Manifest,
    Policy,
    VaultSettings,
)
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.reference import ReferenceText, VaultReference

MARK = Mark("m.yaml", 1, 1)
HOUSE = DirectoryStoreSpec("house", Path("/house"), frozenset({"pilot"}), MARK)
CABIN = DirectoryStoreSpec("cabin", Path("/cabin"), frozenset(), MARK)
CATALOGUE = {"withings": Integration("withings", single_implementation=True)}
SECRET = ReferenceText("vault://kv/{store}#s", "url", MARK, Path("/"), Path("/"))


def spec(name: str = "music", **fields: Any) -> CredentialSpec:  # any field
    defaults: dict[str, Any] = {
        "integrations": ("spotify",),
        "client_id": "id-{store}",
        "client_secret": SECRET,
        "display_name": None,
        "stores": (),
        "auth_domains": {},
        "if_unsupported": "block",
        "expires": None,
        "mark": MARK,
    }
    return CredentialSpec(name, **{**defaults, **fields})


def declared(store: DirectoryStoreSpec, *specs: CredentialSpec) -> list[Any]:
    manifest = Manifest(
        owner="home",
        former_owners=(),
        vault=VaultSettings(),
        stores=MappingProxyType({"house": HOUSE, "cabin": CABIN}),
        credentials=MappingProxyType({one.name: one for one in specs}),
        absent=(),
        policy=Policy(),
        files=(),
    )
    return list(declarations(manifest, store, CATALOGUE))


def test_what_we_make_is_named_after_owner_and_credential() -> None:
    (found,) = declared(HOUSE, spec())
    assert found.identity == Identity("spotify", "home.music")
    assert found.key == "home.music"
    assert (found.display_name, found.compares_name) == ("music", False)


def test_a_given_name_is_compared() -> None:
    (found,) = declared(HOUSE, spec(display_name="Music"))
    assert (found.display_name, found.compares_name) == ("Music", True)


def test_the_stores_name_takes_its_place() -> None:
    (house,), (cabin,) = declared(HOUSE, spec()), declared(CABIN, spec())
    assert (house.client_id, cabin.client_id) == ("id-house", "id-cabin")
    assert house.client_secret == VaultReference("kv/house", "s")
    (by_reference,) = declared(CABIN, spec(client_id=SECRET, client_secret=None))
    assert by_reference.client_id == VaultReference("kv/cabin", "s")
    assert by_reference.client_secret is None


def test_names_and_labels_choose_stores() -> None:
    specs = [spec("all"), spec("named", stores=("cabin",)), spec("labelled", stores=("pilot",))]
    assert [found.credential for found in declared(HOUSE, *specs)] == ["all", "labelled"]
    assert [found.credential for found in declared(CABIN, *specs)] == ["all", "named"]


def test_several_integrations_are_several_declarations() -> None:
    found = declared(HOUSE, spec(integrations=("google", "google_tasks")))
    assert [one.identity.integration for one in found] == ["google", "google_tasks"]


def test_a_key_to_keep_is_by_integration_and_store() -> None:
    kept = spec(integrations=("a", "b", "c"), auth_domains={"a": "x", "b": {"house": "y"}})
    assert [kept_key(kept, integration, "house") for integration in "abc"] == ["x", "y", None]
    assert kept_key(kept, "b", "cabin") is None
    assert [one.key for one in declared(HOUSE, kept)] == ["x", "y", "home.music"]


def test_a_single_implementation_has_one_identity_whatever_the_key() -> None:
    (found,) = declared(HOUSE, spec(integrations=("withings",)))
    assert found.identity == Identity("withings", "withings")
    assert found.key == "home.music"
