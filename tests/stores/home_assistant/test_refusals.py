from __future__ import annotations

import pytest

from appcreds_sync.model.errors import CommandRefused, StoreError, StoreUnavailable
from appcreds_sync.model.redaction import Redactor
from appcreds_sync.model.secret import Secret
from appcreds_sync.stores.home_assistant.protocol import Failure
from appcreds_sync.stores.home_assistant.refusals import no_platform, not_loaded, refusal

_REDACT = Redactor([Secret("canary-secret")])
_STUCK = "The config entry Ann (google) with entry_id 1 cannot be unloaded because it is"
_STUCK_2024 = f"{_STUCK} not in a recoverable state (ConfigEntryState.FAILED_UNLOAD)"
_STUCK_2025 = f"{_STUCK} in the non recoverable state ConfigEntryState.FAILED_UNLOAD"
_IN_USE = "Cannot delete credential in use by integration google"


@pytest.mark.parametrize(
    ("code", "message", "kind", "problem_code"),
    [
        ("unauthorized", "Unauthorized", CommandRefused, "store-not-admin"),
        ("home_assistant_error", _IN_USE, CommandRefused, "credential-in-use"),
        ("home_assistant_error", _STUCK_2024, CommandRefused, "entry-needs-restart"),
        ("home_assistant_error", _STUCK_2025, CommandRefused, "entry-needs-restart"),
        ("home_assistant_error", "Something else", CommandRefused, "command-refused"),
        ("invalid_format", "extra keys not allowed", CommandRefused, "command-invalid"),
        ("timeout", "Timeout", StoreUnavailable, "store-timeout"),
        ("unknown_error", "Unknown error", CommandRefused, "command-refused"),
        ("id_reuse", "Identifier values have to increase.", CommandRefused, "command-refused"),
        ("a_new_code", "", CommandRefused, "command-refused"),
    ],
)
def test_each_code_has_its_meaning(
    code: str, message: str, kind: type[StoreError], problem_code: str
) -> None:
    error = refusal(Failure(1, code, message), "delete google_1", "store house", _REDACT)

    assert type(error) is kind
    assert error.problem.code == problem_code
    assert error.problem.where == "store house"


@pytest.mark.parametrize(
    "message",
    [
        "expected str for dictionary value @ data['client_secret']. Got 'canary-secret'",
        f"expected str for dictionary value @ data['x']. Got {'canary-secret' * 50!r:.400}...",
        "canary-secret is not what I like",
        "x" * 290 + "canary-secret",
    ],
)
def test_what_home_assistant_echoes_is_never_shown(message: str) -> None:
    error = refusal(Failure(1, "invalid_format", message), "create google", "store house", _REDACT)

    assert "canary" not in str(error)


def test_a_long_message_is_cut() -> None:
    error = refusal(Failure(1, "unknown_error", "x" * 10_000), "create", "store house", _REDACT)

    assert len(str(error)) < 500


def test_an_unknown_integration_is_told_apart_from_a_broken_one() -> None:
    unknown = no_platform("gogle", frozenset({"google"}), "store house").problem
    broken = no_platform("google", frozenset({"google"}), "store house").problem

    assert unknown.code == "integration-unknown"
    assert "if_unsupported" in unknown.hint
    assert broken.code == "integration-broken"
    assert "log" in broken.hint


@pytest.mark.parametrize(
    ("config", "kind", "code"),
    [
        ({"state": "NOT_RUNNING"}, StoreUnavailable, "store-starting"),
        ({"state": "STARTING", "recovery_mode": False}, StoreUnavailable, "store-starting"),
        ({"state": "STOPPING"}, StoreUnavailable, "store-stopping"),
        ({"state": "FINAL_WRITE"}, StoreUnavailable, "store-stopping"),
        ({"state": "RUNNING", "recovery_mode": True}, CommandRefused, "store-recovery-mode"),
        ({"state": "RUNNING"}, CommandRefused, "application-credentials-not-loaded"),
        (None, CommandRefused, "application-credentials-not-loaded"),
    ],
)
def test_why_application_credentials_is_unknown(
    config: object, kind: type[StoreError], code: str
) -> None:
    error = not_loaded(config, "store house")

    assert type(error) is kind
    assert error.problem.code == code
