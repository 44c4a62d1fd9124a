"""JSON Web Tokens, signed by OpenBao's own transit engine."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.lab.openbao import OpenBao

_MOUNT = "transit-jwt"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with ES256 under one key."""

    vault: OpenBao
    public_key: str
    """PEM."""

    def token(self, **claims: object) -> str:
        """Return a token that is good for an hour."""
        now = int(time.time())
        expiry = {"iat": now - 60, "nbf": now - 60, "exp": now + 3600}
        signed = f"{_part({'alg': 'ES256', 'typ': 'JWT'})}.{_part({**claims, **expiry})}"
        made = self.vault.client().adapter.post(
            f"/v1/{_MOUNT}/sign/key/sha2-256",
            json={
                "input": base64.b64encode(signed.encode()).decode(),
                "marshaling_algorithm": "jws",
            },
        )
        return f"{signed}.{made['data']['signature'].rpartition(':')[2]}"


def make_signer(vault: OpenBao) -> Signer:
    root = vault.client()
    root.sys.enable_secrets_engine("transit", path=_MOUNT)
    root.adapter.post(f"/v1/{_MOUNT}/keys/key", json={"type": "ecdsa-p256"})
    about = root.adapter.get(f"/v1/{_MOUNT}/keys/key")
    return Signer(vault, str(about["data"]["keys"]["1"]["public_key"]))


def _part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
