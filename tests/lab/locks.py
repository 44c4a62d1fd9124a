"""Compiles the lock files of the lab's environments."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import uv

from tests.lab import node, provider
from tests.lab.environments import lock_file
from tests.lab.versions import (
    CORE_INTEGRATIONS,
    HOME_ASSISTANTS,
    NODE,
    OAUTH_INTEGRATIONS,
    OPENBAO,
    Environment,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


def write_locks() -> None:
    """Write every lock file again."""
    for environment in HOME_ASSISTANTS.values():
        with tempfile.TemporaryDirectory() as folder:
            package = _unpack(environment.requirements[0], environment.python, Path(folder))
            wanted = requirements_of(
                package / "components", (*CORE_INTEGRATIONS, *OAUTH_INTEGRATIONS)
            )
            _compile(
                environment,
                {*environment.requirements, *wanted},
                package / "package_constraints.txt",
            )
    for environment in (OPENBAO, NODE):
        _compile(environment, environment.requirements)
    node.write_lock(provider.SOURCES)


def requirements_of(components: Path, domains: Iterable[str]) -> frozenset[str]:
    """Return what the integrations need, with those they depend on.

    Home Assistant installs these when it first loads an integration; the package doesn't name them.
    """
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(domains)
    while waiting:
        domain = waiting.pop()
        manifest = components / domain / "manifest.json"
        if domain in seen or not manifest.exists():
            continue
        seen.add(domain)
        content = json.loads(manifest.read_text(encoding="utf-8"))
        found.update(content.get("requirements", ()))
        waiting.extend(content.get("dependencies", ()))
    return frozenset(found)


def _unpack(requirement: str, python: str, folder: Path) -> Path:
    options = ["--no-deps", "--python-version", python, "--target", str(folder)]
    _uv("pip", "install", *options, requirement)
    return folder / "homeassistant"


def _compile(
    environment: Environment, wanted: Iterable[str], constraints: Path | None = None
) -> None:
    options = ["--generate-hashes", "--no-annotate", "--no-header"]
    options += ["--no-emit-index-url", "--no-emit-find-links", "--upgrade"]
    options += ["--python-version", environment.python or "3.11"]
    if constraints:
        options += ["--constraint", str(constraints)]
    output = ["--output-file", str(lock_file(environment))]
    subprocess.run(
        [uv.find_uv_bin(), "pip", "compile", "--quiet", *options, *output, "-"],
        input="\n".join(sorted(wanted)),
        text=True,
        check=True,
    )


def _uv(*arguments: str) -> None:
    subprocess.run([uv.find_uv_bin(), "--quiet", *arguments], check=True)
