"""What is there already is declared just as it is: the next plan is empty."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from appcreds_sync import manifest
from appcreds_sync.oauth.catalogue import load_catalogue
from tests.cli.command import Ended, appcreds
from tests.contract.reading import declared, lab

if TYPE_CHECKING:
    from appcreds_sync.model.manifest import CredentialSpec
    from tests.contract.world import World

PREFIX = "canary"
"""All secrets begin with it, so that any of them in an output is found."""


def import_all(world: World, *more: str, env: dict[str, str] | None = None) -> Ended:
    ended = appcreds("import", "--store", "house", *more, cwd=world.folder, env=env)
    assert PREFIX not in ended.printed
    return ended


def next_plan(world: World, env: dict[str, str] | None = None) -> dict[str, Any]:
    """The plan of the only store, as the command prints it."""
    ended = appcreds("plan", "--format", "json", cwd=world.folder, env=env)
    report = json.loads(ended.stdout)
    assert (report["failures"], report["exit_code"]) == ([], 0), ended.printed
    found: dict[str, Any] = report["stores"][0]["plan"]
    return found


def credentials(world: World) -> dict[str, CredentialSpec]:
    loaded = manifest.load(world.folder / "appcreds.yaml", catalogue=load_catalogue())
    return dict(loaded.manifest.credentials)


def keys(world: World) -> dict[str, dict[str, Any]]:
    """The kept keys by integration, of each credential."""
    return {name: dict(spec.auth_domains) for name, spec in credentials(world).items()}


def knows_ondilo(world: World) -> bool:
    """Whether there is an integration that needs no secret, and makes a credential itself."""
    return world.kind != "2024.3.3"


def fill(world: World) -> None:
    """Put one of every kind of item there."""
    world.put_item("home.lab")
    used = world.put_item(None, client_id="used", name="Used")
    world.put_account(used, title="Ann")
    world.put_item(None, client_id="unused", secret="canary-unused")
    world.put_item("my key", client_id="own key")
    world.put_item(None, client_id="twice")
    twice = world.put_item(None, client_id="twice")
    world.put_account(twice, title="Bob")
    superseded = world.put_item(None, client_id="super")
    world.put_account(superseded, title="Cid")
    world.put_item(superseded, client_id="super", secret="canary-newer")
    for domain in ("google", "google_mail"):
        world.put_item(None, domain=domain, client_id="family.apps", name="Family")
    world.put_item("netatmo", domain="netatmo", name="Import from configuration.yaml")
    world.put_item(None, domain="withings", client_id="older")
    world.put_item(None, domain="withings", client_id="newer", name="Scales")
    world.put_account("withings", domain="withings", state="disabled")
    if not knows_ondilo(world):
        return
    world.put_item(None, domain="ondilo_ico", client_id="public", secret="")
    world.put_item("ondilo_ico", domain="ondilo_ico", client_id="built in", secret="canary-ha")


def test_a_store_of_every_kind_is_declared_as_it_is(world: World) -> None:
    fill(world)
    world.write_manifest(declared(lab()))
    before = world.items()

    ended = import_all(world)

    assert (ended.code, ended.stderr) == (0, "")
    assert "added to appcreds.yaml; planned anew: nothing to do" in ended.stdout
    public = {"ondilo_ico": {"ondilo_ico": "ondilo_ico_public"}} if knows_ondilo(world) else {}
    assert ("client id built in: left out" in ended.stdout) is knows_ondilo(world)
    assert keys(world) == public | {
        "lab": {},
        "oauth_lab": {"oauth_lab": "oauth_lab_used"},
        "oauth_lab-2": {"oauth_lab": "oauth_lab_unused"},
        "oauth_lab-3": {"oauth_lab": "my key"},
        "oauth_lab-4": {"oauth_lab": "oauth_lab_twice"},
        "oauth_lab-5": {"oauth_lab": "oauth_lab_twice_2"},
        "oauth_lab-6": {"oauth_lab": "oauth_lab_super"},
        "google": {"google": "google_family_apps", "google_mail": "google_mail_family_apps"},
        "netatmo": {"netatmo": "netatmo"},
        "withings": {"withings": "withings_newer"},
    }
    plan = next_plan(world)
    assert [row["action"] for row in plan["changes"]] == ["retained"]
    assert plan["unchanged"] == 11 + len(public)
    assert world.items() == before


def test_and_a_second_import_finds_all_declared(world: World) -> None:
    fill(world)
    world.write_manifest(declared(lab()))
    import_all(world)
    files = [(world.folder / name).read_bytes() for name in ("appcreds.yaml", "secrets.yaml")]

    ended = import_all(world)

    assert ended.code == 0
    assert "nothing to add; planned anew: nothing to do" in ended.stdout
    assert files == [(world.folder / it).read_bytes() for it in ("appcreds.yaml", "secrets.yaml")]
