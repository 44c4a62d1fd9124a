"""Answers that come in drops."""

from __future__ import annotations

import io
import socket
import threading
from typing import TYPE_CHECKING, Self

import pytest
import requests

from appcreds_sync.net.adapter import Adapter
from appcreds_sync.net.deadline import TimedReader

if TYPE_CHECKING:
    from collections.abc import Iterator


class Clock:
    """One that goes on by a second at each look."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_reads_that_are_each_in_time_are_not_so_together(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    reader = TimedReader(ours, 10, Clock())
    theirs.sendall(b"x" * 20)

    with reader:
        assert b"".join(reader.read(1) or b"" for _ in range(9)) == b"x" * 9
        with pytest.raises(TimeoutError):
            reader.read(1)


def test_what_comes_in_time_is_read_to_its_end(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    with io.BufferedReader(TimedReader(ours, 60)) as reader:
        theirs.sendall(b"one\ntwo")
        theirs.shutdown(socket.SHUT_WR)
        assert (reader.readline(), reader.read()) == (b"one\n", b"two")


class Server:
    """Answers each request on a connection with the next of its answers."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = answers
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.done = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection:
            for answer in self._answers:
                connection.recv(65_536)
                connection.sendall(answer)
            self.done.wait(30)


def test_the_next_answer_on_a_connection_has_its_own_time() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with Server(answer, answer) as server, requests.Session() as session:
        session.mount("http://", Adapter())
        for _ in range(2):
            assert session.get(server.url, timeout=30).text == "ok"


def test_an_answer_without_length_is_read_until_the_connection_closes() -> None:
    with Server(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok") as server:
        server.done.set()
        with requests.Session() as session:
            session.mount("http://", Adapter())
            assert session.get(server.url, timeout=30).text == "ok"


def test_an_answer_that_stays_away_is_a_timeout() -> None:
    with Server(b"HTTP/1.1 200 OK\r\nX: ") as server, requests.Session() as session:
        session.mount("http://", Adapter())
        with pytest.raises(requests.Timeout):
            session.get(server.url, timeout=(30, 0.1))
