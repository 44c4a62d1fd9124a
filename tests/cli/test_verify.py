"""`verify`, as a person runs it, against a provider over TLS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.schemas import check
from tests.lab.certificates import Certificates, make_certificates
from tests.oauth.fake import SECRET, Asked, Said, TokenEndpoint, honest, token_endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.command import Ended
    from tests.cli.conftest import Desk


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("verify") / "certificates")


@pytest.fixture
def provider(certificates: Certificates) -> Iterator[TokenEndpoint]:
    with token_endpoint(honest, certificates) as running:
        yield running


@pytest.fixture(autouse=True)
def _trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca))


def thing(provider: TokenEndpoint, name: str = "thing", *more: str) -> str:
    lines = [f"client_secret: !secret {name}", f"token_url: {provider.url}", *more]
    if not any(line.startswith("client_id") for line in lines):
        lines.append(f"client_id: {name}-client")
    return f"  {name}:\n" + "".join(f"    {line}\n" for line in lines)


def rows(ended: Ended) -> list[dict[str, Any]]:
    document = json.loads(ended.stdout)
    check("verify", document)
    assert document["exit_code"] == ended.code
    found: list[dict[str, Any]] = document["clients"]
    return found


def test_a_right_and_a_wrong_secret(desk: Desk, provider: TokenEndpoint) -> None:
    desk.declare(thing(provider), thing(provider, "other"))
    desk.secrets(thing=SECRET, other="other-Secret-1")

    ended = desk.run("verify")

    refusal = (
        f"{provider.host} refuses this client id and secret as it refuses a random secret: "
        '401 invalid_client "Invalid client secret"'
    )
    assert ended.code == 1
    assert ended.stdout.splitlines() == [
        "right        thing",
        f"             {provider.host} refuses a random secret, and not this one",
        "wrong        other",
        f"             {refusal}",
        "             put the right one into !secret other, then verify again",
        "1 right, 1 wrong",
    ]
    assert SECRET not in ended.printed
    assert "other-Secret-1" not in ended.printed


def test_only_the_named_credential_is_asked_for(desk: Desk, provider: TokenEndpoint) -> None:
    desk.declare(thing(provider), thing(provider, "other"))
    desk.secrets(thing=SECRET, other="other-Secret-1")

    ended = desk.run("verify", "--credential", "thing", "--format", "json")

    assert ended.code == 0
    (row,) = rows(ended)
    assert row["credential"] == "thing"
    assert row["verdict"]["kind"] == "right"
    assert {asked.form["client_id"] for asked in provider.asked} == {"thing-client"}


def test_a_credential_that_is_not_declared_is_usage(desk: Desk) -> None:
    ended = desk.run("verify", "--credential", "spotfy")

    assert ended.code == 64
    assert "did you mean spotify?" in ended.stderr


def test_a_secret_that_can_not_be_read_fails_and_the_rest_is_asked(
    desk: Desk, provider: TokenEndpoint
) -> None:
    desk.declare(thing(provider), thing(provider, "other"))
    desk.secrets(thing=SECRET)

    ended = desk.run("verify", "--format", "json")

    assert ended.code == 1
    read, unread = rows(ended)
    assert read["verdict"]["kind"] == "right"
    assert unread["verdict"] is None
    assert "appcreds.yaml:" in unread["problem"]["where"]
    assert "not read     other" in desk.run("verify").stdout


def test_unknown_unreachable_and_skipped_never_fail(desk: Desk, certificates: Certificates) -> None:
    desk.secrets(thing=SECRET, custom="c")
    with token_endpoint(lambda _: Said(503), certificates) as down:
        desk.declare(
            thing(down),
            "  custom: {client_id: c, client_secret: !secret custom}\n",
            "  vicare: {client_id: v}\n",
        )
        ended = desk.run("verify", "--format", "json")

    assert ended.code == 0
    assert [(row["verdict"]["kind"], row["verdict"]["code"]) for row in rows(ended)] == [
        ("unreachable", "provider-error"),
        ("unknown", "no-token-url"),
        ("skipped", "secret-unused"),
    ]


def test_stores_that_differ_are_told_apart(desk: Desk, provider: TokenEndpoint) -> None:
    (desk.folder / "cabin").mkdir()
    desk.declare(
        thing(provider).replace("!secret thing", "env://SECRET_{store}"),
        stores="ha: {directory: ha}, cabin: {directory: cabin}",
    )

    ended = desk.run("verify", SECRET_ha=SECRET, SECRET_cabin="not-Right-0815")

    assert ended.code == 1
    assert "right        thing (in ha)" in ended.stdout
    assert "wrong        thing (in cabin)" in ended.stdout
    only = desk.run("verify", "--store", "ha", SECRET_ha=SECRET)
    assert only.code == 0
    assert "right        thing\n" in only.stdout


def test_one_client_of_several_integrations_is_asked_once(
    desk: Desk, provider: TokenEndpoint
) -> None:
    desk.declare(thing(provider, "thing", "integrations: [google, google_tasks]"))
    desk.secrets(thing=SECRET)

    ended = desk.run("verify", "--format", "json")

    assert [row["integrations"] for row in rows(ended)] == [["google", "google_tasks"]]
    assert len(provider.asked) == 2


def test_the_redirect_uri_can_be_named(desk: Desk, provider: TokenEndpoint) -> None:
    desk.declare(thing(provider))
    desk.secrets(thing=SECRET)
    url = "https://house.example.org/auth/external/callback"

    desk.run("verify", "--redirect-uri", url)

    assert {asked.form["redirect_uri"] for asked in provider.asked} == {url}


def test_no_level_of_log_prints_a_secret(desk: Desk, certificates: Certificates) -> None:
    def echo(asked: Asked) -> Said:
        said = {"error": "invalid_client", "error_description": asked.form["client_secret"]}
        return Said(401, json.dumps(said).encode())

    desk.secrets(thing=SECRET)
    with token_endpoint(echo, certificates) as provider:
        desk.declare(thing(provider))
        ended = desk.run("--log-level", "debug", "verify")

    assert ended.code == 1
    assert "<redacted>" in ended.stdout
    assert SECRET not in ended.printed


def test_nothing_to_verify_is_said(desk: Desk) -> None:
    desk.declare()

    ended = desk.run("verify")

    assert (ended.code, ended.stdout) == (0, "nothing to verify\n")
