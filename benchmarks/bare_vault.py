"""The same work by hand: `python bare_vault.py MANIFEST`, with hvac and as many threads.

It reads every secret, compares each with what the directory store holds, and checks nothing.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hvac
import requests
import yaml
from requests.adapters import HTTPAdapter

_THREADS = 16
"""As many as `vault.concurrency` is by default."""


def main(path: Path) -> None:
    """Say how many of the secrets of the manifest at `path` its one store has otherwise."""
    manifest = yaml.load(path.read_text(), yaml.CSafeLoader)
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=_THREADS))
    client = hvac.Client(os.environ["VAULT_ADDR"], os.environ["VAULT_TOKEN"], session=session)

    def read(credential: dict[str, str]) -> str:
        mount, name = credential["client_secret"].removeprefix("vault://").rsplit("/", 1)
        name, key = name.split("#")
        answer = client.secrets.kv.v2.read_secret_version(
            name, mount_point=mount, raise_on_deleted_version=True
        )
        value: str = answer["data"]["data"][key]
        return value

    with ThreadPoolExecutor(_THREADS) as pool:
        secrets = pool.map(read, manifest["credentials"].values())
        desired = dict(zip(manifest["credentials"], secrets, strict=True))
    (store,) = manifest["stores"].values()
    storage = Path(store["directory"], ".storage", "application_credentials")
    held = {
        item["auth_domain"]: item["client_secret"]
        for item in json.loads(storage.read_text())["data"]["items"]
    }
    differing = sum(held.get(f"bench.{name}") != value for name, value in desired.items())
    print(f"{differing} differ")


main(Path(sys.argv[1]))
