from __future__ import annotations

from dataclasses import replace

from appcreds_sync.model.desired import NotRead
from appcreds_sync.model.identity import Identity
from appcreds_sync.planning.overview import Drift, Kind, overview
from tests.planning.builders import desired, entry, item, snapshot, wanted


def test_an_item_as_declared_has_no_drift() -> None:
    (row,) = overview(desired(wanted()), snapshot(item("1")))

    assert (row.kind, row.drift, row.credential) == (Kind.MANAGED, Drift.NONE, "spotify")
    assert row.item is not None
    assert row.item.id == "1"


def test_what_is_declared_and_not_there_has_a_row() -> None:
    (row,) = overview(desired(wanted()), snapshot())

    assert (row.drift, row.item, row.client_id) == (Drift.MISSING, None, "client")


def test_what_differs_is_named() -> None:
    (row,) = overview(desired(wanted(secret="another")), snapshot(item("1")))

    assert (row.drift, row.differs) == (Drift.DIFFERS, ("client_secret",))


def test_an_item_of_somebody_else_is_unmanaged_and_has_no_drift() -> None:
    (row,) = overview(desired(), snapshot(item("1", None, name="By hand")))

    assert (row.kind, row.drift) == (Kind.UNMANAGED, Drift.NOT_DECLARED)
    assert (row.name, row.credential) == ("By hand", None)


def test_home_assistants_own_item_is_told_from_the_unmanaged() -> None:
    (row,) = overview(desired(), snapshot(item("1", "overkiz", domain="overkiz")))

    assert (row.kind, row.drift) == (Kind.HOME_ASSISTANT, Drift.NOT_DECLARED)


def test_ours_that_nothing_declares_is_left_over() -> None:
    (row,) = overview(desired(), snapshot(item("1")))

    assert (row.kind, row.drift, row.credential) == (Kind.MANAGED, Drift.LEFT_OVER, None)


def test_only_the_item_that_counts_is_used() -> None:
    taken = snapshot(item("1"), item("2"), entries=(entry("home.spotify"),))

    older, winner = overview(desired(wanted()), taken)

    assert (older.used_by, older.drift) == ((), Drift.LEFT_OVER)
    assert [account.title for account in winner.used_by] == ["Ann"]
    assert winner.drift is Drift.NONE


def test_what_was_not_read_is_not_compared() -> None:
    (row,) = overview(desired(wanted(secret=NotRead())), snapshot(item("1")))

    assert row.drift is Drift.NOT_COMPARED


def test_what_this_home_assistant_lacks_is_not_compared() -> None:
    unknown = wanted("xbox", "xbox", if_unsupported="skip")

    (row,) = overview(desired(unknown), snapshot())

    assert (row.identity, row.drift) == (Identity("xbox", "home.xbox"), Drift.NOT_COMPARED)


def test_nor_is_its_item_where_that_is_there_already() -> None:
    unknown = wanted("xbox", "xbox", if_unsupported="skip")

    (row,) = overview(desired(unknown), snapshot(item("1", "home.xbox", domain="xbox", secret="x")))

    assert (row.item and row.item.id, row.drift) == ("1", Drift.NOT_COMPARED)


def test_a_create_that_waits_for_a_person_says_why() -> None:
    lookalike = item("spotify_client", None)

    rows = overview(desired(wanted()), snapshot(lookalike, entries=(entry("spotify_client"),)))

    blocked, unmanaged = rows
    assert (blocked.drift, blocked.item) == (Drift.BLOCKED, None)
    assert blocked.reason is not None
    assert "auth_domain" in blocked.reason.hint
    assert unmanaged.drift is Drift.NOT_DECLARED


def test_of_one_implementation_ours_is_shadowed_not_the_rival() -> None:
    ours = item("1", "home.withings", domain="withings")
    rival = item("2", None, domain="withings")

    rows = overview(desired(wanted("withings", "withings")), snapshot(ours, rival))

    assert [(row.kind, row.drift) for row in rows] == [
        (Kind.MANAGED, Drift.SHADOWED),
        (Kind.UNMANAGED, Drift.NOT_DECLARED),
    ]


def test_an_account_of_a_credential_that_is_gone_is_named() -> None:
    taken = replace(snapshot(), entries=(entry("home.spotify"),))

    (row,) = overview(desired(wanted()), taken)

    assert (row.drift, [account.title for account in row.used_by]) == (Drift.MISSING, ["Ann"])
