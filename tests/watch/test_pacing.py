from __future__ import annotations

from appcreds_sync.watch.pacing import BackOff, Pace, jittered


def _longest(low: float, high: float) -> float:
    assert 0 <= low <= high
    return high


def test_back_off_doubles_up_to_its_limit_and_begins_anew_after_a_success() -> None:
    back_off = BackOff(1, 60, _longest)

    assert [back_off.next() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]

    back_off.reset()
    assert (back_off.failures, back_off.next()) == (0, 1)


def test_back_off_spreads_over_the_upper_half() -> None:
    assert BackOff(8, 60, lambda low, _: low).next() == 4


def test_back_off_survives_years_of_failures() -> None:
    back_off = BackOff(1, 60, _longest)
    back_off.failures = 10_000_000

    assert back_off.next() == 60


def test_a_pace_lets_a_burst_through_and_then_holds_to_its_rate() -> None:
    now = 0.0
    pace = Pace(3, 0.5, lambda: now)

    assert [pace.take() for _ in range(5)] == [0, 0, 0, 2, 4]
    now = 100.0
    assert pace.take() == 0


def test_intervals_drift_apart_by_a_tenth() -> None:
    assert jittered(300, lambda low, high: high - low) == 60
