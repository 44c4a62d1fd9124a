"""Replaces under linked accounts, where things go wrong that no real server does on demand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import CommandRefused, Problem
from appcreds_sync.model.identity import Identity
from appcreds_sync.model.plan import Action, Change, EntryRef
from appcreds_sync.model.report import Outcome
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import AccountState, NewItem
from appcreds_sync.planning.inventory import item_ref
from appcreds_sync.reconcile.rotation.rotating import Rotation
from tests.planning.builders import item
from tests.reconcile.memory_store import GONE, MemoryStore

if TYPE_CHECKING:
    from appcreds_sync.model.plan import Field
    from appcreds_sync.model.report import ChangeResult
    from appcreds_sync.model.store import Item

OLD = item("old", secret="works")
IDENTITY = Identity("spotify", "home.spotify")
ANN = AccountState("ann", "Ann", "loaded", None)
UNAUTHORIZED = "401, message='Unauthorized'"
REFUSED = CommandRefused(Problem("credential-in-use", "an account is linked through it", ""))


@dataclass
class House(MemoryStore):
    """Accounts that load with the secret `works`, and with no other."""

    people: list[AccountState] = field(default_factory=lambda: [ANN])
    asks_again: bool = False
    """Whether an account that is refused asks its person to sign in."""

    async def accounts(self, integration: str) -> tuple[AccountState, ...]:
        self._called("accounts")
        assert integration == "spotify"
        return tuple(self.people)

    async def reload(self, entry_id: str) -> None:
        self._called(f"reload {entry_id}")
        self.people = [
            self._reloaded(person) if person.entry_id == entry_id else person
            for person in self.people
        ]

    async def end_reauth(self, flow_id: str) -> None:
        self._called(f"end {flow_id}")
        self.people = [
            replace(person, reauth_flows=person.reauth_flows - {flow_id}) for person in self.people
        ]

    def _reloaded(self, person: AccountState) -> AccountState:
        if self.held[-1].client_secret == Secret("works"):
            return replace(person, state="loaded", reason=None)
        flows = person.reauth_flows | ({"flow"} if self.asks_again else set())
        return replace(person, state="setup_error", reason=UNAUTHORIZED, reauth_flows=flows)


async def rotate(  # what one case or another differs in
    house: House,
    secret: str,
    *differs: Field,
    client_id: str = "client",
    held: bool = False,
    proved: bool = False,
    old: Item = OLD,
) -> ChangeResult:
    """Replace `old` by an item with `secret`; `held`: it is there already, from a turn cut off."""
    house.held.insert(0, old)
    change = Change(
        Action.REPLACE,
        IDENTITY,
        "spotify",
        item=item_ref(old),
        client_id=client_id,
        differs=() if held else differs or ("client_secret",),
        used_by=tuple(EntryRef(person.entry_id, person.title, None) for person in house.people),
    )
    new = NewItem("spotify", client_id, Secret(secret), "home.spotify", "spotify")
    return await Rotation(change, new, house, 1.0, proved=proved).run()


def ids(house: House) -> list[str]:
    return [held.id for held in house.held]


async def test_the_old_item_goes_when_every_account_is_well() -> None:
    house = House()
    result = await rotate(house, "works")
    assert (result.outcome, result.reloaded) == (Outcome.APPLIED, ("Ann",))
    assert "old" not in ids(house)
    assert result.notes == ("Home Assistant has not had to use the new secret yet",)
    assert result.seconds is not None


async def test_what_the_provider_has_confirmed_is_not_called_unproved() -> None:
    assert (await rotate(House(), "works", proved=True)).notes == ()


async def test_a_refused_secret_is_rolled_back_and_its_request_to_sign_in_ended() -> None:
    house = House(asks_again=True)
    result = await rotate(house, "wrong")
    assert result.outcome is Outcome.REFUSED
    assert ids(house) == ["old"]
    assert house.people == [ANN]
    # In this order: were we killed before the reload, the account would still show that it failed.
    assert house.calls[-3:] == ["end flow", "reload ann", "accounts"]


async def test_accounts_that_can_not_be_reloaded_are_left_alone_and_named() -> None:
    people = [
        replace(ANN, entry_id="off", title="Off", state="not_loaded", disabled=True),
        replace(ANN, entry_id="fixed", title="Fixed", supports_unload=False),
        replace(ANN, entry_id="stuck", title="Stuck", state="failed_unload"),
    ]
    house = House(people=people)
    result = await rotate(house, "works")
    assert result.outcome is Outcome.APPLIED
    assert not [call for call in house.calls if call.startswith("reload")]
    assert result.notes == (
        "restart Home Assistant: Fixed can't be reloaded",
        "restart Home Assistant: Stuck can't be reloaded",
    )


async def test_an_old_item_that_ha_keeps_is_superseded_all_the_same() -> None:
    house = House(fails={"delete old": REFUSED})
    result = await rotate(house, "works")
    assert result.outcome is Outcome.APPLIED
    assert "the old item old stays: an account is linked through it" in result.notes


class QuickerSecond(House):
    """Where a second of us has replaced the old item since the plan was made; its id is free."""

    async def create(self, item: NewItem) -> Item:
        self.held = [replace(it, id="old_2") for it in self.held]
        made = await super().create(item)
        self.held[-1] = replace(made, id="old")
        return self.held[-1]


async def test_a_new_item_that_was_given_the_id_of_the_old_one_stays() -> None:
    house = QuickerSecond()
    assert (await rotate(house, "works")).outcome is Outcome.APPLIED
    # The other of us may just now take `old_2` away, as `old` counts.
    assert ids(house) == ["old_2", "old"]


async def test_a_new_client_id_is_never_rolled_back() -> None:
    house = House(asks_again=True)
    result = await rotate(house, "wrong", "client_id")
    assert result.outcome is Outcome.RELINK_NEEDED
    assert "old" not in ids(house)
    assert house.people[0].reauth_flows == {"flow"}, "the person's way to sign in again"


async def test_nor_is_one_that_was_cut_off() -> None:
    house = House(held=[item("new", secret="wrong")], asks_again=True)
    result = await rotate(house, "wrong", held=True, client_id="new-client")
    assert (result.outcome, ids(house)) == (Outcome.RELINK_NEEDED, ["new"])


async def test_a_replace_that_was_cut_off_is_judged_anew() -> None:
    for secret, left in (("works", ["new"]), ("wrong", ["old"])):
        house = House(held=[item("new", secret=secret)])
        await rotate(house, secret, held=True)
        assert ids(house) == left
        assert not [call for call in house.calls if call.startswith("create")]


@pytest.mark.parametrize("state", ["setup_error", "setup_retry", "setup_in_progress", "not_loaded"])
@pytest.mark.parametrize(("secret", "left"), [("works", ["new"]), ("wrong", ["old"])])
async def test_what_the_cut_off_reload_has_broken_does_not_pass_for_broken_before(
    state: str, secret: str, left: list[str]
) -> None:
    house = House(held=[item("new", secret=secret)], people=[replace(ANN, state=state)])
    result = await rotate(house, secret, held=True)
    assert ids(house) == left
    assert house.people[0].state == "loaded"
    assert result.outcome is (Outcome.APPLIED if secret == "works" else Outcome.REFUSED)


async def test_nothing_follows_from_an_integration_that_does_not_run() -> None:
    class Broken(House):
        def _reloaded(self, person: AccountState) -> AccountState:
            return person

    house = Broken(held=[item("new", secret="works")], people=[replace(ANN, state="not_loaded")])
    result = await rotate(house, "works", held=True)
    assert (result.outcome, result.problem and result.problem.code) == (
        Outcome.FAILED,
        "replace-undecided",
    )
    assert ids(house) == ["old", "new"]


async def test_a_roll_back_that_failed_is_made_good_by_the_next_turn() -> None:
    house = House(fails={"delete made-2": GONE})
    await rotate(house, "wrong")
    assert house.people[0].state == "setup_error"
    house.fails = {}
    house.held.remove(OLD)  # `rotate` puts it there again
    await rotate(house, "wrong", held=True)
    assert (ids(house), house.people[0].state) == (["old"], "loaded")


async def test_one_that_somebody_else_has_gone_on_with_is_left_to_them() -> None:
    house = House(held=[item("new", secret="works"), item("newer", secret="theirs")])
    result = await rotate(house, "works", held=True)
    assert (result.outcome, result.problem and result.problem.code) == (
        Outcome.FAILED,
        "changed-meanwhile",
    )
    assert ids(house) == ["old", "new", "newer"]


@pytest.mark.parametrize(
    ("fails", "code", "left"),
    [
        ("create home.spotify", "store-gone", ["old"]),
        ("delete made-2", "roll-back-failed", ["old", "made-2"]),
    ],
)
async def test_where_it_breaks_the_report_says_what_stands(
    fails: str, code: str, left: list[str]
) -> None:
    house = House(fails={fails: GONE})
    result = await rotate(house, "wrong")
    assert result.outcome is Outcome.FAILED
    assert result.problem is not None
    assert result.problem.code == code
    assert ids(house) == left
    if code == "roll-back-failed":
        assert "made-2" in result.problem.what
        assert "sync again" in result.problem.hint


async def test_a_roll_back_that_nobody_saw_end_well_names_the_accounts() -> None:
    house = House(asks_again=True, fails={"end flow": GONE})
    result = await rotate(house, "wrong")
    assert result.problem is not None
    assert result.problem.code == "roll-back-unsure"
    assert "Ann" in result.problem.hint
    assert ids(house) == ["old"]


@pytest.mark.parametrize("state", ["setup_error", "setup_retry", "not_loaded"])
async def test_what_a_roll_back_that_was_cut_off_left_broken_speaks_against_a_wrong_secret(
    state: str,
) -> None:
    house = House(people=[replace(ANN, state=state, reauth_flows=frozenset({"flow"}))])
    result = await rotate(house, "wrong")
    assert (result.outcome, ids(house)) == (Outcome.REFUSED, ["old"])
    assert house.people == [ANN]


async def test_what_the_old_secret_does_not_mend_can_not_speak_against_the_new() -> None:
    broken = replace(ANN, state="setup_error", reason=UNAUTHORIZED)
    ran_out = replace(OLD, client_secret=Secret("ran out"))
    result = await rotate(House(people=[broken]), "wrong", old=ran_out)
    assert result.outcome is Outcome.APPLIED
    assert "Ann was not loaded before and is setup_error now" in result.notes


PAGE = replace(OLD, id="home.spotify", auth_domain=None)
"""Home Assistant keeps it: the account holds its id."""
KEPT: dict[str, Exception] = {"delete home.spotify": REFUSED}


async def test_an_item_that_stays_is_copied_until_the_accounts_are_well() -> None:
    house = House(fails=KEPT)
    result = await rotate(house, "works", old=PAGE)
    assert result.outcome is Outcome.APPLIED
    assert [call for call in house.calls if call.startswith("create")] == [
        "create home.spotify"
    ] * 2
    assert [held.client_secret for held in house.held] == [Secret("works")] * 2
    assert ids(house)[0] == PAGE.id


async def test_its_copy_goes_with_what_was_rolled_back() -> None:
    house = House(fails=KEPT)
    assert (await rotate(house, "wrong", old=PAGE)).outcome is Outcome.REFUSED
    assert house.held == [PAGE]


async def test_one_that_has_gone_meanwhile_is_not_copied() -> None:
    class Vanishing(House):
        async def items(self) -> tuple[Item, ...]:
            self.held = []
            return await super().items()

    house = Vanishing()
    assert (await rotate(house, "works", old=PAGE)).outcome is Outcome.APPLIED
    assert len(house.held) == 1


class Outage(House):
    """While the provider is down, no secret helps."""

    def _reloaded(self, person: AccountState) -> AccountState:
        return replace(person, state="setup_retry", reason="503, message='Unavailable'")


@pytest.mark.parametrize("proved", [True, False])
async def test_in_an_outage_only_what_the_provider_has_confirmed_is_kept(*, proved: bool) -> None:
    house = Outage(people=[replace(ANN, state="setup_retry")])
    result = await rotate(house, "anything", proved=proved)
    assert result.outcome is (Outcome.APPLIED if proved else Outcome.DEFERRED)
    assert ("old" in ids(house)) is not proved
    assert len(house.held) == 1


async def test_a_new_client_id_does_not_wait_for_the_end_of_an_outage() -> None:
    house = Outage(people=[replace(ANN, state="setup_retry")])
    result = await rotate(house, "anything", "client_id")
    assert (result.outcome, "old" in ids(house)) == (Outcome.RELINK_NEEDED, False)
