from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.stores.home_assistant.tls import tls_context
from tests.lab.certificates import make_certificates

if TYPE_CHECKING:
    from pathlib import Path


def test_certificates_are_checked_and_old_tls_is_refused() -> None:
    context = tls_context(None, verify=True, where="store house")

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_an_authority_of_ones_own_takes_the_place_of_the_systems(tmp_path: Path) -> None:
    ca = make_certificates(tmp_path / "certificates").ca

    context = tls_context(ca, verify=True, where="store house")

    assert len(context.get_ca_certs()) == 1


def test_nothing_is_checked_only_where_asked() -> None:
    context = tls_context(None, verify=False, where="store house")

    assert context.verify_mode is ssl.CERT_NONE
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_an_authority_that_can_not_be_read_is_an_error(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)

    with pytest.raises(StoreError) as caught:
        tls_context(path, verify=True, where="store house")

    assert caught.value.problem.code == "store-ca-unreadable"
    assert str(path) in caught.value.problem.what
