"""The command from outside: signals, exit codes, HTTP, with a store that needs no server."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from appcreds_sync.watch.options import WatchOptions
from tests.cli.command import appcreds
from tests.cli.conftest import NETATMO, SPOTIFY, Desk
from tests.lab.ports import free_port
from tests.watch.running import Watch, until

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from pathlib import Path

OFF = "watch: {listen: 'off'}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder that declares spotify and netatmo for a directory that no HA has used yet."""
    (tmp_path / "ha").mkdir()
    made = Desk(tmp_path)
    made.declare(SPOTIFY, NETATMO, head=OFF)
    made.secrets(spotify="spotify-1", netatmo="netatmo-1")
    return made


def get(port: int, path: str) -> HTTPResponse:
    """Open a path of the status page; the status is in the answer, whatever it is."""
    try:
        answer: HTTPResponse = urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30)
    except urllib.error.HTTPError as error:
        return error  # type: ignore[return-value]  # it is a response, too
    return answer


class TestSignals:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_one_ends_it_with_0(self, desk: Desk, number: signal.Signals) -> None:
        with Watch(desk.folder) as watch:
            watch.next("turn", state="in-sync")
            watch.signal(number)
            assert watch.ended() == 0

    def test_one_ends_it_although_vault_hangs(self, desk: Desk) -> None:
        desk.declare(SPOTIFY.replace("!secret spotify", "vault://kv/x#y"), head=OFF)
        with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never says a word
            silent.settimeout(30)
            address = f"http://127.0.0.1:{silent.getsockname()[1]}"
            env = {"VAULT_ADDR": address, "VAULT_TOKEN": "t", "VAULT_CLIENT_TIMEOUT": "600"}
            with Watch(desk.folder, env=env) as watch:
                asked, _ = silent.accept()
                with asked:
                    assert watch.stop() == 0

    def test_a_second_one_ends_it_at_once(self, desk: Desk) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never says a word
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            hung = f"hung: {{url: '{url}', token: !secret spotify, timeout: 60s}}"
            desk.declare(SPOTIFY, head=OFF, stores=f"{hung}, ha: {{directory: ha}}")
            with Watch(desk.folder) as watch:
                watch.next("turn", store="ha")
                watch.signal(signal.SIGTERM)
                watch.next("stopping")
                watch.signal(signal.SIGTERM)
                assert watch.ended() == -signal.SIGTERM

    def test_hangup_reads_everything_again(self, desk: Desk) -> None:
        with Watch(desk.folder) as watch:
            watch.next("turn", causes="start")
            watch.signal(signal.SIGHUP)
            watch.next("turn", causes="manifest", did="2 unchanged")
            assert watch.stop() == 0


