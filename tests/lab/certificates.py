"""Certificates for servers and clients on loopback, from a CA that nobody else trusts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import trustme

from tests.lab.ports import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate with its key, each in a PEM file."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """The CA's certificate, a server's for 127.0.0.1 and localhost, a client's."""

    ca: Path
    server: Pair
    client: Pair


def make_certificates(folder: Path) -> Certificates:
    """Write them into `folder`, which is made."""
    folder.mkdir(parents=True)
    authority = trustme.CA()
    ca = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    server = _write(authority.issue_cert(LOOPBACK, "localhost"), folder / "server")
    client = _write(
        authority.issue_cert("client.example.org", common_name="client.example.org"),
        folder / "client",
    )
    return Certificates(ca, server, client)


def _write(issued: trustme.LeafCert, stem: Path) -> Pair:
    pair = Pair(stem.with_suffix(".pem"), stem.with_suffix(".key"))
    pair.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(pair.key))
    return pair
