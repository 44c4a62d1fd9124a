"""What we rely on of Home Assistant, as it comes over the wire; nothing of ours takes part.

A new version that changes one of these facts fails here, by the fact's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from websockets.sync.client import connect

from tests.contract.provider import Provider, running_provider
from tests.contract.wire import Wire, connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab.home_assistant import HomeAssistant

CREATE = "application_credentials/create"
DELETE = "application_credentials/delete"
LIST = "application_credentials/list"
CONFIG_ENTRY = "application_credentials/config_entry"
SUBSCRIBE = "application_credentials/subscribe"
CANARY = "canary-of-the-wire"


@pytest.fixture
def wire(home_assistant: HomeAssistant) -> Iterator[Wire]:
    with connected(home_assistant) as wire:
        yield wire


@pytest.fixture
def provider(home_assistant: HomeAssistant) -> Iterator[Provider]:
    """The provider of `oauth_lab`: grants every refresh, and remembers who asked."""
    with running_provider() as provider:
        home_assistant.choose_provider(provider.url)
        yield provider


def create(wire: Wire, domain: str = "oauth_lab", **fields: str) -> dict[str, Any]:
    made: dict[str, Any] = wire.result(
        CREATE, **({"domain": domain, "client_id": "client", "client_secret": "secret"} | fields)
    )
    return made


def item_ids(wire: Wire) -> list[str]:
    return [item["id"] for item in wire.result(LIST)]


class TestConversation:
    def test_a_wrong_token_is_auth_invalid(self, home_assistant: HomeAssistant) -> None:
        with connect(home_assistant.api.websocket_url) as socket:
            wire = Wire(socket)
            wire.receive()
            wire.send_raw({"type": "auth", "access_token": "wrong"})
            assert wire.receive()["type"] == "auth_invalid"

    def test_ids_must_rise(self, wire: Wire) -> None:
        wire.result(LIST)
        wire.send_raw({"id": 1, "type": LIST})
        assert wire.receive()["error"]["code"] == "id_reuse"

    def test_commands_may_be_pipelined(self, wire: Wire) -> None:
        fields = {"domain": "oauth_lab", "client_secret": "secret"}
        sent = [wire.send(CREATE, client_id=f"client{n}", **fields) for n in range(100)]
        answers = [wire.receive() for _ in sent]
        assert {answer["id"] for answer in answers} == set(sent)
        assert all(answer["success"] for answer in answers)
        assert len(item_ids(wire)) == len(sent)

    def test_answers_come_in_lists_for_those_who_can_read_them(self, wire: Wire) -> None:
        wire.result("supported_features", features={"coalesce_messages": 1})
        sent = {wire.send(LIST) for _ in range(20)}
        answered: list[int] = []
        lists = 0
        while len(answered) < len(sent):
            frame = wire.receive_raw()
            lists += isinstance(frame, list)
            answered += [it["id"] for it in (frame if isinstance(frame, list) else [frame])]
        assert set(answered) == sent
        assert lists

    def test_an_unknown_command(self, wire: Wire) -> None:
        assert wire.error("application_credentials/rotate")[0] == "unknown_command"

    def test_the_user_says_whether_it_is_an_admin(self, home_assistant: HomeAssistant) -> None:
        with connected(home_assistant, home_assistant.user_token) as guest:
            assert guest.result("auth/current_user")["is_admin"] is False
        with connected(home_assistant) as admin:
            assert admin.result("auth/current_user")["is_admin"] is True

    def test_who_is_no_admin_can_read_all_and_change_nothing(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        create(wire, client_secret=CANARY)
        with connected(home_assistant, home_assistant.user_token) as guest:
            fields = {"domain": "oauth_lab", "client_id": "other", "client_secret": "secret"}
            assert [item["client_secret"] for item in guest.result(LIST)] == [CANARY]
            assert guest.result("config_entries/get") != []
            assert guest.error(CREATE, **fields)[0] == "unauthorized"
            item_id = guest.result(LIST)[0]["id"]
            assert guest.error(DELETE, application_credentials_id=item_id)[0] == "unauthorized"

    def test_config_says_whether_home_assistant_is_up(self, wire: Wire) -> None:
        config = wire.result("get_config")
        assert (config["state"], config["recovery_mode"]) == ("RUNNING", False)


class TestItems:
    def test_list_gives_what_was_created_and_the_secret_in_plain_text(self, wire: Wire) -> None:
        made = create(wire, client_secret=CANARY, auth_domain="home.lab", name="Lab")
        assert made == {
            "id": "oauth_lab_client",
            "domain": "oauth_lab",
            "client_id": "client",
            "client_secret": CANARY,
            "auth_domain": "home.lab",
            "name": "Lab",
        }
        assert wire.result(LIST) == [made]

    @pytest.mark.parametrize(
        ("client_id", "item_id"),
        [
            ("5fe0-1282.apps.example", "oauth_lab_5fe0_1282_apps_example"),
            ("UPPER_lower", "oauth_lab_upper_lower"),
            ("Ä ß/1", "oauth_lab_a_ss_1"),
        ],
    )
    def test_an_id_is_the_slug_of_domain_and_client_id(
        self, wire: Wire, client_id: str, item_id: str
    ) -> None:
        assert create(wire, client_id=client_id)["id"] == item_id

    def test_duplicates_are_not_deduplicated_and_their_ids_count_up(self, wire: Wire) -> None:
        for _ in range(3):
            create(wire, auth_domain="home.lab")
        assert item_ids(wire) == ["oauth_lab_client", "oauth_lab_client_2", "oauth_lab_client_3"]

    def test_an_id_that_became_free_is_given_again(self, wire: Wire) -> None:
        first = create(wire)["id"]
        wire.result(DELETE, application_credentials_id=first)
        assert create(wire, client_secret="another")["id"] == first

    def test_the_list_is_in_the_order_of_creation(self, wire: Wire) -> None:
        made = [create(wire, client_id=name)["id"] for name in ("z", "a", "m")]
        assert item_ids(wire) == made

    def test_white_space_around_values_is_stripped(self, wire: Wire) -> None:
        made = create(wire, client_id=" client\n", client_secret="\tsecret ")
        assert (made["client_id"], made["client_secret"]) == ("client", "secret")

    def test_white_space_around_a_name_is_kept(self, wire: Wire) -> None:
        assert create(wire, name=" Lab ")["name"] == " Lab "

    @pytest.mark.parametrize("field", ["client_id", "client_secret", "name"])
    def test_empty_values_are_accepted(self, wire: Wire, field: str) -> None:
        assert create(wire, **{field: ""})[field] == ""

    @pytest.mark.parametrize(
        "fields",
        [
            {"domain": "oauth_lab", "client_id": "client"},
            {"domain": "oauth_lab", "client_id": "client", "client_secret": None},
            {"domain": "oauth_lab", "client_id": "client", "client_secret": "s", "unheard_of": "x"},
        ],
        ids=["missing", "null", "unknown"],
    )
    def test_a_missing_null_or_unknown_field_is_invalid_format(
        self, wire: Wire, fields: dict[str, object]
    ) -> None:
        assert wire.error(CREATE, **fields)[0] == "invalid_format"

    def test_an_unknown_integration_is_invalid_format_too(self, wire: Wire) -> None:
        code, message = wire.error(
            CREATE, domain="no_such_integration", client_id="client", client_secret="secret"
        )
        assert code == "invalid_format"
        assert "No application_credentials platform for no_such_integration" in message

    def test_a_refusal_echoes_what_was_sent(self, wire: Wire) -> None:
        _, message = wire.error(
            CREATE, domain="oauth_lab", client_id="client", client_secret=[CANARY]
        )
        assert CANARY in message

    def test_there_is_no_update(self, wire: Wire) -> None:
        made = create(wire)
        code, _ = wire.error(
            "application_credentials/update",
            application_credentials_id=made["id"],
            client_secret="new",
        )
        assert code == "invalid_format"
        assert wire.result(LIST) == [made]

    def test_config_names_what_can_have_credentials_custom_integrations_too(
        self, wire: Wire
    ) -> None:
        domains = wire.result("application_credentials/config")["domains"]
        assert {"spotify", "withings", "oauth_lab"} <= set(domains)
        assert "lab_tools" not in domains


class TestDelete:
    def test_an_unknown_id_is_not_found_and_then_a_success_of_the_same_id(self, wire: Wire) -> None:
        sent = wire.send(DELETE, application_credentials_id="nobody")
        first, second = wire.receive(), wire.receive()
        assert (first["id"], first["error"]["code"]) == (sent, "not_found")
        assert (second["id"], second["success"]) == (sent, True)

    def test_an_item_whose_id_an_account_holds_is_guarded(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        item_id = create(wire)["id"]
        home_assistant.add_entry(domain="oauth_lab", auth_implementation=item_id)
        code, message = wire.error(DELETE, application_credentials_id=item_id)
        assert (code, message) == (
            "home_assistant_error",
            "Cannot delete credential in use by integration oauth_lab",
        )

    def test_an_item_with_a_key_of_its_own_goes_though_an_account_uses_it(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        item_id = create(wire, auth_domain="home.lab")["id"]
        home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab")
        wire.result(DELETE, application_credentials_id=item_id)
        assert item_ids(wire) == []

    def test_the_guard_looks_at_the_id_even_where_the_item_does_not_count(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        old = create(wire)["id"]
        home_assistant.add_entry(domain="oauth_lab", auth_implementation=old)
        new = create(wire, auth_domain=old)["id"]
        assert wire.error(DELETE, application_credentials_id=old)[0] == "home_assistant_error"
        wire.result(DELETE, application_credentials_id=new)

    def test_a_disabled_account_guards_too(self, home_assistant: HomeAssistant, wire: Wire) -> None:
        item_id = create(wire)["id"]
        home_assistant.add_entry(domain="oauth_lab", auth_implementation=item_id, disabled=True)
        assert wire.error(DELETE, application_credentials_id=item_id)[0] == "home_assistant_error"


class TestAccounts:
    def test_an_entry_tells_all_that_decides_whether_it_counts(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        create(wire, auth_domain="home.lab")
        home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab", title="Ann")
        home_assistant.add_entry(
            domain="oauth_lab", auth_implementation="home.lab", title="Bob", disabled=True
        )
        home_assistant.add_entry(
            domain="oauth_lab", auth_implementation="home.lab", title="Cid", source="ignore"
        )
        told = [
            (entry["title"], entry["state"], entry["source"], entry["disabled_by"])
            for entry in wire.result("config_entries/get")
            if entry["domain"] == "oauth_lab" and isinstance(entry["supports_unload"], bool)
        ]
        assert sorted(told) == [
            ("Ann", "loaded", "user", None),
            ("Bob", "not_loaded", "user", "user"),
            ("Cid", "not_loaded", "ignore", None),
        ]

    def test_config_entry_answers_with_the_first_item_of_a_key(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        first = create(wire, auth_domain="home.lab")["id"]
        create(wire, auth_domain="home.lab")
        entry = home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab")
        assert wire.result(CONFIG_ENTRY, config_entry_id=entry) == {
            "application_credentials_id": first
        }

    def test_an_item_without_auth_domain_is_known_by_its_id(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        item_id = create(wire)["id"]
        entry = home_assistant.add_entry(domain="oauth_lab", auth_implementation=item_id)
        assert home_assistant.entry_state(entry) == "loaded"
        assert home_assistant.item_of_entry(entry) == item_id

    def test_keys_of_two_integrations_do_not_meet(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        create(wire, "netatmo", auth_domain="home.lab")
        entry = home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab")
        assert wire.result(CONFIG_ENTRY, config_entry_id=entry) == {}

    def test_an_account_without_its_item_is_broken_and_names_none(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        entry = home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.gone")
        assert home_assistant.entry_state(entry) == "setup_error"
        assert wire.result(CONFIG_ENTRY, config_entry_id=entry) == {}

    def test_an_unknown_account(self, wire: Wire) -> None:
        code, _ = wire.error(CONFIG_ENTRY, config_entry_id="nobody")
        assert code == "invalid_config_entry_id"

    def test_a_single_implementation_integration_names_no_item_of_another_key(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        create(wire, "withings", auth_domain="home.withings")
        entry = home_assistant.add_entry(
            domain="withings", auth_implementation="withings", disabled=True
        )
        assert wire.result(CONFIG_ENTRY, config_entry_id=entry) == {}

    def test_unless_the_key_is_its_own_name(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        item_id = create(wire, "withings", auth_domain="withings")["id"]
        entry = home_assistant.add_entry(
            domain="withings", auth_implementation="withings", disabled=True
        )
        assert home_assistant.item_of_entry(entry) == item_id


class TestReload:
    """What a created item needs so that the account that lost it works again."""

    def reload(self, wire: Wire, entry: str) -> None:
        wire.result(
            "call_service",
            domain="homeassistant",
            service="reload_config_entry",
            service_data={"entry_id": entry},
        )

    def test_an_account_stays_broken_until_it_is_reloaded(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        entry = home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab")
        create(wire, auth_domain="home.lab")
        assert home_assistant.entry_state(entry) == "setup_error"
        self.reload(wire, entry)
        assert home_assistant.entry_state(entry) == "loaded"

    def test_a_reload_that_fails_is_answered_with_success(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        entry = home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.gone")
        self.reload(wire, entry)
        assert home_assistant.entry_state(entry) == "setup_error"

    def test_a_disabled_account_stays_so_though_the_answer_is_success(
        self, home_assistant: HomeAssistant, wire: Wire
    ) -> None:
        create(wire, auth_domain="home.lab")
        entry = home_assistant.add_entry(
            domain="oauth_lab", auth_implementation="home.lab", disabled=True
        )
        self.reload(wire, entry)
        assert home_assistant.entry_state(entry) == "not_loaded"

    def test_of_two_items_with_one_key_the_later_one_is_used(
        self, home_assistant: HomeAssistant, wire: Wire, provider: Provider
    ) -> None:
        create(wire, client_secret="old", auth_domain="home.lab")
        create(wire, client_secret="new", auth_domain="home.lab")
        home_assistant.add_entry(
            domain="oauth_lab", auth_implementation="home.lab", data=provider.stale_token()
        )
        assert provider.secrets_seen == ["new"]

    def test_a_key_that_is_an_older_item_s_id_takes_over_from_it(
        self, home_assistant: HomeAssistant, wire: Wire, provider: Provider
    ) -> None:
        old = create(wire, client_secret="old")["id"]
        create(wire, client_secret="new", auth_domain=old)
        home_assistant.add_entry(
            domain="oauth_lab", auth_implementation=old, data=provider.stale_token()
        )
        assert provider.secrets_seen == ["new"]


class TestSubscribe:
    @pytest.fixture
    def version_with_subscribe(self, home_assistants: dict[str, HomeAssistant]) -> HomeAssistant:
        found = home_assistants["2025.4.4"]
        found.reset()
        return found

    def test_the_event_of_a_change_comes_before_its_answer(
        self, version_with_subscribe: HomeAssistant
    ) -> None:
        with connected(version_with_subscribe) as wire:
            subscription = wire.send(SUBSCRIBE)
            assert wire.receive()["result"] is None
            assert wire.receive() == {"id": subscription, "type": "event", "event": []}
            sent = wire.send(CREATE, domain="oauth_lab", client_id="c", client_secret="s")
            event, answer = wire.receive(), wire.receive()
        assert (event["id"], event["type"]) == (subscription, "event")
        assert [change["change_type"] for change in event["event"]] == ["added"]
        assert (answer["id"], answer["type"]) == (sent, "result")

    def test_2024_3_does_not_know_it(self, home_assistants: dict[str, HomeAssistant]) -> None:
        with connected(home_assistants["2024.3.3"]) as wire:
            assert wire.error(SUBSCRIBE)[0] == "unknown_command"


class TestRuns:
    def test_set_up_takes_another_time_in_each_run_and_the_same_within_one(
        self, home_assistant: HomeAssistant
    ) -> None:
        def timings() -> list[tuple[str, float]]:
            with connected(home_assistant) as wire:
                rows = wire.result("integration/setup_info")
            basic = {"auth", "http", "websocket_api"}
            return sorted((row["domain"], row["seconds"]) for row in rows if row["domain"] in basic)

        first = timings()
        assert {domain for domain, _ in first} >= {"http", "websocket_api"}
        assert timings() == first
        home_assistant.restart()
        assert timings() != first
