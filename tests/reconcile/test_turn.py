from __future__ import annotations

from typing import TYPE_CHECKING, Any

from appcreds_sync.model.report import ExitCode, exit_code
from appcreds_sync.model.secret import Secret
from tests.planning.builders import entry, item
from tests.reconcile.crowd import of, sync
from tests.reconcile.manifests import credential, directory, live, manifest
from tests.reconcile.memory_store import GONE, MemoryStore

if TYPE_CHECKING:
    from tests.reconcile.crowd import Crowd

IN_VAULT = "vault://kv/ha/house#token"


class TestToken:
    async def test_one_that_can_not_be_read_leaves_the_store_alone(self, crowd: Crowd) -> None:
        report = await sync(manifest(live("house", "env://GONE"), directory("a"), credential()))
        assert [problem.code for problem in of(report, "house").problems] == ["env-missing"]
        assert list(crowd.stores) == ["a"]
        assert of(report, "a").converged is True
        assert exit_code(report) == ExitCode.FAILED

    async def test_one_that_is_not_to_be_read_is_nobody_s_fault(self, crowd: Crowd) -> None:
        wish = manifest(live("house", IN_VAULT), directory("a"), credential())
        report = await sync(wish, apply=False, read_secrets=False)
        reason = of(report, "house").skipped_reason
        assert reason is not None
        assert reason.code == "not-compared"
        assert list(crowd.stores) == ["a"]
        assert exit_code(report) == ExitCode.OK

    async def test_the_one_that_was_read_opens_the_store(self, crowd: Crowd) -> None:
        await sync(manifest(live("house"), credential()), apply=False)
        assert list(crowd.stores) == ["house"]


class TestConfirming:
    async def test_a_store_with_nothing_to_do_is_not_read_twice(self, crowd: Crowd) -> None:
        crowd.stores["a"] = MemoryStore([item("x")], name="a")
        report = await sync(manifest(directory("a"), credential()))
        assert of(report, "a").converged is True
        assert (of(report, "a").items_found, of(report, "a").items_left) == (1, 1)
        assert crowd.stores["a"].calls == ["snapshot"]

    async def test_changes_that_are_left_are_not_converged(self, crowd: Crowd) -> None:
        class Forgetful(MemoryStore):
            async def create(self, item: Any) -> Any:
                made = await super().create(item)
                self.held.remove(made)
                return made

        crowd.stores["a"] = Forgetful(name="a")
        report = await sync(manifest(directory("a"), credential()))
        assert of(report, "a").converged is False
        assert exit_code(report) == ExitCode.FAILED

    async def test_one_that_can_not_be_read_again_keeps_its_results(self, crowd: Crowd) -> None:
        class Lost(MemoryStore):
            async def create(self, item: Any) -> Any:
                self.fails["snapshot"] = GONE
                return await super().create(item)

        crowd.stores["a"] = Lost(name="a")
        report = await sync(manifest(directory("a"), credential()))
        store = of(report, "a")
        assert [str(it.outcome) for it in store.results] == ["applied"]
        assert (store.converged, store.problems) == (None, GONE.problems)
        assert (store.items_found, store.items_left) == (0, None)
        assert exit_code(report) == ExitCode.FAILED


class TestDoubles:
    """What a second of us made at the same time."""

    class Crowded(MemoryStore):
        """After our create, somebody else's twin of it stands before ours."""

        async def create(self, new: Any) -> Any:
            made = await super().create(new)
            self.held.insert(-1, item("twin", new.auth_domain, secret="secret-1"))
            return made

    async def test_an_earlier_twin_of_what_we_made_is_taken_away(self, crowd: Crowd) -> None:
        crowd.stores["a"] = self.Crowded(name="a")
        report = await sync(manifest(directory("a"), credential()))
        store = of(report, "a")
        assert [str(it.outcome) for it in store.results] == ["applied"]
        assert [str(it.outcome) for it in store.doubles] == ["applied"]
        assert store.converged is True
        assert (store.items_found, store.items_left) == (0, 1)
        (left,) = crowd.stores["a"].held
        assert left.id != "twin"
        assert left.client_secret == Secret("secret-1")

    async def test_one_that_does_not_go_is_told_and_not_tried_for_ever(self, crowd: Crowd) -> None:
        crowd.stores["a"] = self.Crowded(name="a", fails={"delete twin": GONE})
        report = await sync(manifest(directory("a"), credential()))
        store = of(report, "a")
        assert {it.problem for it in store.doubles} == {GONE.problem}
        assert len(store.doubles) == 1
        assert store.converged is False
        assert exit_code(report) == ExitCode.FAILED

    async def test_a_relink_that_was_cut_off_is_seen_through(self, crowd: Crowd) -> None:
        other = item("twin", client_id="other")
        account = entry("home.spotify")
        crowd.stores["a"] = MemoryStore([other, item("x", secret="old")], [account], name="a")
        report = await sync(manifest(directory("a"), credential()))
        store = of(report, "a")
        assert [str(it.outcome) for it in store.results] == ["applied"]
        assert [str(it.outcome) for it in store.doubles] == ["relink needed"]
        assert store.converged is True
        assert exit_code(report) == ExitCode.NEEDS_A_PERSON
