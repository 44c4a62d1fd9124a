from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, build_opener

import pytest

from tests.lab.linking import LinkingFailed, link, sign_in_again
from tests.lab.provider import Answer, Provider, TokenRequest

if TYPE_CHECKING:
    from tests.lab.home_assistant import HomeAssistant

CLIENT = "a client/1"
SECRET = "canary of the provider"
KEY = "home.lab"
REFUSED = "401, message='Unauthorized', url="

RAISES, RETRIES, AUTH_FAILS, LAZY = DOMAINS = (
    "oauth_lab",
    "oauth_lab_retry",
    "oauth_lab_authfail",
    "oauth_lab_lazy",
)
every_way = pytest.mark.parametrize("domain", DOMAINS)


class TestTokenEndpoint:
    """What a client meets, in good and in bad manners."""

    @pytest.fixture(autouse=True)
    def client(self, provider: Provider) -> None:
        provider.register(CLIENT, SECRET, ["https://example.org/callback"])

    def test_it_tells_a_wrong_secret_from_a_right_one(self, provider: Provider) -> None:
        assert ask(provider)[0::2] == (400, "invalid_grant")
        assert ask(provider, "wrong")[0::2] == (401, "invalid_client")

    def test_a_changed_secret_counts_at_once(self, provider: Provider) -> None:
        provider.register(CLIENT, "new", ["https://example.org/callback"])
        assert ask(provider)[0] == 401
        assert ask(provider, "new")[0] == 400

    def test_a_client_that_is_gone_is_unknown(self, provider: Provider) -> None:
        provider.unregister(CLIENT)
        assert ask(provider)[0::2] == (401, "invalid_client")

    @pytest.mark.parametrize(
        ("answer", "right", "wrong"),
        [
            (Answer.OUTAGE, (503, "text/plain", ""), (503, "text/plain", "")),
            (
                Answer.RATE_LIMITED,
                (429, "application/json", "too_many_requests"),
                (429, "application/json", "too_many_requests"),
            ),
            (Answer.HTML, (200, "text/html", ""), (200, "text/html", "")),
            (Answer.REDIRECT, (302, "text/html", ""), (302, "text/html", "")),
            (
                Answer.WRONG_CONTENT_TYPE,
                (400, "text/plain", "invalid_grant"),
                (401, "text/plain", "invalid_client"),
            ),
            (
                Answer.ERROR_IN_200,
                (200, "application/json", "invalid_grant"),
                (200, "application/json", "invalid_client"),
            ),
            (
                Answer.FORM_ENCODED,
                (400, "application/x-www-form-urlencoded", "invalid_grant"),
                (401, "application/x-www-form-urlencoded", "invalid_client"),
            ),
            (
                Answer.CODE_FIRST,
                (400, "application/json", "invalid_grant"),
                (400, "application/json", "invalid_grant"),
            ),
        ],
    )
    def test_it_answers_as_it_is_told(
        self,
        provider: Provider,
        answer: Answer,
        right: tuple[int, str, str],
        wrong: tuple[int, str, str],
    ) -> None:
        provider.answer(answer)
        assert (ask(provider), ask(provider, "wrong")) == (right, wrong)
        provider.answer(Answer.REAL)
        assert ask(provider)[0] == 400

    def test_a_request_is_in_the_log_before_its_answer(self, provider: Provider) -> None:
        provider.answer(Answer.REAL, delay=1)
        asking = threading.Thread(target=ask, args=(provider,))
        asking.start()
        while not (seen := provider.requests()):
            pass
        asking.join()
        assert [request.status for request in (*seen, *provider.requests())] == [0, 400]

    def test_the_log_holds_no_secret(self, provider: Provider) -> None:
        ask(provider)
        (request,) = provider.requests()
        assert request == TokenRequest(
            "authorization_code", CLIENT, "client_secret_post", 400, "invalid_grant"
        )
        assert SECRET not in provider.log.read_text()

    def test_reset_forgets_all(self, provider: Provider) -> None:
        provider.answer(Answer.OUTAGE)
        ask(provider)
        provider.reset()
        assert provider.requests() == ()
        assert ask(provider)[0::2] == (401, "invalid_client")


