"""How each shell asks for completions: click's way, less what goes wrong with click's own scripts.

Those (8.5) hand over bash's words, which bash breaks at `=` and `:`, so that `--manifest=x.yaml` is
lost; in zsh and fish, `--store=h` is replaced by `house`, or not completed at all.
"""

from __future__ import annotations

import os

from click import shell_completion

# `APPCREDS_SYNC_LINE` is the command as typed, up to the cursor.
_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' completion type value
    COMPREPLY=()
    for completion in $(APPCREDS_SYNC_LINE="${COMP_LINE:0:COMP_POINT}" \
%(complete_var)s=bash_complete "$1" 2>/dev/null); do
        IFS=, read -r type value <<< "$completion"
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            *) COMPREPLY+=("$value") ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_ZSH = """\
#compdef %(prog_name)s
%(complete_func)s() {
    (( $+commands[%(prog_name)s] )) || return 1
    local -a answer plain described
    local type value help
    answer=("${(@f)$(APPCREDS_SYNC_LINE="${(j: :)words[1,CURRENT]}" \
%(complete_var)s=zsh_complete %(prog_name)s 2>/dev/null)}")
    [[ $words[CURRENT] == --*=* ]] && compset -P 1 '*='
    for type value help in $answer; do
        case $type in
            dir) _files -/ ;;
            file) _files ;;
            *) [[ $help == _ ]] && plain+=("$value") || described+=("$value:$help") ;;
        esac
    done
    (( $#described )) && _describe -V %(prog_name)s described
    (( $#plain )) && compadd -V %(prog_name)s -a plain
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""
_FISH = """\
function %(complete_func)s
    set -l option (string match -r -- '^--[^=]*=' (commandline -ct))
    set -lx APPCREDS_SYNC_LINE (commandline -cp | string join ' ')
    set -lx %(complete_var)s fish_complete
    for answer in (%(prog_name)s 2>/dev/null)
        set -l parts (string split -m 1 , -- $answer)
        set -l values $parts[2]
        switch $parts[1]
            case dir
                set values (__fish_complete_directories "$parts[2]")
            case file
                set values (__fish_complete_path "$parts[2]")
        end
        for value in $values
            printf '%%s\\n' "$option$value"
        end
    end
end
complete --no-files --command %(prog_name)s --arguments '(%(complete_func)s)'
"""


class _FromLine(shell_completion.ShellComplete):
    """Takes the words from the line, as far as it has been typed."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the whole words after the program's name, and the one that has been begun."""
        line = os.environ.get("APPCREDS_SYNC_LINE", "")
        words = shell_completion.split_arg_string(line)
        # One more letter makes a word of its own only where none has been begun.
        if len(shell_completion.split_arg_string(f"{line}x")) > len(words):
            return words[1:], ""
        return words[1:-1], words[-1] if words else ""


class _Bash(_FromLine, shell_completion.BashComplete):
    source_template = _BASH


class _Zsh(_FromLine, shell_completion.ZshComplete):
    source_template = _ZSH


class _Fish(_FromLine, shell_completion.FishComplete):
    source_template = _FISH


def register() -> None:
    """Have click answer shells, and print scripts for them, as is done here."""
    for shell in (_Bash, _Zsh, _Fish):
        shell_completion.add_completion_class(shell)