class TestManifest:
    def test_one_written_in_place_is_not_believed_half_way(self, desk: Desk) -> None:
        manifest = desk.folder / "appcreds.yaml"
        whole = manifest.read_text()
        with Watch(desk.folder) as watch:
            watch.next("turn", causes="start")
            with manifest.open("w") as slow:
                slow.write(whole[: whole.index("  netatmo:")])
                slow.flush()
                time.sleep(1)  # longer than files must be quiet
                slow.write(whole[whole.index("  netatmo:") :])
            watch.signal(signal.SIGHUP)
            watch.next("turn", causes="manifest", did="2 unchanged")
            assert watch.stop() == 0
        assert not [event for event in watch.seen() if event.get("action") == "delete"]

    def test_one_that_takes_something_away_is_believed_in_a_moment(self, desk: Desk) -> None:
        with Watch(desk.folder) as watch:
            watch.next("turn", causes="start")
            desk.declare(SPOTIFY, head=OFF)
            watch.next("change", action="delete", outcome="applied")
        assert desk.items() == {"home.spotify": "spotify-1"}

    def test_a_pipe_where_a_file_should_be_deafens_nobody(self, desk: Desk) -> None:
        (desk.folder / "manifest").mkdir()
        os.mkfifo(desk.folder / "manifest" / ".lock.yaml")
        os.mkfifo(desk.folder / "manifest" / "pipe")
        desk.secrets(spotify="spotify-1")
        piped = NETATMO.replace("!secret netatmo", "file:pipe")
        text = (desk.folder / "appcreds.yaml").read_text()
        rows = f"credentials:\n{SPOTIFY}{piped}"
        (desk.folder / "secrets.yaml").replace(desk.folder / "manifest" / "secrets.yaml")
        text = text[: text.index("credentials:")].replace("directory: ha", "directory: ../ha")
        (desk.folder / "manifest" / "all.yaml").write_text(text + rows)
        with Watch(desk.folder, "manifest") as watch:
            unreadable = watch.next("secret-unreadable")
            assert "is a pipe" in unreadable["problem"]
            watch.next("turn", causes="start", state="needs-a-person")
            assert desk.items() == {"home.spotify": "spotify-1"}
            assert watch.stop() == 0

    def test_a_broken_one_changes_nothing_and_names_the_line(self, desk: Desk) -> None:
        with Watch(desk.folder) as watch:
            watch.next("turn", causes="start")
            good = (desk.folder / "appcreds.yaml").read_text()
            desk.write("appcreds.yaml", good + "oops: [\n")
            broken = watch.next("manifest-broken")
            desk.secrets(spotify="spotify-2", netatmo="netatmo-1")
            watch.next("manifest-broken")
            assert desk.items()["home.spotify"] == "spotify-1"

            desk.write("appcreds.yaml", good)
            watch.next("turn", state="in-sync")

        line = good.count("\n") + 2
        assert broken["problem"].startswith(f"appcreds.yaml:{line}:")
        assert desk.items()["home.spotify"] == "spotify-2"

    def test_broken_at_the_start_it_ends_with_1(self, desk: Desk) -> None:
        desk.write("appcreds.yaml", "version: 1\n")
        assert appcreds("watch", cwd=desk.folder).code == 1

    def test_broken_at_the_start_it_is_waited_for_where_asked(self, desk: Desk) -> None:
        good = (desk.folder / "appcreds.yaml").read_text()
        desk.write("appcreds.yaml", "version: 1\n")
        with Watch(desk.folder, "--wait") as watch:
            watch.next("manifest-broken")
            desk.write("appcreds.yaml", good)
            watch.next("turn", state="in-sync")

    def test_missing_at_the_start_it_is_waited_for_and_can_be_stopped(self, desk: Desk) -> None:
        with Watch(desk.folder, "--wait", "later.yaml") as watch:
            watch.next("manifest-broken")
            assert watch.stop() == 0

    def test_a_store_joins_and_leaves(self, desk: Desk) -> None:
        (desk.folder / "other").mkdir()
        with Watch(desk.folder) as watch:
            watch.next("turn", store="ha", causes="start")
            both = "ha: {directory: ha}, other: {directory: other}"
            desk.declare(SPOTIFY, head=OFF, stores=both)
            watch.next("turn", store="other", causes="start", state="in-sync")
            desk.declare(SPOTIFY, head=OFF)
            watch.next("store-left", store="other")
            assert watch.stop() == 0
        assert (desk.folder / "other" / ".storage" / "application_credentials").exists()

    def test_a_guard_holds_its_store_back(self, desk: Desk) -> None:
        with Watch(desk.folder) as watch:
            watch.next("turn", causes="start")
            desk.declare(head=OFF)
            watch.next("turn", causes="manifest", state="needs-a-person")
        assert len(desk.items()) == 2


