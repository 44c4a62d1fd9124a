"""What is there already is declared just as it is: the next plan is empty."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from appcreds_sync import manifest
from appcreds_sync.oauth.catalogue import load_catalogue
from tests.cli.command import Ended, appcreds
from tests.cli.schemas import check
from tests.contract.directory_world import DirectoryWorld
from tests.contract.reading import declared, lab

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.model.manifest import CredentialSpec
    from tests.contract.world import World
    from tests.lab.openbao import OpenBao

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


def in_vault(vault: OpenBao, version: int) -> tuple[list[str], dict[str, str]]:
    """Flags and variables of an import into an engine of its own."""
    mount = vault.mount_kv(version)
    flags = ["--vault-path", f"{mount}/ha/{{store}}/{{credential}}"]
    return flags, {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token}


@pytest.mark.parametrize("version", [1, 2])
def test_secrets_go_to_vault_and_come_back_from_there(
    world: World, vault: OpenBao, version: int
) -> None:
    fill(world)
    world.write_manifest("credentials: {}\n")
    flags, env = in_vault(vault, version)

    ended = import_all(world, *flags, env=env)

    assert (ended.code, ended.stderr) == (0, "")
    assert "planned anew: nothing to do" in ended.stdout
    assert "#client_secret" in (world.folder / "appcreds.yaml").read_text()
    assert [row["action"] for row in next_plan(world, env)["changes"]] == ["retained"]


def test_what_is_in_vault_is_not_overwritten_and_then_nothing_is_written(
    offline: World, vault: OpenBao
) -> None:
    offline.put_item(None, client_id="a")
    offline.put_item(None, domain="netatmo", client_id="b")
    path = offline.write_manifest("credentials: {}\n")
    before = path.read_bytes()
    flags, env = in_vault(vault, 2)
    mount = flags[1].partition("/")[0]
    kv = vault.client().secrets.kv.v2
    kv.create_or_update_secret("ha/house/netatmo", {"client_secret": "theirs"}, mount_point=mount)

    ended = import_all(offline, *flags, env=env)

    assert ended.code == 1
    assert "`client_secret` at" in ended.stderr
    assert "holds another value, which is not overwritten" in ended.stderr
    assert path.read_bytes() == before
    assert kv.list_secrets("ha/house", mount_point=mount)["data"]["keys"] == ["netatmo"]


def test_cut_off_between_two_values_it_goes_on_where_it_was(offline: World, vault: OpenBao) -> None:
    offline.put_item(None, client_id="a")
    offline.put_item(None, domain="netatmo", client_id="b", secret="canary-b")
    path = offline.write_manifest("credentials: {}\n")
    before = path.read_bytes()
    flags, env = in_vault(vault, 2)
    mount = flags[1].partition("/")[0]
    policy = f'path "{mount}/data/ha/house/*" {{ capabilities = ["create", "read"] }}\n'
    deny = f'path "{mount}/data/ha/house/netatmo" {{ capabilities = ["read"] }}\n'
    vault.client().sys.create_or_update_policy(f"half-{mount}", policy + deny)
    token = vault.client().auth.token.create(policies=[f"half-{mount}"])["auth"]["client_token"]

    halved = import_all(offline, *flags, env=env | {"VAULT_TOKEN": token})

    assert halved.code == 1
    assert "the token may not write" in halved.stderr
    assert f"written before that: vault://{mount}/ha/house/oauth_lab#client_secret" in halved.stderr
    assert path.read_bytes() == before
    ended = import_all(offline, *flags, env=env)
    assert (ended.code, "planned anew: nothing to do" in ended.stdout) == (0, True)
    assert f"there already: vault://{mount}/ha/house/oauth_lab#client_secret" in ended.stdout


def test_a_dry_run_shows_the_entries_and_writes_nothing(offline: World) -> None:
    offline.put_item(None, name="Music")
    path = offline.write_manifest("credentials: {}\n")
    files = {it: it.read_bytes() for it in (path, offline.folder / "secrets.yaml")}

    ended = import_all(offline, "--dry-run")

    assert ended.code == 0
    assert "would write:  !secret oauth_lab_client_secret" in ended.stdout
    assert ended.stdout.endswith(
        "1 credential would be added to appcreds.yaml; nothing was written\n"
        "credentials:\n"
        "  oauth_lab:\n"
        "    name: Music\n"
        "    client_id: client\n"
        "    client_secret: !secret oauth_lab_client_secret\n"
        "    auth_domain: oauth_lab_client\n"
    )
    assert {it: it.read_bytes() for it in files} == files
    assert sorted(it.name for it in offline.folder.iterdir()) == [
        "appcreds.yaml",
        "config",
        "secrets.yaml",
    ]


def test_in_a_manifest_of_several_stores_only_this_one_gets_it(
    offline: World, tmp_path: Path
) -> None:
    cabin = DirectoryWorld(tmp_path / "cabin")
    offline.put_item(None)
    offline.write_manifest(
        f"stores:\n  house: {offline.address()}\n  cabin: {cabin.address()}\ncredentials: {{}}\n"
    )

    ended = import_all(offline)

    assert (ended.code, credentials(offline)["oauth_lab"].stores) == (0, ("house",))
    report = json.loads(appcreds("plan", "--format", "json", cwd=offline.folder).stdout)
    assert [it["plan"]["changes"] for it in report["stores"]] == [[], []]


def test_comments_stay_and_the_last_line_is_a_new_one(offline: World) -> None:
    offline.put_item("home.lab")
    offline.put_item(None, domain="netatmo", client_id="b")
    text = declared(f"{lab()}  # mine") + "# the end\n"
    before = offline.write_manifest(text).read_text()

    import_all(offline)

    after = (offline.folder / "appcreds.yaml").read_text()
    head, _, end = before.rpartition("# the end\n")
    assert (after.startswith(head), after.endswith("# the end\n"), end) == (True, True, "")


def test_one_of_ours_that_nobody_declares_is_saved_from_the_next_sync(world: World) -> None:
    world.put_item("home.lost", client_id="lost")
    world.write_manifest("credentials: {}\n")
    assert [row["action"] for row in next_plan(world)["changes"]] == ["delete"]

    import_all(world)

    assert keys(world) == {"lost": {}}
    assert next_plan(world)["changes"] == []


def test_what_needs_a_person_is_said_and_the_rest_is_done(offline: World) -> None:
    offline.put_item(None, client_id="good")
    offline.put_item("netatmo", domain="netatmo", client_id="older")
    offline.put_item("netatmo", domain="netatmo", client_id="newer")
    offline.put_item(None, client_id="none", secret="")
    offline.write_manifest("credentials: {}\n")

    ended = import_all(offline, "--format", "json")

    report = json.loads(ended.stdout)
    check("import", report)
    assert (ended.code, report["exit_code"]) == (3, 3)
    assert [it["name"] for it in report["credentials"]] == ["oauth_lab"]
    assert [it["problem"]["code"] for it in report["left_out"]] == ["not-importable", "older-item"]
    assert report["next_plan_is_empty"] is True
    assert next_plan(offline)["changes"] == []


def test_markdown_is_for_a_pull_request(offline: World) -> None:
    offline.put_item(None)
    offline.put_item(None, client_id="none", secret="")
    offline.write_manifest("credentials: {}\n")

    lines = import_all(offline, "--dry-run", "--format", "markdown").stdout.splitlines()

    assert lines[0] == "### Import of `house`"
    assert lines[3:6] == ["", "```yaml", "credentials:"]
    assert lines[-1].startswith(r"- left out: oauth\_lab oauth\_lab\_none, client id none: it")


def test_secrets_of_a_new_file_are_for_its_owner_alone(offline: World) -> None:
    offline.put_item(None)
    offline.write_manifest("credentials: {}\n")
    (offline.folder / "secrets.yaml").unlink()

    import_all(offline)

    assert stat.S_IMODE((offline.folder / "secrets.yaml").stat().st_mode) == 0o600
    assert (offline.folder / ".gitignore").read_text() == "secrets.yaml\n"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((), "--store"),
        (("--store", "hause"), "--store hause is no store; there are: house"),
        (("--store", "house", "--to", "vault"), "--to vault needs --vault-path"),
        (("--store", "house", "--vault-path", "kv/ha"), "--vault-path must hold {credential}"),
        (("--store", "house", "--vault-path", "{credential}"), "only a mount in it"),
        (
            ("--store", "house", "--to", "secrets-yaml", "--vault-path", "kv/{credential}"),
            "name two places",
        ),
    ],
)
def test_a_wrong_command_line(offline: World, flags: tuple[str, ...], words: str) -> None:
    offline.write_manifest("credentials: {}\n")

    ended = appcreds("import", *flags, cwd=offline.folder)

    assert (ended.code, ended.stdout) == (64, "")
    assert words in ended.stderr
