from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.model.redaction import Redactor
from appcreds_sync.model.reference import EnvReference, FileReference, YamlSecretReference
from appcreds_sync.secrets.reader import SecretReader
from tests.secrets.references import problem, revealed, vault_reference

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.model.reference import Reference
    from tests.lab.openbao import OpenBao

NO_VAULT = VaultSettings()


def test_every_source_at_once(vault: OpenBao, tmp_path: Path) -> None:
    mount = vault.mount_kv(2)
    vault.client().secrets.kv.v2.create_or_update_secret("a", {"key": "1"}, mount_point=mount)
    (tmp_path / "secrets.yaml").write_text("name: 2\n")
    (tmp_path / "file").write_text("3")
    references: list[Reference] = [
        vault_reference(f"vault://{mount}/a#key"),
        YamlSecretReference("name", (tmp_path / "secrets.yaml",)),
        FileReference(tmp_path / "file"),
        EnvReference("NAME"),
    ]
    environ = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token, "NAME": "4"}

    with SecretReader(NO_VAULT, environ) as reader:
        found = reader.read(references)

    assert list(found.values) == references
    assert [revealed(found.values[item]) for item in references] == ["1", "2", "3", "4"]


def test_one_bad_reference_does_not_touch_the_others() -> None:
    good, bad = EnvReference("GOOD"), EnvReference("BAD")

    with SecretReader(NO_VAULT, {"GOOD": "canary"}) as reader:
        values = reader.read([bad, good]).values

    assert revealed(values[good]) == "canary"
    assert problem(values[bad]).code == "env-missing"


def test_vault_out_of_reach_does_not_touch_the_other_sources() -> None:
    in_vault, other = vault_reference("vault://kv/a#key"), EnvReference("NAME")

    with SecretReader(NO_VAULT, {"NAME": "canary"}) as reader:
        values = reader.read([in_vault, other]).values

    assert problem(values[in_vault]).code == "vault-address-missing"
    assert revealed(values[other]) == "canary"


def test_nothing_is_asked_of_vault_unless_something_is_kept_there() -> None:
    program = """
import sys
from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.model.reference import EnvReference
from appcreds_sync.secrets.reader import SecretReader
with SecretReader(VaultSettings(address="http://127.0.0.1:1"), {"A": "b"}) as reader:
    reader.read([EnvReference("A"), EnvReference("MISSING")])
print(sorted({"hvac", "requests", "urllib3", "ssl"} & set(sys.modules)))
"""
    run = subprocess.run(  # noqa: S603  # the program above
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout == "[]\n"


def test_no_reference_at_all() -> None:
    with SecretReader(NO_VAULT, {}) as reader:
        found = reader.read([])

    assert (found.values, found.warnings) == ({}, ())


def test_a_warning_is_given_once_for_many_references(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("canary")
    path.chmod(0o644)
    twice = [FileReference(path), FileReference(path)]

    with SecretReader(NO_VAULT, {}) as reader:
        first, second = reader.read(twice), reader.read(twice)

    assert [warning.code for warning in first.warnings] == ["file-readable-by-all"]
    assert second.warnings == first.warnings


def test_files_are_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    reference = YamlSecretReference("name", (path,))
    with SecretReader(NO_VAULT, {}) as reader:
        path.write_text("name: old-canary")
        assert revealed(reader.read([reference]).values[reference]) == "old-canary"
        path.write_text("name: new-canary")
        assert revealed(reader.read([reference]).values[reference]) == "new-canary"

        # The store may still echo the old one.
        redact = Redactor(reader.secrets())

    assert redact("old-canary new-canary") == "<redacted> <redacted>"


def test_a_secret_is_kept_once_however_often_it_is_read() -> None:
    reference = EnvReference("NAME")
    with SecretReader(NO_VAULT, {"NAME": "canary"}) as reader:
        for _ in range(3):
            reader.read([reference])

        assert len(reader.secrets()) == 1


def test_secrets_can_be_had_while_another_thread_reads() -> None:
    names = [f"N{number}" for number in range(3000)]
    reader = SecretReader(NO_VAULT, dict.fromkeys(names, "canary"))
    reads = threading.Thread(target=lambda: [reader.read([EnvReference(n)]) for n in names])
    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        reads.start()
        while reads.is_alive():
            reader.secrets()
    finally:
        reads.join()
        sys.setswitchinterval(often)

    assert len(reader.secrets()) == len(names)


def test_the_token_is_kept_for_the_redactor(vault: OpenBao) -> None:
    environ = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token}
    with SecretReader(NO_VAULT, environ) as reader:
        reader.read([vault_reference("vault://secret/nothing#key")])

        assert [secret.reveal() for secret in reader.secrets()] == [vault.token]


def test_a_reader_is_used_for_many_turns(vault: OpenBao) -> None:
    mount = vault.mount_kv(2)
    write = vault.client().secrets.kv.v2.create_or_update_secret
    reference = vault_reference(f"vault://{mount}/a#key")
    environ = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token}
    with SecretReader(NO_VAULT, environ) as reader:
        for value in ("canary-1", "canary-2"):
            write("a", {"key": value}, mount_point=mount)

            assert revealed(reader.read([reference]).values[reference]) == value


def test_nothing_that_it_returns_shows_a_secret(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("canary")
    references: list[Reference] = [EnvReference("NAME"), FileReference(tmp_path / "file")]
    with SecretReader(NO_VAULT, {"NAME": "canary"}) as reader:
        found = reader.read(references)

        assert "canary" not in f"{found!r}{reader.secrets()!r}{reader!r}"
