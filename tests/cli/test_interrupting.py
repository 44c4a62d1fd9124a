from __future__ import annotations

import os
import signal

import pytest

from appcreds_sync.cli.interrupting import all_like_ctrl_c, held_back


def _tell(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_ends_a_process_is_like_ctrl_c_in_the_block(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with pytest.raises(KeyboardInterrupt), all_like_ctrl_c():
        _tell(number)

    assert signal.getsignal(number) is before


def test_what_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with all_like_ctrl_c():
            _tell(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def _work_on(reached: list[str], *told: int) -> None:
    with all_like_ctrl_c(), held_back():
        for number in told:
            _tell(number)
        reached.append("the end")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_held_back_is_what_comes_once(number: signal.Signals) -> None:
    reached: list[str] = []

    with pytest.raises(KeyboardInterrupt):
        _work_on(reached, number)

    assert reached == ["the end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_who_insists_is_not_held_back() -> None:
    reached: list[str] = []

    with pytest.raises(KeyboardInterrupt):
        _work_on(reached, signal.SIGINT, signal.SIGINT)

    assert reached == []


def test_nothing_comes_of_nothing() -> None:
    with held_back():
        pass
