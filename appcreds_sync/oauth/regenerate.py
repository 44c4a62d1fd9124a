"""Maintainers' command: how the shipped catalogue differs from an installed Home Assistant.

    python -m appcreds_sync.oauth.regenerate --home-assistant PYTHON [--write]

PYTHON is the one that Home Assistant runs with. An integration whose own packages are not
installed there is named and left as it is; `pip install` them for a full reading.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHIPPED: Final = Path(__file__).with_name("integrations.json")
_READER: Final = Path(__file__).with_name("installed.py")
_LONGEST_READING: Final = 600
"""Seconds."""
_NEW_ROW: Final = {
    "dynamic": False,
    "notes": "",
    "built_in_credential": False,
    "secret_required": True,
}
"""What only a person can tell of an integration that is new."""
_LEFT_OUT_WHERE: Final[Mapping[str, object]] = {"basic_form_encoded": False, "token_parameters": {}}
"""Fields that a row has only where they say something."""


def read_installed(python: Path) -> dict[str, Any]:
    """Return what the Home Assistant of `python` says: `{home_assistant, read, not_read}`.

    Takes half a minute. Raise CalledProcessError where there is no Home Assistant.
    """
    ended = subprocess.run(  # noqa: S603  # the Python that the maintainer named
        [python, _READER],
        check=True,
        capture_output=True,
        text=True,
        timeout=_LONGEST_READING,
    )
    reading: dict[str, Any] = json.loads(ended.stdout)
    return reading


def differences(shipped: Mapping[str, Any], installed: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each difference: `+` new, `-` gone, `~` changed, `?` could not be read."""
    rows = {row["domain"]: row for row in shipped["integrations"]}
    read, not_read = installed["read"], installed["not_read"]
    for domain in sorted(rows.keys() | read.keys() | not_read.keys()):
        if domain in not_read:
            yield f"? {domain}: {not_read[domain]}"
        elif domain not in read:
            yield f"- {domain}"
        elif domain not in rows:
            yield f"+ {domain}: {json.dumps(read[domain], sort_keys=True)}"
        else:
            for field, here in read[domain].items():
                there = rows[domain].get(field, _LEFT_OUT_WHERE.get(field))
                if there != here:
                    yield f"~ {domain}.{field}: {json.dumps(there)} -> {json.dumps(here)}"


def merged(shipped: Mapping[str, Any], installed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the catalogue with what was read put in; nothing is taken out.

    Rows that are gone stay, for those who run an older Home Assistant.
    """
    rows = {row["domain"]: dict(row) for row in shipped["integrations"]}
    for domain, facts in installed["read"].items():
        row = rows.setdefault(domain, {"domain": domain, **facts, **_NEW_ROW})
        row.update(facts)
        for field, default in _LEFT_OUT_WHERE.items():
            if row.get(field) == default:
                del row[field]
    version = installed["home_assistant"]
    return {
        **shipped,
        "home_assistant": version,
        "integrations": [rows[domain] for domain in sorted(rows)],
    }


@click.command()
@click.option(
    "--home-assistant",
    "python",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    metavar="PYTHON",
    help="The Python that Home Assistant is installed in.",
)
@click.option("--write", is_flag=True, help="Put what was read into the shipped file.")
def main(python: Path, *, write: bool) -> None:
    """Show how the shipped catalogue differs from an installed Home Assistant."""
    shipped = json.loads(SHIPPED.read_text("utf-8"))
    try:
        installed = read_installed(python)
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or ["no word"]
        message = f"{python} could not read its Home Assistant: {lines[-1]}"
        raise click.ClickException(message) from error
    click.echo(
        f"shipped: Home Assistant {shipped['home_assistant']}; "
        f"installed: {installed['home_assistant']}, {len(installed['read'])} integrations read"
    )
    for line in differences(shipped, installed):
        click.echo(line)
    if write:
        text = json.dumps(merged(shipped, installed), indent=1, ensure_ascii=False)
        SHIPPED.write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