def test_a_store_that_hangs_delays_no_other(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never says a word
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        hung = f"hung: {{url: '{url}', token: !secret spotify, timeout: 3s}}"
        desk.declare(SPOTIFY, head=OFF, stores=f"{hung}, ha: {{directory: ha}}")
        with Watch(desk.folder) as watch:
            assert watch.next("turn")["store"] == "ha"
            desk.declare(SPOTIFY, NETATMO, head=OFF, stores=f"{hung}, ha: {{directory: ha}}")
            watch.next("change", store="ha", credential="netatmo", outcome="applied")
            assert watch.next("turn", store="hung")["state"] == "failing"


def test_many_that_hang_delay_no_other(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        hung = "".join(
            f"h{number}: {{url: '{url}/{number}', token: !secret spotify, timeout: 60s}}, "
            for number in range(WatchOptions(desk.folder).concurrency + 1)
        )
        desk.declare(SPOTIFY, head=OFF, stores=f"{hung}ha: {{directory: ha}}")
        with Watch(desk.folder) as watch:
            assert watch.next("turn")["store"] == "ha"
            desk.secrets(spotify="spotify-2")
            watch.next("change", store="ha", action="replace", outcome="applied")


def test_a_secret_that_goes_changes_nothing_and_one_that_comes_back_does(desk: Desk) -> None:
    with Watch(desk.folder) as watch:
        watch.next("turn", causes="start")
        (desk.folder / "secrets.yaml").unlink()
        watch.next("secret-unreadable")
        watch.next("turn", state="needs-a-person")
        assert desk.items() == {"home.spotify": "spotify-1", "home.netatmo": "netatmo-1"}
        desk.secrets(spotify="spotify-2", netatmo="netatmo-1")
        watch.next("secrets-readable-again")
        watch.next("turn", state="in-sync")
    assert desk.items()["home.spotify"] == "spotify-2"


class TestOnceHealthy:
    def test_ends_with_0_as_soon_as_all_is_well(self, desk: Desk) -> None:
        assert appcreds("watch", "--once-healthy", cwd=desk.folder).code == 0
        assert len(desk.items()) == 2

    def test_ends_with_3_where_a_person_is_needed(self, desk: Desk) -> None:
        desk.run("sync")
        desk.declare(head=OFF)
        assert appcreds("watch", "--once-healthy", cwd=desk.folder).code == 3

    def test_stopped_before_it_was_ever_healthy_it_ends_with_1(self, desk: Desk) -> None:
        (desk.folder / "ha").rmdir()
        with Watch(desk.folder, "--once-healthy") as watch:
            watch.next("turn", state="failing")
            assert watch.stop() == 1

    def test_gives_up_with_1(self, desk: Desk) -> None:
        (desk.folder / "ha").rmdir()
        ended = appcreds("watch", "--once-healthy", "--timeout", "1s", cwd=desk.folder)
        assert ended.code == 1
        assert "not-healthy-in-time" in ended.stderr

    def test_gives_up_with_1_although_there_is_no_manifest(self, desk: Desk) -> None:
        arguments = ("--wait", "--listen", "off", "--once-healthy", "--timeout", "1s")
        ended = appcreds("watch", *arguments, "none.yaml", cwd=desk.folder)
        assert ended.code == 1
        assert "not-healthy-in-time" in ended.stderr

    def test_a_timeout_alone_is_a_mistake(self, desk: Desk) -> None:
        assert appcreds("watch", "--timeout", "1s", cwd=desk.folder).code == 64


class TestHttp:
    @pytest.fixture
    def port(self, desk: Desk) -> int:
        port = free_port()
        desk.declare(SPOTIFY, NETATMO, head=f"watch: {{listen: '127.0.0.1:{port}'}}\n")
        return port

    def test_health_readiness_and_metrics_follow(self, desk: Desk, port: int) -> None:
        with Watch(desk.folder) as watch:
            watch.next("turn", state="in-sync")
            until(lambda: get(port, "/readyz").status == 200)
            assert get(port, "/healthz").read() == b"ok\n"
            good = (desk.folder / "appcreds.yaml").read_text()
            desk.write("appcreds.yaml", good + "oops: [\n")
            watch.next("manifest-broken")
            not_ready = get(port, "/readyz")
            reasons = json.loads(not_ready.read())["reasons"]
            samples = _samples(get(port, "/metrics").read().decode())

        assert (not_ready.status, len(reasons)) == (503, 1)
        assert "appcreds.yaml:" in reasons[0]
        assert samples["appcreds_sync_manifest_valid", ()] == 0
        assert samples["appcreds_sync_turns_total", ("in-sync", "ha")] == 1
        assert samples["appcreds_sync_changes_total", ("create", "applied", "ha")] == 2
        assert samples["appcreds_sync_credentials", ("in-sync", "ha")] == 2

    def test_the_page_says_it_in_words_and_holds_no_secret(self, desk: Desk, port: int) -> None:
        with Watch(desk.folder) as watch:
            watch.next("turn", state="in-sync")
            until(lambda: get(port, "/readyz").status == 200)
            answer = get(port, "/")
            text = answer.read().decode()

        assert "1 store as the manifest says" in text
        assert "2 create applied" in text
        assert "spotify-1" not in text
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

    @pytest.mark.parametrize(
        ("request_line", "status"),
        [
            ("POST / HTTP/1.1", b"405"),
            ("GET /../etc/passwd HTTP/1.1", b"404"),
            ("GET /", b"400"),
            ("HEAD / HTTP/1.1", b"200"),
        ],
    )
    def test_other_requests(self, desk: Desk, port: int, request_line: str, status: bytes) -> None:
        with Watch(desk.folder) as watch:
            watch.next("listening")
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(f"{request_line}\r\nHost: localhost\r\n\r\n".encode())
                assert client.recv(100).split(b" ")[1] == status

    def test_a_head_without_end_is_hung_up_on(self, desk: Desk, port: int) -> None:
        with Watch(desk.folder) as watch:
            watch.next("listening")
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.settimeout(30)
                client.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000)
                assert _hung_up(client)

    def test_it_is_seen_to_wait_for_a_manifest(self, desk: Desk, port: int) -> None:
        good = (desk.folder / "appcreds.yaml").read_text()
        first = free_port()
        desk.write("appcreds.yaml", "version: 1\noops: [\n")
        with Watch(desk.folder, "--wait", "--listen", f"127.0.0.1:{first}") as watch:
            watch.next("listening")
            not_ready = get(first, "/readyz")
            reasons = json.loads(not_ready.read())["reasons"]
            assert get(first, "/healthz").status == 200
            assert "appcreds.yaml:3:" in get(first, "/").read().decode()
            desk.write("appcreds.yaml", good)
            watch.next("turn", state="in-sync")
            until(lambda: get(first, "/readyz").status == 200)
            with pytest.raises(urllib.error.URLError):
                get(port, "/healthz")
        assert not_ready.status == 503
        assert "appcreds.yaml:3:" in reasons[0]

    def test_a_vault_that_hangs_holds_up_only_what_needs_it(self, desk: Desk, port: int) -> None:
        head = f"watch: {{listen: '127.0.0.1:{port}'}}\n"
        desk.declare(SPOTIFY.replace("!secret spotify", "vault://kv/x#y"), NETATMO, head=head)
        with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never says a word
            address = f"http://127.0.0.1:{silent.getsockname()[1]}"
            env = {"VAULT_ADDR": address, "VAULT_TOKEN": "t", "VAULT_CLIENT_TIMEOUT": "600"}
            with Watch(desk.folder, env=env) as watch:
                watch.next("listening")
                assert get(port, "/readyz").status == 503
                watch.next("turn", causes="start", state="needs-a-person")
                assert desk.items() == {"home.netatmo": "netatmo-1"}
                reasons = json.loads(get(port, "/readyz").read())["reasons"]
                assert any("Vault has not answered yet" in reason for reason in reasons)

                desk.secrets(spotify="spotify-1", netatmo="netatmo-2")
                watch.next("change", credential="netatmo", outcome="applied")
                assert watch.stop() == 0

    def test_it_moves_with_the_manifest_and_counts_on(self, desk: Desk, port: int) -> None:
        second = free_port()
        good = (desk.folder / "appcreds.yaml").read_text()
        with Watch(desk.folder) as watch:
            watch.next("turn", state="in-sync")
            desk.write("appcreds.yaml", good.replace(str(port), str(second)))
            watch.next("turn", causes="manifest")
            until(lambda: get(second, "/readyz").status == 200)
            samples = _samples(get(second, "/metrics").read().decode())
            with pytest.raises(urllib.error.URLError):
                get(port, "/healthz")
        assert samples["appcreds_sync_turns_total", ("in-sync", "ha")] == 2

    def test_it_stays_where_it_is_if_it_cannot_move(self, desk: Desk, port: int) -> None:
        good = (desk.folder / "appcreds.yaml").read_text()
        with Watch(desk.folder) as watch, socket.create_server(("127.0.0.1", 0)) as taken:
            watch.next("turn", state="in-sync")
            second = str(taken.getsockname()[1])
            desk.write("appcreds.yaml", good.replace(str(port), second))
            assert f"can't listen at 127.0.0.1:{second}" in watch.next("cannot-listen")["problem"]
            watch.next("turn", causes="manifest")
            assert get(port, "/healthz").status == 200

    @pytest.mark.parametrize("where", ["8099", "[::1", "localhost:70000", "x:0"])
    def test_a_place_that_is_none_is_a_mistake(self, desk: Desk, where: str) -> None:
        assert appcreds("watch", "--listen", where, cwd=desk.folder).code == 64

    def test_a_port_that_is_taken_ends_it_with_1(self, desk: Desk, port: int) -> None:
        with socket.create_server(("127.0.0.1", port)):
            ended = appcreds("watch", cwd=desk.folder)
        assert ended.code == 1
        assert "watch.listen" in ended.stderr


def _hung_up(client: socket.socket) -> bool:
    try:
        return client.recv(100) == b""
    except ConnectionResetError:
        return True


def _samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
