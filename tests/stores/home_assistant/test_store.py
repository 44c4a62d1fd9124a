from __future__ import annotations

import asyncio
import json
import ssl
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import CommandRefused, StoreError, StoreUnavailable
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import Item, NewItem
from appcreds_sync.stores.home_assistant.store import open_live_store
from tests.lab.certificates import make_certificates
from tests.stores.home_assistant.fake import relay, spec

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from appcreds_sync.model.store import ConfigEntry
    from appcreds_sync.stores.interface import Store
    from tests.lab.home_assistant import HomeAssistant


def _open(home_assistant: HomeAssistant, token: str = "") -> AbstractAsyncContextManager[Store]:
    return open_live_store(spec(home_assistant.url), Secret(token or home_assistant.token))


def _new(name: str = "lab", *, domain: str = "oauth_lab", value: str = "canary-1") -> NewItem:
    return NewItem(domain, f"client-{name}", Secret(value), f"home.{name}", f"The {name}")


def _by_id(entries: tuple[ConfigEntry, ...]) -> dict[str, ConfigEntry]:
    return {entry.entry_id: entry for entry in entries}


async def test_an_empty_home_assistant(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant) as store:
        snapshot = await store.snapshot(())

    assert snapshot.store == "house"
    assert snapshot.items == ()
    assert snapshot.entries == ()
    assert snapshot.integrations is not None
    assert {"google", "spotify", "oauth_lab", "oauth_broken"} <= snapshot.integrations
    assert snapshot.capabilities.ha_version == home_assistant.version
    assert snapshot.capabilities.reload


async def test_subscribe_is_claimed_exactly_where_home_assistant_has_it(
    home_assistant: HomeAssistant,
) -> None:
    async with _open(home_assistant) as store:
        claimed = (await store.snapshot(())).capabilities.subscribe

    if claimed:
        assert home_assistant.api.command("application_credentials/subscribe") is None
    else:
        with pytest.raises(Exception, match="unknown_command"):
            home_assistant.api.command("application_credentials/subscribe")


async def test_what_is_created_is_there_word_for_word(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant) as store, store.writing():
        made = await store.create(_new())
        listed = await store.items()

    assert listed == (made,)
    assert made == Item(
        "oauth_lab_client_lab", "oauth_lab", "client-lab", Secret("canary-1"), "home.lab", "The lab"
    )
    assert home_assistant.items()[0]["client_secret"] == "canary-1"


async def test_white_space_is_taken_off_by_home_assistant(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant) as store:
        made = await store.create(NewItem("oauth_lab", " 1\n", Secret("\tx "), "home.a", "A"))

    assert (made.client_id, made.client_secret) == ("1", Secret("x"))


async def test_a_public_client_has_an_empty_secret(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant) as store:
        made = await store.create(_new(value=""))

    assert made.client_secret == Secret("")


async def test_nothing_is_deduplicated_and_the_order_is_that_of_making(
    home_assistant: HomeAssistant,
) -> None:
    async with _open(home_assistant) as store:
        made = [await store.create(_new(value=f"canary-{number}")) for number in range(3)]

        assert await store.items() == tuple(made)
    assert [item.id for item in made] == [
        "oauth_lab_client_lab",
        "oauth_lab_client_lab_2",
        "oauth_lab_client_lab_3",
    ]


async def test_a_thousand_creates_at_once(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant) as store:
        made = await asyncio.gather(*(store.create(_new(f"n{n}")) for n in range(1000)))
        listed = await store.items()
        await asyncio.gather(*(store.delete(item.id) for item in listed))

        assert await store.items() == ()
    assert {item.id for item in made} == {item.id for item in listed}
    assert [item.client_id for item in made] == [f"client-n{n}" for n in range(1000)]


async def test_what_is_deleted_is_gone(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant) as store:
        made = await store.create(_new())
        await store.delete(made.id)

        assert await store.items() == ()


async def test_deleting_what_is_not_there_is_success_in_spite_of_two_answers(
    home_assistant: HomeAssistant,
) -> None:
    async with _open(home_assistant) as store:
        await asyncio.gather(*(store.delete(f"nothing_{number}") for number in range(20)))

        assert await store.items() == ()


