"""Two stores that are one Home Assistant by two names: neither takes the other's for left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.doors import doors
from tests.cli.command import Ended, appcreds

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant

TWINS = "the stores cabin and house are one Home Assistant at 2 addresses"
BOTH = "  one: {integration: oauth_lab, client_id: one, client_secret: env://SECRET}\n"


def own(name: str, store: str) -> str:
    return BOTH.replace("one", name).replace("}", f", stores: [{store}]}}")


def run(
    command: str, credentials: str, folder: Path, home_assistant: HomeAssistant, other: str
) -> Ended:
    (folder / "appcreds.yaml").write_text(
        "version: 1\nowner: home\nstore_defaults: {token: env://TOKEN}\nstores:\n"
        f"  house: {{url: '{home_assistant.url}'}}\n  cabin: {{url: '{other}'}}\n"
        f"credentials:\n{credentials}"
    )
    environment = {"TOKEN": home_assistant.token, "SECRET": "canary-twins"}
    return appcreds(command, cwd=folder, env=environment)


def test_what_only_the_other_declares_stays(home_assistant: HomeAssistant, tmp_path: Path) -> None:
    for name in ("one", "two"):
        home_assistant.create_item(
            domain="oauth_lab", client_id=name, client_secret="x", auth_domain=f"home.{name}"
        )
    before = home_assistant.items()
    credentials = BOTH + own("two", "house") + own("three", "cabin")
    with doors(home_assistant.url, 1) as (other,):
        planned = run("plan", credentials, tmp_path, home_assistant, other)
        ended = run("sync", credentials, tmp_path, home_assistant, other)

    assert f"warning: {TWINS}" in planned.stdout
    assert "guard" not in planned.stdout
    assert (ended.code, f"stopped: {TWINS}" in ended.stdout) == (3, True), ended.printed
    assert "nothing was changed in any store" in ended.stdout
    assert home_assistant.items() == before


def test_what_both_declare_alike_is_only_warned_of(
    home_assistant: HomeAssistant, tmp_path: Path
) -> None:
    with doors(home_assistant.url, 1) as (other,):
        ended = run("sync", BOTH, tmp_path, home_assistant, other)

    assert (ended.code, f"warning: {TWINS}" in ended.stdout) == (0, True), ended.printed
    assert [item["auth_domain"] for item in home_assistant.items()] == ["home.one"]
