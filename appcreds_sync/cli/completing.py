"""What shells complete: names from the manifest and from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

    from appcreds_sync.model.manifest import Manifest


def complete_integration(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the integrations that begin like `incomplete`."""
    del parameter
    from appcreds_sync.oauth.catalogue import load_catalogue  # not for --help

    declared = _manifest(context)
    custom = (
        ()
        if declared is None
        else (name for spec in declared.credentials.values() for name in spec.integrations)
    )
    return _beginning({*load_catalogue(), *custom}, incomplete)


def complete_credential(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the credentials that begin like `incomplete`."""
    del parameter
    declared = _manifest(context)
    return [] if declared is None else _beginning(declared.credentials, incomplete)


def complete_store(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the stores and labels that begin like `incomplete`."""
    del parameter
    declared = _manifest(context)
    if declared is None:
        return []
    names = {name for spec in declared.stores.values() for name in (spec.name, *spec.labels)}
    return _beginning(names, incomplete)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def _manifest(context: click.Context) -> Manifest | None:
    """Return the manifest that the command line means; None where there is none to use."""
    import os  # as below: not for --help
    from pathlib import Path

    from appcreds_sync import manifest as manifests
    from appcreds_sync.model.errors import AppcredsError
    from appcreds_sync.oauth.catalogue import load_catalogue

    named = context.params.get("manifest")
    try:
        path = manifests.find(None if named is None else _meant(named), os.environ, Path.cwd())
        return manifests.load(path, catalogue=load_catalogue()).manifest
    except AppcredsError:
        return None  # a shell that is completing has no place for an error


def _meant(typed: object) -> str:
    """Return the path with `~` and `$HOME` expanded, as the shell does when the line is run."""
    import os  # as above

    home = os.path.expanduser(str(typed))  # noqa: PTH111  # pathlib's raises where nobody has it
    return os.path.expandvars(home)
