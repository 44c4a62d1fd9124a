"""Follows Home Assistant's flow from its start to the linked account."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never
from urllib.parse import parse_qs, urlsplit

import click

from appcreds_sync.cli.forms import answer_form
from appcreds_sync.cli.link_target import find_target
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.model.errors import CommandRefused, Problem, StoreUnavailable
from appcreds_sync.model.linking import Aborted, Created, External, Form, Gone, Working
from appcreds_sync.stores.home_assistant.flows import Flows
from appcreds_sync.stores.home_assistant.http_session import make_session

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.cli.link_target import Target
    from appcreds_sync.model.linking import Step

_POLL_SECONDS = 1.0
_PICK = "pick_implementation"
_REASONS = {
    "already_configured": "this account is linked already",
    "access_denied": "the sign-in was cancelled at the provider",
    "oauth_error": "the provider did not give a token: is the secret right? try appcreds-sync "
    "verify",
    "oauth_unauthorized": "the provider refused the client: is the secret right? try "
    "appcreds-sync verify",
    "oauth_failed": "the provider refused to give a token: try appcreds-sync verify",
    "oauth_timeout": "the provider did not answer in time",
    "user_rejected_authorize": "the sign-in was cancelled at the provider",
    "missing_credentials": "Home Assistant finds no credential: run appcreds-sync sync",
    "missing_configuration": "Home Assistant finds no credential: run appcreds-sync sync",
    "no_url_available": "Home Assistant does not know its own address: give --url",
}
"""What to make of the reasons that most integrations share (homeassistant/strings.json)."""


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
    with make_session(spec, target.token) as session:
        flows = Flows(session, spec.url, target.opened_at, target.where)
        flow = _Flow(flows, target, options)
        try:
            created = flow.follow(flows.start(target.identity.integration))
        except BaseException:
            flow.abandon()
            raise
    if created is None:
        created = target.newest_account()
    return target.confirm(created)


class _Flow:
    """One flow under way."""

    def __init__(self, flows: Flows, target: Target, options: LinkOptions) -> None:
        self._flows = flows
        self._target = target
        self._options = options
        self._flow_id: str | None = None
        self._shown = False
        self._until = time.monotonic() + options.timeout

    def follow(self, step: Step) -> Created | None:
        """Go from step to step; return the account, None where somebody else saw its creation."""
        while True:
            match step:
                case Created():
                    return step
                case Gone() if self._shown:
                    return None
                case Aborted(reason):
                    self._flow_id = None
                    raise self._ended(reason)
                case Gone():
                    raise self._ended("deleted")
                case Form():
                    self._flow_id = step.flow_id
                    step = self._flows.answer(step.flow_id, self._answers(step))
                case External():
                    self._flow_id = step.flow_id
                    self._show(step)
                    step = self._wait(step.flow_id)
                case Working(flow_id):
                    self._flow_id = flow_id
                    step = self._wait(flow_id)
                case never:
                    assert_never(never)

    def abandon(self) -> None:
        """Leave no half-done flow behind in Home Assistant."""
        if self._flow_id is not None:
            self._flows.abandon(self._flow_id)

    def _answers(self, form: Form) -> dict[str, object]:
        if form.step_id != _PICK:
            return answer_form(form, self._target)
        offered = next((field for field in form.fields if field.options), None)
        ours = self._target.identity.auth_domain
        if offered is None or ours not in offered.options:
            names = ", ".join(offered.options.values()) if offered else "nothing"
            what = f"Home Assistant does not offer {ours}, but {names}"
            hint = "run appcreds-sync sync, then link again"
            raise CommandRefused(Problem("link-not-offered", what, hint, self._target.where))
        return {offered.name: ours}

    def _show(self, step: External) -> None:
        if self._shown:
            return
        self._shown = True
        redirect = parse_qs(urlsplit(step.url).query).get("redirect_uri", [""])[0]
        if redirect:
            click.echo(f"redirect URI, which the provider must know: {on_terminal(redirect)}")
        click.echo("open this address, and sign in:")
        click.echo(on_terminal(step.url))
        if self._options.browser and not _open(step.url):
            click.echo("no browser can be opened here: copy the address", err=True)

    def _wait(self, flow_id: str) -> Step:
        if time.monotonic() > self._until:
            what = f"nobody came back from the provider within {self._options.timeout} s"
            hint = "link again, and sign in meanwhile; or raise --timeout"
            raise StoreUnavailable(Problem("link-timeout", what, hint, self._target.where))
        time.sleep(_POLL_SECONDS)
        return self._flows.look(flow_id)

    def _ended(self, reason: str) -> CommandRefused:
        integration = self._target.identity.integration
        what = f"Home Assistant ended the flow for {integration}: {on_terminal(reason)}"
        hint = _REASONS.get(reason, "look into Home Assistant's log")
        return CommandRefused(Problem("link-ended", what, hint, self._target.where))


def _open(url: str) -> bool:
    import webbrowser  # only with --browser

    return webbrowser.open(url)
