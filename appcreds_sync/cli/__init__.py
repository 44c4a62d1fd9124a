"""The command line: a module per command; `render/` turns plans and reports into text.

What may not live here: a decision about a store. A command gathers flags, calls, and prints.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line and exit with its code; the entry point of the installed script."""
    from appcreds_sync.cli.app import run_command_line  # `import` must stay free

    run_command_line()
