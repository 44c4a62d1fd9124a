"""A client's secret is taken out of its provider's words."""

from __future__ import annotations

import base64

import pytest

from appcreds_sync.model.secret import Secret
from appcreds_sync.oauth.masking import mask_for

SECRET = "canary-Right-4711"


@pytest.mark.parametrize(
    "said",
    [
        SECRET,
        f"secret={SECRET}",
        f"Basic {base64.b64encode(f'an id:{SECRET}'.encode()).decode()}",
        f"Basic {base64.b64encode(f'an+id:{SECRET}'.encode()).decode()}",
        "canary-R...",
        "ends in ht-4711",
        "can...4711 or ight-47",
    ],
)
def test_no_form_of_it_stays(said: str) -> None:
    masked = mask_for("an id", (Secret(SECRET),))(said)

    assert "<redacted>" in masked
    assert not any(SECRET[start : start + 6] in masked for start in range(len(SECRET) - 5))


def test_other_words_stay_as_they_are() -> None:
    said = "Invalid client_secret for 'an id', see https://id.example.org/?a=b"

    assert mask_for("an id", (Secret(SECRET),))(said) == said


def test_the_parts_of_a_short_secret_are_words_like_others() -> None:
    assert mask_for("id", (Secret("invalid"),))("invalid: validation") == "<redacted>: validation"
