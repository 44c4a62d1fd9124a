"""More stores than files that a process may have open, over a real Home Assistant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.doors import doors
from tests.cli.command import PROGRAM, run
from tests.watch.running import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunningHomeAssistants
    from tests.lab.home_assistant import HomeAssistant

STORES = 90
LIMIT = 64
NO_MORE = "as many files open as it may"
_HEAD = (
    "version: 1\nowner: home\npolicy: {prune: never}\nwatch: {listen: 'off', interval: 1h}\n"
    "store_defaults: {token: env://TOKEN}\n"
)


@pytest.fixture
def home_assistant(home_assistants: RunningHomeAssistants) -> HomeAssistant:
    """One is enough: it is all about us."""
    found = home_assistants["2024.3.3"]
    found.reset()
    return found


def declare(folder: Path, urls: list[str]) -> None:
    """Give each store a change of its own to make: with that, it waits for the others."""
    stores = "".join(f"  s{n}: {{url: '{url}'}}\n" for n, url in enumerate(urls))
    credentials = "".join(
        f"  c{n}: {{integration: oauth_lab, client_id: c{n}, client_secret: env://SECRET,"
        f" stores: [s{n}]}}\n"
        for n in range(STORES)
    )
    text = f"{_HEAD}stores:\n{stores}credentials:\n{credentials}"
    (folder / "appcreds.yaml").write_text(text)


def environment(home_assistant: HomeAssistant) -> dict[str, str]:
    return {"TOKEN": home_assistant.token, "SECRET": "canary-files"}


def limited(which: str) -> list[str]:
    """Return what runs the words behind it with few files. `which` is an option of `ulimit`."""
    return ["sh", "-c", f'ulimit {which} {LIMIT} && exec "$0" "$@"']


def test_a_soft_limit_is_in_nobodys_way(home_assistant: HomeAssistant, tmp_path: Path) -> None:
    with doors(home_assistant.url, STORES) as urls:
        declare(tmp_path, urls)
        sync = [*limited("-Sn"), str(PROGRAM), "sync"]
        ended = run(sync, tmp_path, environment(home_assistant))

    assert ended.code == 0, ended.printed
    assert len(home_assistant.items()) == STORES


def test_a_hard_limit_is_told_with_what_to_do(
    home_assistant: HomeAssistant, tmp_path: Path
) -> None:
    with doors(home_assistant.url, STORES) as urls:
        declare(tmp_path, urls)
        sync = [*limited("-n"), str(PROGRAM), "sync"]
        ended = run(sync, tmp_path, environment(home_assistant))

    assert ended.code == 1
    assert NO_MORE in ended.printed
    assert "LimitNOFILE" in ended.printed
    assert "Traceback" not in ended.printed
    assert 0 < len(home_assistant.items()) < STORES


def test_watch_holds_more_stores_than_the_soft_limit(
    home_assistant: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "limited-watch"
    script.write_text(f'#!/bin/sh\nulimit -Sn {LIMIT} && exec "{PROGRAM}" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setattr("tests.watch.running.PROGRAM", script)
    with doors(home_assistant.url, STORES) as urls:
        declare(tmp_path, urls)
        with Watch(tmp_path, env=environment(home_assistant)) as watch:
            waiting = {f"s{n}" for n in range(STORES)}
            while waiting:
                waiting.discard(watch.next("turn", state="in-sync")["store"])
            assert watch.stop() == 0

    assert len(home_assistant.items()) == STORES


def test_watch_goes_on_with_those_that_a_hard_limit_leaves(
    home_assistant: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "limited-watch"
    script.write_text(f'#!/bin/sh\nulimit -n {LIMIT} && exec "{PROGRAM}" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setattr("tests.watch.running.PROGRAM", script)
    with doors(home_assistant.url, STORES) as urls:
        declare(tmp_path, urls)
        with Watch(tmp_path, env=environment(home_assistant)) as watch:
            states: dict[str, str] = {}
            while len(states) < STORES:
                turn = watch.next("turn")
                states[turn["store"]] = turn["state"]
            assert watch.stop() == 0

    assert set(states.values()) == {"in-sync", "failing"}
    assert any(NO_MORE in line for line in watch.lines)
    assert not [event for event in watch.seen() if event["event"] == "internal-error"]
