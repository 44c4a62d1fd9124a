"""From a loaded manifest to the providers' verdicts on its credentials."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appcreds_sync.model.catalogue import facts_of
from appcreds_sync.model.declaration import client_id_at, client_secret_at
from appcreds_sync.model.errors import Problem, UsageError
from appcreds_sync.model.manifest import selects
from appcreds_sync.model.redaction import Redactor
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.slips import instead
from appcreds_sync.oauth.client import ClientToVerify
from appcreds_sync.oauth.network import Network
from appcreds_sync.oauth.verifier import Verifier
from appcreds_sync.secrets.reader import SecretReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.desired import Resolved
    from appcreds_sync.model.manifest import CredentialSpec, Manifest, StoreSpec
    from appcreds_sync.model.reference import Reference
    from appcreds_sync.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Subject:
    """One client at one provider, as some stores will have it."""

    credential: str
    integrations: tuple[str, ...]
    stores: tuple[str, ...]
    client_id: str | Reference
    client_secret: Reference | None
    """None: none is declared."""
    token_url: str | None
    """From the manifest."""
    where: str
    """`file:line:column` of the credential."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A subject with what came of it."""

    subject: Subject
    client_id: str | None
    """None where it could not be read."""
    outcome: Verdict | Problem
    """A problem: the id or the secret could not be read, and nobody was asked."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What one run of `verify` found."""

    rows: tuple[Verified, ...]
    warnings: tuple[Problem, ...]


def verify_manifest(
    manifest: Manifest,
    stores: Sequence[StoreSpec],
    credentials: Sequence[str],
    catalogue: Catalogue,
    redirect_uri: str | None,
) -> Verification:
    """Read what `credentials` (none is all) need in `stores`, and ask each provider; blocks.

    `redirect_uri` None is that of the `my` integration. Raise UsageError for a credential that is
    not declared.
    """
    subjects = tuple(_subjects(_chosen(manifest, credentials), stores, catalogue))
    with SecretReader(manifest.vault, os.environ) as reader:
        readings = reader.read(tuple(dict.fromkeys(_references(subjects))))
        redact = Redactor(reader.secrets())
    clients: dict[Subject, ClientToVerify] = {}
    problems: dict[Subject, Problem] = {}
    for subject in subjects:
        found = _client(subject, readings.values, redirect_uri)
        if isinstance(found, Problem):
            problems[subject] = found
        else:
            clients[subject] = found
    verifier = Verifier(catalogue, network=Network(loopback_http=True))
    asked = asyncio.run(verifier.verify_many(tuple(clients.values())))
    verdicts = dict(zip(clients, asked, strict=True))

    def row(subject: Subject) -> Verified:
        if subject in problems:
            return Verified(subject, None, problems[subject])
        verdict = verdicts[subject]
        # Its own secret is out of it already; a provider could also echo another client's.
        shown = replace(verdict, words=redact(verdict.words))
        return Verified(subject, clients[subject].client_id, shown)

    return Verification(tuple(row(subject) for subject in subjects), tuple(readings.warnings))


def _chosen(manifest: Manifest, names: Sequence[str]) -> Iterator[CredentialSpec]:
    known = manifest.credentials
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError([_unknown_credential(name, known) for name in unknown])
    return (spec for name, spec in known.items() if not names or name in names)


def _unknown_credential(name: str, known: Iterable[str]) -> Problem:
    return Problem(
        "unknown-credential", f"--credential {name} is not in the manifest", instead(name, known)
    )


def _subjects(
    specs: Iterable[CredentialSpec], stores: Sequence[StoreSpec], catalogue: Catalogue
) -> Iterator[Subject]:
    """Yield each client once for each provider, and for each way in which stores differ."""
    for spec in specs:
        shared: dict[tuple[str | Reference, Reference | None], list[str]] = {}
        for store in stores:
            if selects(spec.stores, store):
                client = client_id_at(spec, store.name), client_secret_at(spec, store.name)
                shared.setdefault(client, []).append(store.name)
        for (client_id, client_secret), names in shared.items():
            for integrations in _by_provider(spec, catalogue):
                yield Subject(
                    spec.name,
                    integrations,
                    tuple(names),
                    client_id,
                    client_secret,
                    spec.token_url,
                    str(spec.mark),
                )


def _by_provider(spec: CredentialSpec, catalogue: Catalogue) -> Iterable[tuple[str, ...]]:
    groups: dict[tuple[str | None, str], list[str]] = {}
    for integration in spec.integrations:
        facts = facts_of(catalogue, integration)
        provider = spec.token_url or facts.token_url
        groups.setdefault((provider, facts.client_auth), []).append(integration)
    return (tuple(group) for group in groups.values())


def _references(subjects: Iterable[Subject]) -> Iterator[Reference]:
    for subject in subjects:
        if not isinstance(subject.client_id, str):
            yield subject.client_id
        if subject.client_secret is not None:
            yield subject.client_secret


def _client(
    subject: Subject,
    values: Mapping[Reference, Resolved | Problem],
    redirect_uri: str | None,
) -> ClientToVerify | Problem:
    client_id = subject.client_id
    if not isinstance(client_id, str):
        reading = values[client_id]
        if isinstance(reading, Problem):
            return replace(reading, where=subject.where)
        client_id = reading.value.reveal()
    secret = Secret("")
    if subject.client_secret is not None:
        reading = values[subject.client_secret]
        if isinstance(reading, Problem):
            return replace(reading, where=subject.where)
        secret = reading.value
    client = ClientToVerify(subject.integrations[0], client_id, secret, token_url=subject.token_url)
    return client if redirect_uri is None else replace(client, redirect_uri=redirect_uri)
