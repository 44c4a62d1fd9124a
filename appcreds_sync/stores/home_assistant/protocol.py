"""Home Assistant's WebSocket frames as a state machine without a socket.

The facts are those of Home Assistant 2024.3.3, 2025.4.4 and 2026.11 (`websocket_api`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from appcreds_sync.model.secret import Secret


_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,40}")
"""It is shown in many places; what looks otherwise is no Home Assistant's."""


class ProtocolViolation(Exception):
    """The other side does not speak Home Assistant's protocol. Its message never quotes a frame."""


class AuthInvalid(Exception):
    """Home Assistant does not accept the token."""


@dataclass(frozen=True, slots=True)
class Result:
    """A command's success."""

    number: int
    value: object = field(repr=False)
    """What `json.loads` makes of it; None where the command returns nothing."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A command's refusal."""

    number: int
    code: str
    message: str = field(repr=False)
    """As said: it may echo what was sent, secrets included."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a subscription brought."""

    number: int
    """Of the command that subscribed."""
    value: object = field(repr=False)


Answer = Result | Failure


def read_greeting(frame: str | bytes) -> str:
    """Return the version of the Home Assistant whose first frame this is."""
    match _parse(frame):
        case {"type": "auth_required", "ha_version": str(version)} if _VERSION.fullmatch(version):
            return version
        case _:
            raise ProtocolViolation("its first frame is not Home Assistant's greeting")


def auth_frame(token: Secret) -> str:
    """Return the frame that answers the greeting."""
    return json.dumps({"type": "auth", "access_token": token.reveal()})


def read_welcome(frame: str | bytes) -> None:
    """Return if `frame` accepts the token. Raise AuthInvalid if it does not."""
    match _parse(frame):
        case {"type": "auth_ok"}:
            return
        case {"type": "auth_invalid"}:
            raise AuthInvalid
        case _:
            raise ProtocolViolation("its answer to the login is neither yes nor no")


class Conversation:
    """What follows the welcome: commands with rising ids, their answers in any order.

    `ignored` counts frames that answer nothing we still wait for. Home Assistant sends such: a
    delete of an unknown id is answered by `not_found` and then, under the same id, by success.
    """

    __slots__ = ("_last", "_open", "ignored")

    def __init__(self) -> None:
        self._last = 0
        self._open: set[int] = set()
        self.ignored = 0

    def command(self, kind: str, fields: Mapping[str, object]) -> tuple[int, str]:
        """Return the next id and the frame; frames must be sent in the order of their ids."""
        self._last += 1
        self._open.add(self._last)
        return self._last, json.dumps({"id": self._last, "type": kind, **fields})

    def receive(self, frame: str | bytes) -> Iterator[Answer | Event]:
        """Yield what a frame brings: one message, or several where Home Assistant joined them.

        The first answer to an id counts. Raise ProtocolViolation where the frame makes no sense,
        after what stood before it in the frame.
        """
        content = _parse(frame)
        for message in content if isinstance(content, list) else (content,):
            understood = self._understand(message)
            if understood is None:
                self.ignored += 1
            else:
                yield understood

    def _understand(self, message: object) -> Answer | Event | None:
        match message:
            case {"id": int(number), "type": "result", "success": bool(success), **rest} if (
                self._answers(number)
            ):
                return (
                    Result(number, rest.get("result"))
                    if success
                    else _failure(number, rest.get("error"))
                )
            case {"id": int(number), "type": "event", **rest} if self._was_sent(number):
                return Event(number, rest.get("event"))
            case {"id": int(number), "type": str()} if self._was_sent(number):
                return None
            case {"id": int()}:
                raise ProtocolViolation("an answer to a command that was never sent")
            case _:
                raise ProtocolViolation("a frame that is neither an answer nor an event")

    def _was_sent(self, number: int) -> bool:
        return 1 <= number <= self._last

    def _answers(self, number: int) -> bool:
        if number in self._open:
            self._open.remove(number)
            return True
        return False


def _failure(number: int, error: object) -> Failure:
    match error:
        case {"code": str() | int() as code, "message": str(message)}:
            return Failure(number, str(code), message)
        case _:
            return Failure(number, "unknown_error", "")


def _parse(frame: str | bytes) -> object:
    if isinstance(frame, bytes):
        raise ProtocolViolation("a binary frame, where Home Assistant sends text")
    try:
        content: object = json.loads(frame)
        if "\\u" in frame:
            # Half a surrogate pair parses, and then breaks whatever compares or prints it.
            json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        # Not chained: the exception's `doc` is the whole frame, secrets included.
        raise ProtocolViolation("a frame that is not JSON") from None
    return content
