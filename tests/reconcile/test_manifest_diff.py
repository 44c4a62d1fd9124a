from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.manifest import Policy
from appcreds_sync.model.report import ExitCode, exit_code
from appcreds_sync.planning.options import PlanOptions
from appcreds_sync.reconcile.manifest_diff import compare_manifests
from tests.planning.builders import CATALOGUE
from tests.reconcile.manifests import credential, directory, live, manifest, reference

if TYPE_CHECKING:
    from appcreds_sync.model.manifest import Manifest
    from appcreds_sync.model.report import Report


def compare(base: Manifest, wish: Manifest) -> Report:
    return compare_manifests(base, wish, tuple(wish.stores.values()), CATALOGUE, PlanOptions())


def actions(report: Report) -> list[tuple[str, str, str]]:
    return [
        (store.store, str(change.action), change.identity.auth_domain)
        for store in report.stores
        if store.plan is not None
        for change in store.plan.changes
    ]


SAME = manifest(directory(), live(), credential(), credential("kept", key="a_key"))


def test_a_manifest_against_itself_is_nothing_to_do() -> None:
    report = compare(SAME, SAME)
    assert actions(report) == []
    assert [store.plan and store.plan.unchanged for store in report.stores] == [2, 2]
    assert exit_code(report, detailed=True) == ExitCode.OK


def test_what_was_added_changed_and_removed() -> None:
    base = manifest(directory(), credential("gone"), credential("changed"), credential("same"))
    wish = manifest(
        directory(),
        credential("new", client_id="new"),
        credential("changed", client_id="changed"),
        credential("same"),
    )
    report = compare(base, wish)
    assert actions(report) == [
        ("cabin", "replace", "home.changed"),
        ("cabin", "create", "home.new"),
        ("cabin", "delete", "home.gone"),
    ]
    assert exit_code(report, detailed=True) == ExitCode.PENDING


def test_references_are_compared_as_they_are_written() -> None:
    base = manifest(directory(), credential(client_id=reference("env://ONE"), secret="env://A"))
    assert actions(compare(base, base)) == []
    other = manifest(directory(), credential(client_id=reference("env://TWO"), secret="env://A"))
    assert actions(compare(base, other)) == [("cabin", "replace", "home.spotify")]
    moved = manifest(directory(), credential(client_id=reference("env://ONE"), secret="env://B"))
    assert actions(compare(base, moved)) == [("cabin", "replace", "home.spotify")]


def test_guards_are_met_as_they_would_be() -> None:
    report = compare(SAME, manifest(directory(), live()))
    assert exit_code(report, detailed=True) == ExitCode.NEEDS_A_PERSON


def test_the_newer_policy_counts() -> None:
    base = manifest(directory(), credential("gone"), credential("kept"))
    wish = manifest(directory(), credential("kept"), policy=Policy(prune="never"))
    assert actions(compare(base, wish)) == []


def test_a_new_store_gets_everything() -> None:
    report = compare(manifest(credential()), manifest(directory(), credential()))
    assert actions(report) == [("cabin", "create", "home.spotify")]


def test_a_store_taken_out_is_told_and_not_cleaned() -> None:
    report = compare(SAME, manifest(directory(), credential(), credential("kept", key="a_key")))
    assert [warning.code for warning in report.warnings] == ["store-dropped"]
    assert "house" in report.warnings[0].what
    assert actions(report) == []


def test_another_owner_is_met_by_its_guard() -> None:
    base = manifest(directory(), credential())
    report = compare(base, manifest(directory(), credential(), owner="cabin"))
    (store,) = report.stores
    assert store.plan is not None
    assert [str(guard.kind) for guard in store.plan.guards] == ["other-owner"]
