"""Follows Home Assistant's flow from its start to the linked account."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never
from urllib.parse import parse_qs, urlsplit

import click

from appcreds_sync.cli.forms import answer_form
from appcreds_sync.cli.interrupting import all_like_ctrl_c, held_back
from appcreds_sync.cli.link_endings import ended
from appcreds_sync.cli.link_target import find_target
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.model.errors import CommandRefused, Problem, StoreError, StoreUnavailable
from appcreds_sync.model.linking import Aborted, Created, External, Form, Gone, Working
from appcreds_sync.stores.home_assistant.flows import Flows
from appcreds_sync.stores.home_assistant.http_session import make_session

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.cli.link_target import Target
    from appcreds_sync.model.linking import Step

_POLL_SECONDS = 1.0
_LOST_SECONDS = 60.0
"""For how long Home Assistant may not answer while a person is at the provider."""
_PICK = "pick_implementation"


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """What a person said."""

    store: str | None
    integration: str | None
    browser: bool
    url: str | None
    timeout: int
    """Seconds."""


def link(argument: Path | None, name: str, options: LinkOptions) -> int:
    """Link an account; return the exit code.

    Raise AppcredsError where that fails; the flow is then ended in Home Assistant.
    """
    target = find_target(argument, name, options)
    spec = target.spec
    with make_session(spec, target.token) as session, all_like_ctrl_c():
        flow = _Flow(Flows(session, spec.url, target.opened_at, target.where), target, options)
        try:
            created = flow.follow(flow.start())
        except BaseException as error:
            flow.abandon()
            if isinstance(error, KeyboardInterrupt | click.Abort):
                click.echo("nothing is linked", err=True)
            raise
    return target.confirm(created or target.newest_account())


class _Flow:
    """One flow under way."""

    def __init__(self, flows: Flows, target: Target, options: LinkOptions) -> None:
        self._flows = flows
        self._target = target
        self._options = options
        self._flow_id: str | None = None
        self._told: object = None
        """What the person was told last, as each look at the flow brings it anew."""
        self._until = time.monotonic() + options.timeout

    def start(self) -> Step:
        """Begin. An interrupt waits for the answer: without it, the flow could not be ended."""
        with held_back():
            step = self._flows.start(self._target.identity.integration)
            if isinstance(step, Form | External | Working):
                self._flow_id = step.flow_id
        return step

    def follow(self, step: Step) -> Created | None:
        """Go from step to step; return the account, None where somebody else saw its creation."""
        while True:
            match step:
                case Created():
                    return step
                case Gone():
                    return None
                case Aborted():
                    self._flow_id = None
                    raise ended(step, self._target.identity.integration, self._target.where)
                case Form():
                    self._told = None
                    step = self._flows.answer(step, self._answers(step))
                case External():
                    self._send_to_provider(step)
                    step = self._wait(step.flow_id)
                case Working():
                    self._tell(step)
                    step = self._wait(step.flow_id)
                case never:
                    assert_never(never)

    def abandon(self) -> None:
        """Leave no half-done flow behind in Home Assistant; say so where one stays."""
        if self._flow_id is None:
            return
        try:
            self._flows.abandon(self._flow_id)
        except StoreError as error:
            click.echo("warning: the flow stays until Home Assistant restarts", err=True)
            click.echo(on_terminal(str(error.problem)), err=True)

    def _answers(self, form: Form) -> dict[str, object]:
        if form.step_id != _PICK:
            return answer_form(form, self._target)
        offered = next((field for field in form.fields if field.options), None)
        labels = offered.options.values() if offered else ("nothing",)
        names = ", ".join(sorted(labels, key=str.casefold))
        ours = self._target.identity.auth_domain
        if offered is None or ours not in offered.options or form.errors:
            what = f"Home Assistant does not offer {ours}, but {names}"
            hint = "run appcreds-sync sync, then link again"
            raise CommandRefused(Problem("link-not-offered", what, hint, self._target.where))
        click.echo(f"Home Assistant offers {on_terminal(names)}; taken: {ours}")
        return {offered.name: ours}

    def _send_to_provider(self, step: External) -> None:
        if isinstance(self._told, External):
            return
        self._begin_to_wait(step)
        query = parse_qs(urlsplit(step.url).query)
        clients = query.get("client_id", [self._target.client_id])
        if self._target.client_id not in clients:
            # Where only one is left, Home Assistant does not ask which.
            what = f"Home Assistant would link by the client {', '.join(clients)}"
            hint = f"{self._target.identity} has just gone: run appcreds-sync sync, then link again"
            raise CommandRefused(Problem("link-not-offered", what, hint, self._target.where))
        for redirect in query.get("redirect_uri", []):
            click.echo(f"redirect URI, which the provider must know: {on_terminal(redirect)}")
        click.echo("open this address, and sign in:")
        click.echo(on_terminal(step.url))
        if self._options.browser and not _open(step.url):
            click.echo("no browser can be opened here: copy the address", err=True)

    def _tell(self, step: Working) -> None:
        """Say what the page would: a device's code is typed at the provider meanwhile."""
        if step.told and step.told != self._told:
            self._begin_to_wait(step.told)
            click.echo("Home Assistant waits for you to go on with:")
            for name, text in step.told.items():
                click.echo(f"  {on_terminal(name)}  {on_terminal(text)}")

    def _begin_to_wait(self, told: object) -> None:
        self._told = told
        self._until = time.monotonic() + self._options.timeout

    def _wait(self, flow_id: str) -> Step:
        lost_since: float | None = None
        while time.monotonic() < self._until:
            time.sleep(_POLL_SECONDS)
            try:
                return self._flows.look(flow_id)
            except StoreUnavailable as error:
                if lost_since is None:
                    lost_since = time.monotonic()
                    click.echo(f"{on_terminal(error.problem.what)}: waiting for it", err=True)
                if time.monotonic() - lost_since > _LOST_SECONDS:
                    raise
        what = f"nobody came back from the provider within {self._options.timeout} s"
        hint = "link again, and sign in meanwhile; or raise --timeout"
        raise StoreUnavailable(Problem("link-timeout", what, hint, self._target.where))


def _open(url: str) -> bool:
    import webbrowser  # only with --browser

    return webbrowser.open(url)