async def test_an_entry_is_told_with_the_key_that_it_uses(home_assistant: HomeAssistant) -> None:
    by_hand = home_assistant.create_item(domain="oauth_lab", client_id="1", client_secret="x")
    async with _open(home_assistant) as store:
        await store.create(_new())
        uses_ours = home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab")
        uses_hand = home_assistant.add_entry(domain="oauth_lab", auth_implementation=by_hand["id"])

        entries = _by_id((await store.snapshot(())).entries)

    assert entries[uses_ours].auth_domain == "home.lab"
    assert entries[uses_hand].auth_domain == by_hand["id"]
    assert all(entry.tells and entry.state == "loaded" for entry in entries.values())
    assert all(entry.supports_unload for entry in entries.values())


async def test_a_superseded_item_still_tells_the_key(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant) as store:
        await store.create(_new())
        await store.create(_new(value="canary-2"))
        entry_id = home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab")

        entries = _by_id((await store.snapshot(())).entries)

    assert entries[entry_id].auth_domain == "home.lab"


async def test_entries_of_other_integrations_are_read_only_where_asked_for(
    home_assistant: HomeAssistant,
) -> None:
    entry_id = home_assistant.add_entry(domain="oauth_broken", auth_implementation="x")
    async with _open(home_assistant) as store:
        await store.create(_new())

        assert (await store.snapshot(())).entries == ()
        assert set(_by_id((await store.snapshot(("oauth_broken",))).entries)) == {entry_id}


async def test_an_ignored_discovery_is_no_account(home_assistant: HomeAssistant) -> None:
    home_assistant.add_entry(domain="oauth_lab", auth_implementation="x", source="ignore")
    async with _open(home_assistant) as store:
        assert (await store.snapshot(("oauth_lab",))).entries == ()


async def test_a_disabled_entry_counts_and_keeps_its_key(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant) as store:
        await store.create(_new())
        home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab", disabled=True)
        (entry,) = (await store.snapshot(())).entries

    assert entry.disabled
    assert entry.auth_domain == "home.lab"
    assert entry.healthy


async def test_a_dangling_entry_that_does_not_run_can_not_tell(
    home_assistant: HomeAssistant,
) -> None:
    home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.gone")
    async with _open(home_assistant) as store:
        (entry,) = (await store.snapshot(("oauth_lab",))).entries

    assert entry.state in {"setup_error", "setup_retry"}
    assert entry.auth_domain is None
    assert not entry.tells


async def test_a_broken_integration_hides_its_accounts_and_refuses_new_items(
    home_assistant: HomeAssistant,
) -> None:
    async with _open(home_assistant) as store:
        await store.create(_new("broken", domain="oauth_broken"))
        home_assistant.add_entry(domain="oauth_broken", auth_implementation="home.broken")
        (before,) = (await store.snapshot(())).entries
    home_assistant.stop()
    home_assistant.broken_marker.touch()
    home_assistant.start()
    async with _open(home_assistant) as store:
        (after,) = (await store.snapshot(())).entries
        with pytest.raises(CommandRefused) as caught:
            await store.create(_new("other", domain="oauth_broken"))

    assert (before.auth_domain, before.tells) == ("home.broken", True)
    assert (after.auth_domain, after.tells) == (None, False)
    assert caught.value.problem.code == "integration-broken"


async def test_an_integration_that_nobody_knows(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant) as store:
        with pytest.raises(CommandRefused) as caught:
            await store.create(_new(domain="spotfy"))

        assert await store.items() == ()
    assert caught.value.problem.code == "integration-unknown"
    assert "spotfy" in caught.value.problem.what


async def test_an_item_that_home_assistant_sees_in_use_is_kept(
    home_assistant: HomeAssistant,
) -> None:
    by_hand = home_assistant.create_item(domain="oauth_lab", client_id="1", client_secret="x")
    home_assistant.add_entry(domain="oauth_lab", auth_implementation=by_hand["id"])
    async with _open(home_assistant) as store:
        with pytest.raises(CommandRefused) as caught:
            await store.delete(by_hand["id"])

        assert len(await store.items()) == 1
    assert caught.value.problem.code == "credential-in-use"


