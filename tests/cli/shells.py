"""Interactive shells at a pseudo-terminal, with our completion, as a person has set it up."""

from __future__ import annotations

import os
import pty
import select
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

import pytest

from tests.cli.command import PROGRAM

SHELLS: Final = ("bash", "zsh", "fish")
_PATIENCE: Final = 30.0
"""Seconds without a word from the shell, after which the test fails."""
# A session leader that opens a terminal makes it its own, which fish insists on.
_AT_TERMINAL: Final = 'exec "$@" <"$0"'
_READY: Final = "at-your-service>"
_TAB, _ALL, _REPORT = b"\t", b"\x0f", b"\x14"
"""Tab; Ctrl-O inserts every match; Ctrl-T tells what stands on the line."""

# What a test needs of each shell, above the line that our help tells a person to add.
_BASH: Final = f"""\
PS1='{_READY}'
bind '"\\C-o": insert-completions'
bind -x '"\\C-t": printf %s "$READLINE_LINE" >~/report.new; mv ~/report.new ~/report'
eval "$(appcreds-sync completion bash)"
"""
_ZSH: Final = f"""\
PS1='{_READY}'
autoload -Uz compinit && compinit -u -D
zle -C every-match complete-word _generic
zstyle ':completion:every-match:*' completer _all_matches _complete
zstyle ':completion:every-match:*' insert yes
bindkey '^O' every-match
report() {{ print -rn -- "$BUFFER" >~/report.new; mv ~/report.new ~/report }}
zle -N report
bindkey '^T' report
eval "$(appcreds-sync completion zsh)"
"""
_FISH: Final = f"""\
function fish_prompt; echo -n '{_READY}'; end
function fish_greeting; end
function every-match
    set -l words (complete -C (commandline -cp) | string replace -r '\\t.*' '')
    commandline -t -- (string join ' ' -- (string escape -- $words))
end
bind \\co every-match
bind \\ct 'commandline >~/report.new; mv ~/report.new ~/report'
appcreds-sync completion fish | source
"""


def offered(shell: str, line: str, folder: Path) -> list[str]:
    """Return what `shell` offers in `folder` for the last word of `line`, sorted.

    Skips the test where the machine has no such shell.
    """
    before = shlex.split(line) if line.endswith(" ") else shlex.split(line)[:-1]
    after = _line_after(_ALL, shell, line, folder)
    # Where nothing matches, the line stays as it was typed.
    return [] if after == line else sorted(shlex.split(after)[len(before) :])


def completed(shell: str, line: str, folder: Path) -> str:
    """Return `line` as `shell` has it after Tab."""
    return _line_after(_TAB, shell, line, folder)


def _line_after(key: bytes, shell: str, line: str, folder: Path) -> str:
    home = Path(os.environ["HOME"])  # each test has one of its own
    report = home / "report"
    command = _command(shell, home)
    screen, terminal = pty.openpty()
    child = subprocess.Popen(  # noqa: S603 -- a shell of the machine
        ["/bin/sh", "-c", _AT_TERMINAL, os.ttyname(terminal), *command],
        cwd=folder,
        env={
            "HOME": str(home),
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
            "TERM": "xterm",
            "LANG": "C.UTF-8",
        },
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        seen = ""
        while _READY not in seen:
            seen += _read(screen, seen)
        os.write(screen, line.encode() + key + _REPORT)
        deadline = time.monotonic() + _PATIENCE
        while not report.exists():
            assert time.monotonic() < deadline, f"no report after: {seen}"
            if select.select([screen], [], [], 0.02)[0]:
                seen += os.read(screen, 4096).decode(errors="replace")
        return report.read_text("utf-8").rstrip("\n")
    finally:
        child.kill()
        child.wait()
        os.close(screen)
        report.unlink(missing_ok=True)


def _command(shell: str, home: Path) -> list[str]:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    file, text, options = {
        "bash": (".bashrc", _BASH, ("--noprofile", "--rcfile", f"{home}/.bashrc", "-i")),
        "zsh": (".zshrc", _ZSH, ("-d", "-i")),
        "fish": (".config/fish/config.fish", _FISH, ("-i",)),
    }[shell]
    (home / file).parent.mkdir(parents=True, exist_ok=True)
    (home / file).write_text(text, "utf-8")
    return [program, *options]


def _read(screen: int, seen: str) -> str:
    ready, _, _ = select.select([screen], [], [], _PATIENCE)
    assert ready, f"no word for {_PATIENCE} s after: {seen}"
    return os.read(screen, 4096).decode(errors="replace")