class TestLinkedAccount:
    """What becomes of an account, in each of the four ways to take a refused refresh."""

    @pytest.fixture
    def linked(self, home_assistant: HomeAssistant, provider: Provider, domain: str) -> str:
        provider.register(CLIENT, SECRET, [home_assistant.redirect_uri])
        create(home_assistant, domain)
        entry_id = link(home_assistant, provider, domain, KEY)
        provider.forget_requests()
        return entry_id

    @every_way
    def test_it_is_linked_as_a_person_does(
        self, home_assistant: HomeAssistant, provider: Provider, domain: str
    ) -> None:
        provider.register(CLIENT, SECRET, [home_assistant.redirect_uri])
        item = create(home_assistant, domain)
        create(home_assistant, domain, auth_domain="home.other", client_id="another")
        entry_id = link(home_assistant, provider, domain, KEY)
        assert home_assistant.entry_state(entry_id) == "loaded"
        assert home_assistant.item_of_entry(entry_id) == item["id"]
        granted = [
            TokenRequest(grant, CLIENT, "client_secret_post", 200, "")
            for grant in ("authorization_code", "refresh_token")
        ]
        assert list(provider.requests()) == (granted[:1] if domain == LAZY else granted)

    def test_a_wrong_secret_shows_when_it_is_linked(
        self, home_assistant: HomeAssistant, provider: Provider
    ) -> None:
        provider.register(CLIENT, "another", [home_assistant.redirect_uri])
        create(home_assistant, RAISES)
        with pytest.raises(LinkingFailed) as failed:
            link(home_assistant, provider, RAISES, KEY)
        assert failed.value.reason == "oauth_unauthorized"

    @every_way
    def test_a_refused_refresh_and_the_new_secret_that_mends_it(
        self, home_assistant: HomeAssistant, provider: Provider, domain: str, linked: str
    ) -> None:
        provider.register(CLIENT, "new", [home_assistant.redirect_uri])
        refused = home_assistant.reload_entry(linked)
        assert (refused["state"], (refused["reason"] or "")[: len(REFUSED)]) == {
            RAISES: ("setup_error", ""),
            RETRIES: ("setup_retry", REFUSED),
            AUTH_FAILS: ("setup_error", REFUSED),
            LAZY: ("loaded", ""),
        }[domain]
        assert len(home_assistant.reauth_flows(linked)) == (1 if domain == AUTH_FAILS else 0)

        create(home_assistant, domain, client_secret="new")
        assert home_assistant.reload_entry(linked)["state"] == "loaded"
        statuses = [request.status for request in provider.requests()]
        assert statuses == ([] if domain == LAZY else [401, 200])

    @every_way
    def test_an_outage_with_the_right_secret(
        self, home_assistant: HomeAssistant, provider: Provider, domain: str, linked: str
    ) -> None:
        provider.answer(Answer.OUTAGE)
        entry = home_assistant.reload_entry(linked)
        assert (entry["state"], (entry["reason"] or "")[:3]) == {
            RAISES: ("setup_error", ""),
            RETRIES: ("setup_retry", "503"),
            AUTH_FAILS: ("setup_retry", "503"),
            LAZY: ("loaded", ""),
        }[domain]
        assert home_assistant.reauth_flows(linked) == []

    @pytest.mark.parametrize("domain", [AUTH_FAILS])
    def test_a_new_client_id_takes_signing_in_again(
        self, home_assistant: HomeAssistant, provider: Provider, domain: str, linked: str
    ) -> None:
        provider.register("another client", SECRET, [home_assistant.redirect_uri])
        create(home_assistant, domain, client_id="another client")
        refused = home_assistant.reload_entry(linked)
        assert (refused["state"], refused["reason"][:3]) == ("setup_error", "400")

        sign_in_again(home_assistant, linked, KEY)
        assert home_assistant.reload_entry(linked)["state"] == "loaded"
        assert home_assistant.reauth_flows(linked) == []

    @pytest.mark.parametrize("domain", [RAISES])
    def test_its_provider_is_known_after_a_restart(
        self, home_assistant: HomeAssistant, provider: Provider, linked: str
    ) -> None:
        home_assistant.restart()
        assert home_assistant.entry_state(linked) == "loaded"
        assert [request.status for request in provider.requests()] == [200]


def create(home_assistant: HomeAssistant, domain: str, **fields: str) -> dict[str, Any]:
    client = {"client_id": CLIENT, "client_secret": SECRET, "auth_domain": KEY}
    return home_assistant.create_item(domain=domain, **(client | fields))


def ask(provider: Provider, secret: str = SECRET) -> tuple[int, str, str]:
    """Ask for a token with a code that nobody gave; return status, content type and error."""
    form = {
        "grant_type": "authorization_code",
        "code": "bogus",
        "client_id": CLIENT,
        "client_secret": secret,
        "redirect_uri": "https://example.org/callback",
    }
    seen = len(provider.requests())
    try:
        answer = build_opener(_StayHere).open(
            f"{provider.url}/token", urlencode(form).encode(), timeout=60
        )
    except HTTPError as error:
        answer = error
    with answer:
        return (
            answer.status,
            answer.headers.get_content_type(),
            provider.requests()[seen].error,
        )


class _StayHere(HTTPRedirectHandler):
    """Leaves a redirect as it is."""

    def redirect_request(self, *_: Any) -> None:
        return None