async def test_a_reload_puts_an_entry_back_to_work(home_assistant: HomeAssistant) -> None:
    entry_id = home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab")
    async with _open(home_assistant) as store:
        await store.create(_new())
        assert home_assistant.entry_state(entry_id) != "loaded"
        await store.reload(entry_id)

    assert home_assistant.entry_state(entry_id) == "loaded"


async def test_a_reload_of_an_entry_that_is_not_there_is_refused(
    home_assistant: HomeAssistant,
) -> None:
    async with _open(home_assistant) as store:
        with pytest.raises(CommandRefused) as caught:
            await store.reload("0123456789abcdef")

    assert caught.value.problem.code == "command-refused"
    assert "0123456789abcdef" in caught.value.problem.what


async def test_a_token_that_is_none(home_assistant: HomeAssistant) -> None:
    with pytest.raises(CommandRefused) as caught:
        async with _open(home_assistant, "canary-token"):
            pass

    assert caught.value.problem.code == "store-token-refused"
    assert "canary" not in str(caught.value)


async def test_a_token_of_an_ordinary_user(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant, home_assistant.user_token) as store:
        with pytest.raises(CommandRefused) as reading:
            await store.snapshot(())
        with pytest.raises(CommandRefused) as creating:
            await store.create(_new())

    assert reading.value.problem.code == "store-not-admin"
    assert creating.value.problem.code == "store-not-admin"


async def test_a_power_cut_in_the_middle_of_a_turn(home_assistant: HomeAssistant) -> None:
    async with _open(home_assistant) as store:
        await store.items()
        home_assistant.kill()
        with pytest.raises(StoreUnavailable) as caught:
            await store.create(_new())

    assert caught.value.problem.code == "store-lost"


async def test_while_home_assistant_starts_the_error_says_so(
    home_assistant: HomeAssistant,
) -> None:
    home_assistant.stop()
    codes: set[str] = set()
    starting = asyncio.create_task(asyncio.to_thread(home_assistant.start))
    while True:
        try:
            async with _open(home_assistant) as store:
                await store.snapshot(())
            break
        except StoreError as error:
            codes.add(error.problem.code)
            await asyncio.sleep(0.01)
    await starting

    assert "store-refused" in codes
    assert codes <= {"store-refused", "store-starting"}


async def test_a_home_assistant_that_could_not_load_application_credentials(
    home_assistant: HomeAssistant,
) -> None:
    storage = home_assistant.config_dir / ".storage" / "application_credentials"
    home_assistant.stop()
    newer = {"version": 99, "minor_version": 1, "key": "application_credentials", "data": {}}
    storage.write_text(json.dumps(newer))
    try:
        home_assistant.start()
        async with _open(home_assistant) as store:
            with pytest.raises(CommandRefused) as caught:
                await store.snapshot(())
    finally:
        home_assistant.stop()
        storage.unlink()
        home_assistant.start()

    assert caught.value.problem.code == "application-credentials-not-loaded"


async def test_behind_a_reverse_proxy_with_a_path_and_tls(
    home_assistant: HomeAssistant, tmp_path: Path
) -> None:
    certificates = make_certificates(tmp_path / "certificates")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificates.server.certificate, certificates.server.key)

    async with (
        relay(home_assistant.url, "/home", tls) as url,
        open_live_store(
            spec(f"{url}/", ca_cert=certificates.ca), Secret(home_assistant.token)
        ) as store,
    ):
        made = await store.create(_new())
        assert (await store.snapshot(())).items == (made,)
    with pytest.raises(StoreUnavailable) as caught:
        async with (
            relay(home_assistant.url, "/home") as url,
            open_live_store(spec(url.removesuffix("/home")), Secret(home_assistant.token)),
        ):
            pass
    assert caught.value.problem.code == "store-not-found"
