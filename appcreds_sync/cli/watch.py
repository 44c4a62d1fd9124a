"""`appcreds-sync watch`."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path

import click

from appcreds_sync.cli.shared import manifest_argument, stopped_option
from appcreds_sync.model.listening import Listen, parse_listen

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


class _Duration(click.ParamType[float]):
    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return seconds, of a whole number and a unit as the manifest has them."""
        text = str(value)
        if not text[:-1].isdecimal() or text[-1] not in _UNITS:
            self.fail("is a whole number and a unit (s, m or h), as in 5m", param, ctx)
        return int(text[:-1]) * _UNITS[text[-1]]


class _Listen(click.ParamType[Listen]):
    name = "listen"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Listen:
        """Return where to serve, of what the manifest's `watch.listen` may be, too."""
        try:
            return parse_listen(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command(
    epilog="Example: appcreds-sync watch /etc/appcreds",
    short_help="Keep every store as the manifest says, until stopped.",
)
@manifest_argument
@click.option("--wait", is_flag=True, help="Wait for a manifest that is missing or broken.")
@click.option(
    "--once-healthy",
    is_flag=True,
    help="End, as sync would, once all can be read and no store's last turn has failed.",
)
@click.option(
    "--timeout",
    type=_Duration(),
    metavar="DURATION",
    help="Give --once-healthy up after this long, as in 5m, with exit code 1.",
)
@click.option(
    "--poll-files", is_flag=True, help="Compare files every second, where no events come."
)
@click.option(
    "--listen",
    type=_Listen(),
    metavar="HOST:PORT",
    help="Serve the status page here (off: nowhere), whatever the manifest says.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write log lines on stderr.",
)
@stopped_option
@click.pass_context
def command(  # noqa: PLR0913  # one parameter a flag
    context: click.Context,
    manifest: Path | None,
    timeout: float | None,
    listen: Listen | None,
    log_format: str,
    *,
    wait: bool,
    once_healthy: bool,
    poll_files: bool,
    home_assistant_is_stopped: bool,
) -> int:
    """Follow the manifest, its secrets and every store, and keep them alike.

    MANIFEST defaults to $APPCREDS_MANIFEST, then ./appcreds.yaml, then ./appcreds/. SIGHUP reads
    everything again; SIGTERM finishes the change in hand. Exit code 0 when stopped.
    """
    if timeout is not None and not once_healthy:
        raise click.UsageError("--timeout needs --once-healthy")
    _heed_signals(code=1 if once_healthy else 0)

    from appcreds_sync.cli.logs import set_up_watch_logging  # not for --help

    set_up_watch_logging(_level(context), log_format)
    try:
        from appcreds_sync.cli.watching import watch
        from appcreds_sync.watch.options import WatchOptions

        return watch(
            WatchOptions(
                manifest=_path(manifest, wait=wait),
                wait=wait,
                once_healthy=once_healthy,
                timeout=timeout,
                listen=listen,
                poll_files=poll_files,
                home_assistant_is_stopped=home_assistant_is_stopped,
            )
        )
    except Exception as error:
        if log_format != "json":
            raise
        return _logged(error)


def _heed_signals(code: int) -> None:
    """Until the daemon takes them over: SIGTERM and SIGINT end with `code`, SIGHUP does nothing."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(code))
    # All is about to be read anyway; the kernel's own way would be to end without a word.
    signal.signal(signal.SIGHUP, lambda *_: None)


def _path(manifest: Path | None, *, wait: bool) -> Path:
    """Return the manifest's absolute path, not resolved: a symlink on the way may be swapped."""
    from appcreds_sync import manifest as manifests  # not for --help
    from appcreds_sync.model.errors import ManifestError

    named = None if manifest is None else str(manifest)
    try:
        return manifests.find(named, os.environ, Path.cwd())
    except ManifestError:
        if not wait:
            raise
        return manifests.awaited(named, os.environ, Path.cwd())


def _logged(error: Exception) -> int:
    """Log what ended the daemon, as whoever collects JSON takes nothing else; return the code."""
    from appcreds_sync.model.errors import AppcredsError  # not for --help
    from appcreds_sync.watch.events import log
    from appcreds_sync.watch.mistakes import mistake_of_ours

    if not isinstance(error, AppcredsError):
        mistake_of_ours(error)
        return 1
    for problem in error.problems:
        log("error", level=logging.ERROR, problem=str(problem))
    return error.exit_code


def _level(context: click.Context) -> str:
    """Return the level that was asked for; a daemon's default is `info`."""
    root = context.find_root()
    source = root.get_parameter_source("log_level")
    if source is click.core.ParameterSource.DEFAULT:
        return "info"
    return str(root.params["log_level"])
