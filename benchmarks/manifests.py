"""Writes manifests of any size, with the secrets that they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

INTEGRATION = "spotify"
_SECRETS = "secrets.yaml"


def names(count: int) -> Iterator[str]:
    """Yield the names of `count` credentials."""
    return (f"account-{number:05}" for number in range(count))


def secret_of(name: str) -> str:
    """Return the secret of a credential, as long as Spotify's are."""
    return f"{name:0<32}"


def live(url: str) -> str:
    """Return the declaration of a live store."""
    return f"house: {{url: '{url}', token: env://TOKEN}}"


def offline(folder: Path, count: int) -> Iterator[str]:
    """Make `count` directories below `folder` that no Home Assistant has used; declare them."""
    for number in range(count):
        name = f"cabin-{number:03}"
        (folder / name / ".storage").mkdir(parents=True)
        yield f"{name}: {{directory: {folder / name}}}"


def write(folder: Path, stores: Iterable[str], count: int, *, vault: str = "") -> Path:
    """Write a manifest of `count` credentials below `folder`, and return its path.

    The secrets are in a `secrets.yaml` beside it; with `vault`, each at `<vault>/<name>#value`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["version: 1", "owner: bench", "policy: {max_deletes: 100000}", "stores:"]
    lines += [f"  {store}" for store in stores]
    lines += ["credentials:"]
    for name in names(count):
        secret = f"vault://{vault}/{name}#value" if vault else f"!secret {name}"
        lines += [
            f"  {name}:",
            f"    integration: {INTEGRATION}",
            f"    client_id: client-{name}",
            f"    client_secret: {secret}",
        ]
    path = folder / "appcreds.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    secrets = folder / _SECRETS
    secrets.touch(mode=0o600)
    secrets.write_text("".join(f"{name}: {secret_of(name)}\n" for name in names(count)), "utf-8")
    return path
