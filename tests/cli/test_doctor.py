from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.conftest import NETATMO, SPOTIFY
from tests.cli.schemas import check

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao

SECRET = "canary-secret"


def _findings(desk: Desk, **variables: str) -> dict[str, tuple[str, str]]:
    """Return area and level of each finding, by its code."""
    document = json.loads(desk.run("doctor", "--format", "json", **variables).stdout)
    check("doctor", document)
    return {row["code"]: (row["area"], row["level"]) for row in document["findings"]}


def test_says_that_all_is_well(desk: Desk) -> None:
    ended = desk.run("doctor")

    assert ended.code == 0
    assert ended.stdout.splitlines() == [
        "manifest",
        "  ok       appcreds.yaml is valid: 2 credentials, 1 store",
        "references",
        "  ok       all 2 can be read",
        "store ha",
        f"  ok       {desk.folder / 'ha'} can be read, 0 items; no Home Assistant used it yet",
        "  ok       no Home Assistant runs on it",
        "watch",
        "  ok       changes to the manifest's files are told by the kernel",
        "all is well",
    ]


def test_a_broken_manifest_is_a_finding(desk: Desk) -> None:
    desk.write("appcreds.yaml", "version: 1\nowner: home\nstores: {}\ncredentials: {x: 1}\n")

    ended = desk.run("doctor")

    assert ended.code == 1
    assert "  error    appcreds.yaml:4:18: " in ended.stdout
    assert "  do: " in ended.stdout


def test_a_reference_that_cannot_be_read_is_an_error_and_a_loose_file_a_warning(
    desk: Desk,
) -> None:
    loose = desk.write("netatmo.secret", SECRET)
    loose.chmod(0o644)
    desk.declare(
        "  netatmo: {client_id: a, client_secret: 'file:./netatmo.secret'}\n",
        "  spotify: {client_id: b, client_secret: 'env://NOT_SET'}\n",
    )

    found = _findings(desk)

    assert found["env-missing"] == ("references", "error")
    assert found["file-readable-by-all"] == ("references", "warning")
    assert desk.run("doctor").code == 1
    assert SECRET not in desk.run("doctor").printed


def test_warnings_alone_end_with_3(desk: Desk) -> None:
    loose = desk.write("netatmo.secret", SECRET)
    loose.chmod(0o644)
    desk.declare("  netatmo: {client_id: a, client_secret: 'file:./netatmo.secret'}\n")

    assert desk.run("doctor").code == 3


def test_a_secret_that_ran_out_is_a_warning(desk: Desk) -> None:
    desk.declare(SPOTIFY, NETATMO.rstrip() + "\n    expires: 2020-01-01\n")

    ended = desk.run("doctor")

    assert ended.code == 3
    assert "the secret of netatmo expired on 2020-01-01" in ended.stdout
    assert _findings(desk)["expired"] == ("manifest", "warning")


def test_an_unknown_store_is_a_wrong_command_line(desk: Desk) -> None:
    assert desk.run("doctor", "--store", "nowhere").code == 64


def test_looks_at_a_home_assistant(home_assistant: HomeAssistant, desk: Desk) -> None:
    desk.declare(
        "  lab: {integration: oauth_lab, client_id: a, client_secret: !secret spotify}\n"
        "  gone: {integration: no_such, client_id: b, client_secret: !secret spotify}\n",
        stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}",
    )

    found = _findings(desk, TOKEN=home_assistant.token)

    area = "store house"
    assert found["reachable"] == (area, "ok")
    assert found["admin"] == (area, "ok")
    assert found["integration-unknown"] == (area, "error")
    told = "polled" if home_assistant.version.startswith("2024.3") else "subscribe"
    assert found[told] == (area, "note" if told == "polled" else "ok")
    assert "clock-skew" not in found


def test_an_ordinary_users_token_is_an_error(home_assistant: HomeAssistant, desk: Desk) -> None:
    desk.declare(stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")

    ended = desk.run("doctor", TOKEN=home_assistant.user_token)

    assert ended.code == 1
    assert "not an administrator" in ended.stdout


def test_a_store_that_does_not_answer_is_an_error(desk: Desk) -> None:
    desk.declare(stores="house: {url: 'http://127.0.0.1:1', token: 'env://TOKEN'}")

    assert _findings(desk, TOKEN="x")["store-refused"] == ("store house", "error")


def test_tells_what_the_policies_in_vault_lack(vault: OpenBao, desk: Desk) -> None:
    mount = vault.mount_kv(2)
    for name in ("spotify", "netatmo"):
        vault.client().secrets.kv.v2.create_or_update_secret(
            f"ha/{name}", {"s": SECRET}, mount_point=mount
        )
    rule = f'path "{mount}/data/ha/spotify" {{ capabilities = ["read"] }}'
    vault.client().sys.create_or_update_policy("doctors-patient", rule)
    made = vault.client().auth.token.create(policies=["doctors-patient"], ttl="1h", renewable=False)
    token = str(made["auth"]["client_token"])
    desk.declare(
        f"  spotify: {{client_id: a, client_secret: 'vault://{mount}/ha/spotify#s'}}\n",
        f"  netatmo: {{client_id: a, client_secret: 'vault://{mount}/ha/netatmo#s'}}\n",
        head=f"vault: {{address: '{vault.address}'}}\n",
    )

    found = _findings(desk, VAULT_TOKEN=token)
    ended = desk.run("doctor", VAULT_TOKEN=token)

    assert found["vault-reachable"] == ("vault", "ok")
    assert found["vault-token-short"] == ("vault", "warning")
    assert found["vault-forbidden"] == ("references", "error")
    assert found["vault-may-not-write"] == ("vault", "note")
    assert f'path "{mount}/data/ha/netatmo" {{ capabilities = ["read"] }}' in ended.stdout
    assert "may not write 2 of 2 paths" in ended.stdout
    assert "lives for 59 minutes, cannot be renewed; policies: default, doctors-patient" in (
        ended.stdout
    )
    assert SECRET not in ended.printed
    assert token not in ended.printed


def test_a_root_token_is_a_warning_and_a_wrong_one_an_error(vault: OpenBao, desk: Desk) -> None:
    mount = vault.mount_kv(1)
    vault.client().secrets.kv.v1.create_or_update_secret("ha/x", {"s": SECRET}, mount_point=mount)
    desk.declare(
        f"  spotify: {{client_id: a, client_secret: 'vault://{mount}/ha/x#s'}}\n",
        head=f"vault: {{address: '{vault.address}'}}\n",
    )

    assert _findings(desk, VAULT_TOKEN=vault.token)["vault-root-token"] == ("vault", "warning")
    wrong = _findings(desk, VAULT_TOKEN="no-such-token")
    assert wrong["vault-token-invalid"] == ("references", "error")
    assert desk.run("doctor", VAULT_TOKEN="no-such-token").stdout.count("does not know") == 1
