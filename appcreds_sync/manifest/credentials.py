"""Builds the credentials."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from appcreds_sync.manifest import texts
from appcreds_sync.manifest.auth_domains import build_auth_domains
from appcreds_sync.manifest.selectors import build_selectors
from appcreds_sync.manifest.tree import Mapping, Sequence, Text
from appcreds_sync.manifest.words import listed
from appcreds_sync.model.catalogue import facts_of
from appcreds_sync.model.manifest import CredentialSpec
from appcreds_sync.model.slips import meant

if TYPE_CHECKING:
    import datetime as dt

    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.selectors import Known
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.reference import ReferenceText


def build_credentials(
    section: Mapping, known: Known, catalogue: Catalogue, findings: Findings
) -> dict[str, CredentialSpec]:
    """Return the credentials by name; those that are wrong are reported, and left out."""
    context = _Context(known, catalogue, findings)
    credentials: dict[str, CredentialSpec] = {}
    for name, settings in section.entries():
        if isinstance(settings, Mapping):
            spec = _build(name, settings, context)
            if spec is not None:
                credentials[str(name)] = spec
    return credentials


def warn_unknown_integration(text: Text, catalogue: Catalogue, findings: Findings) -> None:
    """Warn of an integration that the catalogue lacks, if it is close to one that it has.

    One that is close to none is most likely a custom integration, and fine.
    """
    if text not in catalogue and (close := meant(str(text), catalogue)):
        what = f"the integration `{text}` is not in the catalogue"
        hint = f"did you mean `{close}`?"
        findings.warn(text.mark, "manifest-unknown-integration", what, hint)


@dataclass(frozen=True, slots=True)
class _Context:
    """What every credential is held against."""

    known: Known
    catalogue: Catalogue
    findings: Findings


def _build(name: Text, settings: Mapping, context: _Context) -> CredentialSpec | None:
    findings = context.findings
    integrations = _integrations(name, settings, context)
    client_id, display_name = settings["client_id"], settings.get("name")
    expires, token_url = settings.get("expires"), settings.get("token_url")
    found_id = (
        texts.text_or_reference(client_id, f"the client id of `{name}`", findings)
        if isinstance(client_id, Text)
        else None
    )
    secret = _secret(name, settings, integrations, context)
    if isinstance(token_url, Text):
        texts.address(token_url, f"the token URL of `{name}`", ("https", "http"), findings)
    spec_name = (
        texts.plain(display_name, f"the name of `{name}`", findings)
        if isinstance(display_name, Text)
        else None
    )
    stores = build_selectors(settings.get("stores"), context.known, findings)
    auth_domains = build_auth_domains(
        settings.get("auth_domain"), integrations, context.known, context.catalogue, findings
    )
    if not integrations or found_id is None:
        return None
    return CredentialSpec(
        name=str(name),
        integrations=tuple(str(integration) for integration in integrations),
        client_id=found_id,
        client_secret=secret,
        display_name=spec_name,
        stores=stores,
        auth_domains=MappingProxyType(auth_domains),
        if_unsupported=_if_unsupported(settings),
        expires=_expires(expires, findings),
        mark=name.mark,
        token_url=str(token_url).strip() if isinstance(token_url, Text) else None,
    )


def _integrations(name: Text, settings: Mapping, context: _Context) -> tuple[Text, ...]:
    one, several = settings.get("integration"), settings.get("integrations")
    findings = context.findings
    if one is not None and several is not None:
        what = f"`{name}` has both `integration` and `integrations`"
        findings.error(
            settings.key("integrations").mark, "manifest-integration", what, "remove one of them"
        )
        return ()
    if isinstance(several, Sequence):
        found = tuple(item for item in several if isinstance(item, Text))
    elif isinstance(one, Text):
        found = (one,)
    elif "-" in name:
        what = f"no integration has a hyphen in its domain, as `{name}` has"
        hint = "add `integration:` or `integrations:`"
        findings.error(name.mark, "manifest-integration", what, hint)
        return ()
    else:
        found = (name,)
    for text in found:
        warn_unknown_integration(text, context.catalogue, findings)
    return found


def _secret(
    name: Text, settings: Mapping, integrations: tuple[Text, ...], context: _Context
) -> ReferenceText | None:
    secret = settings.get("client_secret")
    if isinstance(secret, Text):
        return texts.reference(secret, f"the client secret of `{name}`", context.findings)
    needing = [i for i in integrations if facts_of(context.catalogue, i).secret_required]
    if needing:
        what = f"`{name}` has no `client_secret`, and {listed(needing)} can't do without"
        hint = "add a reference to it, as in vault://<mount>/<path>#client_secret"
        context.findings.error(name.mark, "manifest-missing-key", what, hint)
    return None


def _if_unsupported(settings: Mapping) -> Literal["block", "skip"]:
    return "skip" if settings.get("if_unsupported") == "skip" else "block"


def _expires(value: object, findings: Findings) -> dt.date | None:
    return texts.day(value, findings) if isinstance(value, Text) else None
