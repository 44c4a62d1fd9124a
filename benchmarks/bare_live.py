"""The same work by hand: `python bare_live.py plan|sync MANIFEST`, as one writes it for oneself.

It creates what is missing and checks nothing: neither the manifest nor what Home Assistant answers.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from websockets.asyncio.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator


def load(path: Path) -> Any:  # noqa: ANN401  # YAML
    """Return the manifest at `path`, secrets filled in."""
    secrets = yaml.load(path.with_name("secrets.yaml").read_text(), yaml.CSafeLoader)
    yaml.CSafeLoader.add_constructor("!secret", lambda _, node: secrets[node.value])
    return yaml.load(path.read_text(), yaml.CSafeLoader)


async def main(action: str, manifest: Any) -> None:  # noqa: ANN401  # YAML
    """Compare `manifest` with its one store; for `sync` create what is missing, and look again."""
    (store,) = manifest["stores"].values()
    address = f"ws{store['url'].removeprefix('http')}/api/websocket"
    async with connect(address, max_size=2**24, compression=None) as socket:
        await socket.recv()
        token = os.environ[store["token"].removeprefix("env://")]
        await socket.send(json.dumps({"type": "auth", "access_token": token}))
        await socket.recv()
        await socket.send(json.dumps({"id": 1, "type": "application_credentials/list"}))
        missing = list(_missing(manifest, json.loads(await socket.recv())["result"]))
        if action == "sync":
            for number, fields in enumerate(missing, start=2):
                frame = {"id": number, "type": "application_credentials/create", **fields}
                await socket.send(json.dumps(frame))
            for _ in missing:
                await socket.recv()
            last = {"id": len(missing) + 2, "type": "application_credentials/list"}
            await socket.send(json.dumps(last))
            missing = list(_missing(manifest, json.loads(await socket.recv())["result"]))
    print(f"{len(missing)} missing")


def _missing(manifest: dict[str, Any], items: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    held = {(item["domain"], item["auth_domain"]): item for item in items}
    for name, credential in manifest["credentials"].items():
        fields = {
            "domain": credential["integration"],
            "client_id": credential["client_id"],
            "client_secret": credential["client_secret"],
            "auth_domain": f"{manifest['owner']}.{name}",
            "name": name,
        }
        item = held.get((fields["domain"], fields["auth_domain"]))
        if item is None or any(item[key] != value for key, value in fields.items()):
            yield fields


asyncio.run(main(sys.argv[1], load(Path(sys.argv[2]))))
