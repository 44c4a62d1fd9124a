"""Every provider that is known, by its recorded answers: right secret, wrong secret, unknown id."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from appcreds_sync.model.verdict import Verdict, VerdictKind
from appcreds_sync.oauth.answer import Answer, NoAnswer, Record
from appcreds_sync.oauth.classify import verdict_of_both, verdict_of_grant, verdict_of_one
from appcreds_sync.oauth.reply import read_reply
from appcreds_sync.oauth.rules import ProviderRules, load_providers, rules_for

HOST = "provider.example.org"


def answer(status: int, document: object, content_type: str = "application/json") -> Answer:
    return Answer(status, content_type, json.dumps(document).encode())


def oauth_error(code: object, description: str | None = None, status: int = 400) -> Answer:
    document = {"error": code}
    if description is not None:
        document["error_description"] = description
    return answer(status, document)


def judge(
    real: Record, random: Record, rules: ProviderRules, other: Record | None = None
) -> Verdict:
    """Do as the probe does, with records in the place of requests."""
    replies = [read_reply(record, rules, str) for record in (real, random, other or random)]
    early = verdict_of_one(HOST, replies[0])
    if early is not None:
        return early
    second = replies[2] if rules.judged_by == "difference" else None
    return verdict_of_both(HOST, replies[0], replies[1], second, rules)


@dataclass(frozen=True)
class Row:
    """One row of what is known: the answer to a bogus code with each kind of secret."""

    provider: str | None
    token_url: str
    right: Answer
    wrong: Answer
    wrong_is: VerdictKind = VerdictKind.WRONG
    unknown_client: Answer | None = None


ROWS = (
    Row(
        "Google",
        "https://oauth2.googleapis.com/token",
        right=oauth_error("invalid_grant", "Malformed auth code."),
        wrong=oauth_error("invalid_client", "Unauthorized", 401),
        unknown_client=oauth_error("invalid_client", "The OAuth client was not found.", 401),
    ),
    Row(
        "Microsoft Entra",
        "https://login.microsoftonline.com/consumers/oauth2/v2.0/token",
        right=oauth_error(
            "invalid_grant",
            "AADSTS9002313: Invalid request. Request is malformed or invalid. Trace ID: "
            "0aa53ae6-3f8f-4b6f-9ff7-62a2f7d60500 Timestamp: 2026-11-24 22:00:01Z",
        ),
        wrong=oauth_error("invalid_client", "AADSTS7000215: Invalid client secret provided.", 401),
        unknown_client=oauth_error("unauthorized_client", "AADSTS700016: not found", 400),
    ),
    Row(
        "Microsoft account",
        "https://login.live.com/oauth20_token.srf",
        right=oauth_error("invalid_grant", "The provided value for 'code' is not valid."),
        wrong=oauth_error(
            "invalid_client", "The provided value for the 'client_secret' parameter is not valid."
        ),
    ),
    Row(
        "Azure AD B2C",
        "https://visionlogin.b2clogin.com/visionlogin.onmicrosoft.com/P/oauth2/v2.0/token",
        right=oauth_error("invalid_grant", "AADB2C90088: The grant is not for this policy."),
        wrong=oauth_error("invalid_grant", "AADB2C90081: The client secret is wrong."),
        wrong_is=VerdictKind.UNKNOWN,
    ),
    Row(
        "Spotify",
        "https://accounts.spotify.com/api/token",
        right=oauth_error("invalid_grant", "Invalid authorization code"),
        wrong=oauth_error("invalid_client", "Invalid client secret"),
        unknown_client=oauth_error("invalid_client", "Invalid client"),
    ),
    Row(
        "Spotify",
        "https://accounts.spotify.com/api/token",
        right=oauth_error("invalid_grant", "Invalid redirect URI"),
        wrong=oauth_error("invalid_client"),
    ),
    Row(
        "GitHub",
        "https://github.com/login/oauth/access_token",
        right=oauth_error("bad_verification_code", "The code passed is incorrect", 200),
        wrong=oauth_error("incorrect_client_credentials", "The client_id is incorrect", 200),
    ),
    Row(
        "GitHub",
        "https://github.com/login/oauth/access_token",
        right=Answer(200, "application/x-www-form-urlencoded", b"error=bad_verification_code"),
        wrong=Answer(
            200,
            "application/x-www-form-urlencoded; charset=utf-8",
            b"error=incorrect_client_credentials&error_description=The+client_id+is+incorrect",
        ),
    ),
    Row(
        "Netatmo",
        "https://api.netatmo.com/oauth2/token",
        right=oauth_error("invalid_grant"),
        wrong=oauth_error("invalid_client"),
    ),
    Row(
        "Fitbit",
        "https://api.fitbit.com/oauth2/token",
        right=answer(
            400,
            {"errors": [{"errorType": "invalid_grant", "message": "Authorization code invalid"}]},
        ),
        wrong=answer(
            401,
            {"errors": [{"errorType": "invalid_client", "message": "Client secret invalid"}]},
        ),
    ),
    Row(
        "Dropbox",
        "https://api.dropboxapi.com/oauth2/token",
        right=oauth_error("invalid_grant", "code doesn't exist or has expired"),
        wrong=oauth_error("invalid_client: Invalid client_id or client_secret"),
    ),
    Row(
        "Home Connect",
        "https://api.home-connect.com/security/oauth/token",
        right=oauth_error("invalid_grant"),
        wrong=oauth_error("invalid_client", status=401),
        unknown_client=oauth_error(
            "unauthorized_client", "client rejected by client authorization authority"
        ),
    ),
    Row(
        "Home Connect",
        "https://api.home-connect.com/security/oauth/token",
        right=oauth_error(
            "invalid_client", "client has limited user list - user not assigned to client", 401
        ),
        wrong=oauth_error("invalid_client", status=401),
    ),
    Row(
        "Withings",
        "https://wbsapi.withings.net/v2/oauth2",
        right=answer(200, {"status": 503, "body": {}, "error": "Invalid Params: invalid code"}),
        wrong=answer(
            200, {"status": 503, "body": {}, "error": "Invalid Params: invalid client_secret"}
        ),
        wrong_is=VerdictKind.UNKNOWN,
    ),
    Row(
        "Twitch",
        "https://id.twitch.tv/oauth2/token",
        right=answer(400, {"status": 400, "message": "Invalid authorization code"}),
        wrong=answer(403, {"status": 403, "message": "invalid client secret"}),
        unknown_client=answer(400, {"status": 400, "message": "invalid client"}),
    ),
    Row(
        "Keycloak",
        "https://auth.weheat.nl/auth/realms/Weheat/protocol/openid-connect/token/",
        right=oauth_error("invalid_grant", "Code not valid"),
        wrong=oauth_error(
            "unauthorized_client", "Invalid client or Invalid client credentials", 401
        ),
    ),
    Row(
        "Tesla",
        "https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3/token",
        right=oauth_error("invalid_request", "Invalid resource"),
        wrong=oauth_error("unauthorized_client", "client_id and client_secret combination", 401),
        unknown_client=oauth_error("unauthorized_client", "We don't recognize this client_id"),
    ),
    Row(
        "SmartThings",
        "https://auth-global.api.smartthings.com/oauth/token",
        right=oauth_error("invalid_grant"),
        wrong=oauth_error("invalid_client", status=401),
    ),
    Row(
        None,
        "https://thewall.tibber.com/connect/token",
        right=oauth_error("invalid_grant"),
        wrong=oauth_error("invalid_client"),
    ),
)
IDS = [f"{row.provider}-{place}" for place, row in enumerate(ROWS)]


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_each_provider_is_known_by_its_endpoint(row: Row) -> None:
    assert rules_for(row.token_url, load_providers()).name == row.provider


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_right_secret_is_told_from_a_random_one(row: Row) -> None:
    verdict = judge(row.right, row.wrong, rules_for(row.token_url, load_providers()))

    assert (verdict.kind, verdict.code) == (VerdictKind.RIGHT, "told-apart")


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_wrong_secret_gets_what_a_random_one_gets(row: Row) -> None:
    verdict = judge(row.wrong, row.wrong, rules_for(row.token_url, load_providers()))

    assert verdict.kind is row.wrong_is


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_provider_that_looks_at_the_code_first_leaves_it_unknown(row: Row) -> None:
    verdict = judge(row.right, row.right, rules_for(row.token_url, load_providers()))

    assert verdict.kind is VerdictKind.UNKNOWN


@pytest.mark.parametrize("row", [row for row in ROWS if row.unknown_client is not None])
def test_an_unknown_id_is_named(row: Row) -> None:
    assert row.unknown_client is not None
    rules = rules_for(row.token_url, load_providers())

    verdict = judge(row.unknown_client, row.unknown_client, rules)

    assert (verdict.kind, verdict.code) == (VerdictKind.WRONG, "unknown-client")
    assert "does not know this client id" in verdict.words


def test_what_else_may_be_behind_a_refusal_is_said() -> None:
    rules = rules_for("https://api.netatmo.com/oauth2/token", load_providers())

    verdict = judge(oauth_error("invalid_client"), oauth_error("invalid_client"), rules)

    assert "not active yet" in verdict.words


def test_microsoft_says_that_a_secret_has_run_out() -> None:
    rules = rules_for(
        "https://login.microsoftonline.com/common/oauth2/v2.0/token", load_providers()
    )
    expired = oauth_error("invalid_client", "AADSTS7000222: The keys for app 'x' are expired.", 401)
    random = oauth_error("invalid_client", "AADSTS7000215: Invalid client secret provided.", 401)

    verdict = judge(expired, random, rules)

    assert (verdict.kind, verdict.code) == (VerdictKind.WRONG, "secret-expired")


def test_trace_ids_and_times_do_not_make_two_answers_differ() -> None:
    rules = rules_for(
        "https://login.microsoftonline.com/common/oauth2/v2.0/token", load_providers()
    )
    text = "AADSTS7000215: Invalid. Trace ID: {} Timestamp: 2026-11-24 22:00:0{}Z"
    first = text.format("0aa53ae6-3f8f-4b6f-9ff7-62a2f7d60500", 1)
    second = text.format("77c53ae6-aaaa-4b6f-9ff7-62a2f7d6ffff", 2)

    verdict = judge(
        oauth_error("invalid_client", first, 401), oauth_error("invalid_client", second, 401), rules
    )

    assert verdict.kind is VerdictKind.WRONG


def test_aad_b2c_trouble_of_its_own_is_no_verdict_on_the_secret() -> None:
    rules = rules_for("https://x.b2clogin.com/x/oauth2/v2.0/token", load_providers())
    trouble = oauth_error("invalid_grant", "AADB2C90085: The service has an internal error.")

    assert judge(trouble, trouble, rules).kind is VerdictKind.UNREACHABLE


def test_where_only_the_difference_counts_answers_that_differ_by_themselves_prove_nothing() -> None:
    rules = rules_for("https://wbsapi.withings.net/v2/oauth2", load_providers())
    said = [answer(200, {"status": 503, "error": f"Invalid Params: {word}"}) for word in "abc"]

    verdict = judge(said[0], said[1], rules, said[2])

    assert (verdict.kind, verdict.code) == (VerdictKind.UNKNOWN, "unsteady")


def test_where_only_the_difference_counts_a_client_that_is_refused_is_not_right() -> None:
    rules = rules_for("https://x.b2clogin.com/x/oauth2/v2.0/token", load_providers())
    real = oauth_error("invalid_client", "AADB2C: the secret is of another time", 401)
    random = oauth_error("invalid_client", "AADB2C: the secret does not match", 401)

    verdict = judge(real, random, rules)

    assert (verdict.kind, verdict.code) == (VerdictKind.UNKNOWN, "unclear")


def test_withings_asks_to_wait_in_its_own_way() -> None:
    rules = rules_for("https://wbsapi.withings.net/v2/oauth2", load_providers())
    wait = answer(200, {"status": 601, "body": {"wait_seconds": 10}, "error": "Same arguments"})

    verdict = judge(wait, wait, rules)

    assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, "rate-limited")


GRANT, CLIENT = oauth_error("invalid_grant"), oauth_error("invalid_client", status=401)
TOKEN = answer(200, {"access_token": "t", "token_type": "bearer"})

USELESS: dict[str, Record] = {
    "rate-limited": Answer(429, "application/json", b'{"error": "invalid_client"}'),
    "provider-error": Answer(503, "application/json", b'{"error": "invalid_client"}'),
    "redirect": Answer(302, "text/html", b""),
    "not-json": Answer(401, "text/html", b"<html>invalid_client</html>"),
    "timeout": NoAnswer("timeout", "gives no answer within 10 s"),
    "not-oauth": Answer(403, "application/json", b'{"error": "invalid_client"}'),
}


@pytest.mark.parametrize("code", USELESS)
def test_an_answer_that_tells_nothing_is_never_wrong(code: str) -> None:
    useless = USELESS[code]

    pairs: tuple[tuple[Record, Record], ...] = (
        (useless, CLIENT),
        (GRANT, useless),
        (CLIENT, useless),
    )
    for real, random in pairs:
        verdict = judge(real, random, ProviderRules())
        assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, code)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"invalid_client"',
        b"{}",
        b'{"error": null}',
        b'{"error": ""}',
        b'{"error": true}',
        b'{"error": {"code": "invalid_client"}}',
        b'{"access_token": ""}',
        b"[" * 60_000,
        b"\xff\xfe\x00",
        b"9" * 10_000,
    ],
)
@pytest.mark.parametrize("provider", [None, "Fitbit", "Twitch", "Withings", "Dropbox"])
def test_odd_bodies_are_no_verdict(body: bytes, provider: str | None) -> None:
    rules = next((r for r in load_providers() if r.name == provider), ProviderRules())
    odd = Answer(400, "application/json", body)

    assert judge(odd, odd, rules).kind is VerdictKind.UNREACHABLE


def test_a_form_without_an_end_is_no_verdict() -> None:
    odd = Answer(400, "application/x-www-form-urlencoded", b"error=invalid_client" + b"&a=1" * 200)

    verdict = judge(odd, odd, ProviderRules())

    assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, "not-json")


def test_a_wrong_content_type_does_not_hide_an_answer() -> None:
    typed = (
        answer(400, {"error": "invalid_grant"}, "text/html"),
        answer(401, {"error": "invalid_client"}, "image/png"),
    )

    assert judge(*typed, ProviderRules()).kind is VerdictKind.RIGHT


@pytest.mark.parametrize(("real", "random"), [(TOKEN, GRANT), (GRANT, TOKEN), (TOKEN, TOKEN)])
def test_a_provider_that_takes_a_bogus_code_proves_nothing(real: Record, random: Record) -> None:
    assert judge(real, random, ProviderRules()).kind is VerdictKind.UNKNOWN


@pytest.mark.parametrize(
    ("real", "random"),
    [
        (CLIENT, GRANT),
        (CLIENT, oauth_error("invalid_client", "another text", 401)),
        (GRANT, oauth_error("invalid_request")),
        (oauth_error("invalid_request"), oauth_error("invalid_request")),
        (oauth_error("unauthorized_client"), oauth_error("unauthorized_client")),
        (oauth_error("redirect_uri_mismatch"), oauth_error("redirect_uri_mismatch")),
    ],
)
def test_all_else_is_unknown(real: Answer, random: Answer) -> None:
    assert judge(real, random, ProviderRules()).kind is VerdictKind.UNKNOWN


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (TOKEN, VerdictKind.RIGHT),
        (USELESS["rate-limited"], VerdictKind.UNREACHABLE),
        (CLIENT, None),
        (oauth_error("unsupported_grant_type"), None),
    ],
)
def test_a_client_credentials_grant_proves_only_by_a_token(
    record: Answer, expected: VerdictKind | None
) -> None:
    verdict = verdict_of_grant(HOST, read_reply(record, ProviderRules(), str))

    assert (None if verdict is None else verdict.kind) is expected


@pytest.mark.parametrize(
    "document",
    [
        {"error": "slow_down"},
        {"error": "server_error"},
        {"error": "temporarily_unavailable"},
        {"error": "access_denied"},
    ],
)
def test_errors_of_the_moment_are_not_the_clients(document: dict[str, str]) -> None:
    said = answer(400, document)

    assert judge(said, said, ProviderRules()).kind is VerdictKind.UNREACHABLE
