"""Text → Manifest: what is right, and what only several places together can tell to be wrong."""

from __future__ import annotations

import datetime as dt
import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appcreds_sync import manifest
from appcreds_sync.model.errors import ManifestError
from appcreds_sync.model.manifest import (
    AbsentRule,
    DirectoryStoreSpec,
    LiveStoreSpec,
    Policy,
    VaultSettings,
)
from appcreds_sync.model.reference import EnvReference, ReferenceText, VaultReference
from appcreds_sync.oauth.catalogue import load_catalogue
from tests.manifest.loading import (
    CANARY,
    HEAD,
    OTHER_STORE,
    STORES,
    credential,
    load,
    problems,
    said,
)

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_least_manifest_has_the_defaults(tmp_path: Path) -> None:
    loaded = load(tmp_path, credential("{client_id: 0123, client_secret: env://A}"))
    found = loaded.manifest
    assert loaded.warnings == ()
    assert found.owner == "home"
    assert found.vault == VaultSettings()
    assert found.policy == Policy()
    assert found.files == (tmp_path / "appcreds.yaml",)
    spotify = found.credentials["spotify"]
    assert spotify.integrations == ("spotify",)
    assert spotify.client_id == "0123"
    assert spotify.display_name is None
    assert spotify.stores == ()
    assert spotify.mark.line == 6
    house = found.stores["house"]
    assert isinstance(house, LiveStoreSpec)
    assert (house.url, house.timeout, house.verify_tls) == ("http://house:8123", 10.0, True)
    assert house.token.at("house") == EnvReference("HOUSE")


def test_every_field_arrives() -> None:
    loaded = manifest.load(EXAMPLES / "full" / "appcreds.yaml", catalogue=load_catalogue())
    found = loaded.manifest
    here = EXAMPLES / "full"
    assert loaded.warnings == ()
    assert found.former_owners == ("old-home",)
    assert found.vault.ca_cert == here / "vault-ca.pem"
    assert found.vault.timeout == 30.0
    assert found.vault.auth is not None
    assert found.vault.auth.method == "approle"
    role_id = found.vault.auth.parameters["role_id"]
    assert isinstance(role_id, ReferenceText)
    assert role_id.at("") == EnvReference("ROLE_ID")
    house, office, cabin = found.stores.values()
    assert isinstance(house, LiveStoreSpec)
    assert isinstance(office, LiveStoreSpec)
    assert house.token.at("house") == VaultReference("kv/ha/house", "token")
    assert house.labels == {"all", "pilot"}
    assert (office.verify_tls, office.timeout, office.ca_cert) == (
        False,
        20.0,
        here / "office-ca.pem",
    )
    assert str(office.token.at("office")) == "!secret office_token"
    assert isinstance(cabin, DirectoryStoreSpec)
    assert cabin.directory == here / "cabin"
    google = found.credentials["family-google"]
    assert google.display_name == "Family Google"
    assert google.auth_domains == {
        "google": "google_1234",
        "google_tasks": {"house": "google_tasks_1234", "office": "google_tasks_1234_2"},
    }
    assert google.if_unsupported == "skip"
    assert google.expires == dt.date(2027, 3, 1)
    assert found.credentials["radio"].client_id == "radio-{store}"
    assert [(rule.match, rule.value) for rule in found.absent] == [
        ("client_id", "abc"),
        ("auth_domain", "home.old-kitchen"),
        ("id", "xbox_abc_2"),
    ]
    assert found.policy.settle == 20.0
    assert found.policy.expires_warn == dt.timedelta(days=30)


@pytest.mark.parametrize("name", ["minimal/appcreds.yaml", "directory", "fleet/appcreds.yaml"])
def test_every_example_loads_without_a_warning(name: str) -> None:
    loaded = manifest.load(EXAMPLES / name, catalogue=load_catalogue())
    assert loaded.warnings == ()
    assert loaded.manifest.credentials


def test_a_secret_may_be_missing_only_where_none_is_needed(tmp_path: Path) -> None:
    loaded = load(tmp_path, f"{HEAD}{STORES}credentials:\n  overkiz: {{client_id: a}}\n")
    assert loaded.manifest.credentials["overkiz"].client_secret is None
    (problem,) = said(tmp_path, credential("{client_id: a}"))
    assert problem.startswith(
        "6:3: `spotify` has no `client_secret`, and `spotify` can't do without"
    )


@pytest.mark.parametrize("text", ["spotfy", "my_radio"])
def test_an_unknown_integration_is_a_warning_only_near_a_known_one(
    tmp_path: Path, text: str
) -> None:
    loaded = load(
        tmp_path, credential(f"{{integration: {text}, client_id: a, client_secret: env://A}}")
    )
    said = [warning.hint for warning in loaded.warnings]
    assert said == (["did you mean `spotify`?"] if text == "spotfy" else [])


def test_a_name_with_a_hyphen_is_no_integration(tmp_path: Path) -> None:
    (problem,) = said(tmp_path, f"{HEAD}{STORES}credentials:\n  my-music: {{{OK}}}\n")
    assert problem == (
        "6:3: no integration has a hyphen in its domain, as `my-music` has; "
        "add `integration:` or `integrations:`"
    )


def test_ten_thousand_mistakes_are_reported_in_linear_time(tmp_path: Path) -> None:
    lines = [f"  c{n}: {{integration: my_radio, {OK}, stores: [huose]}}\n" for n in range(5_000)]
    lines += [f"  c{n}: ~\n" for n in range(5_000)]
    assert len(said(tmp_path, f"{HEAD}{STORES}credentials:\n{''.join(lines)}")) == 10_000


def test_white_space_that_home_assistant_strips_is_left_out_with_a_warning(tmp_path: Path) -> None:
    loaded = load(tmp_path, credential('{client_id: " a ", client_secret: env://A}'))
    assert loaded.manifest.credentials["spotify"].client_id == "a"
    assert [warning.code for warning in loaded.warnings] == ["manifest-white-space"]


OK = "client_id: a, client_secret: env://A"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            f"{{client_id: a, client_secret: {CANARY}}}",
            "6:42: the client secret of `spotify` must not",
        ),
        ("{client_id: a, client_secret: ''}", "6:42: the client secret of `spotify` is empty"),
        ("{client_id: ' ', client_secret: env://A}", "6:24: the client id of `spotify` is empty"),
        (
            '{client_id: "a\\nb", client_secret: env://A}',
            "6:24: the client id of `spotify` has a line break",
        ),
        (
            "{client_id: a, client_secret: vault://kv/../x#y}",
            "6:42: the reference of the client secret of `spotify`: empty, `.` and `..` parts",
        ),
        (f"{{{OK}, name: ''}}", "6:57: the name of `spotify` is empty"),
        (f"{{{OK}, name: !secret x}}", "6:57: the name of `spotify` can't be a `!secret`"),
        (
            f"{{{OK}, stores: [!secret house]}}",
            "6:60: a name of a store, or a label, can't be a `!secret`; write it out",
        ),
        (f"{{{OK}, name: !include x}}", "6:57: `!include` is not supported"),
        (
            f"{{{OK}, stores: [huose]}}",
            "6:60: there is no store or label `huose`; did you mean `house`?",
        ),
        (
            f"{{{OK}, integration: google, integrations: [google]}}",
            "6:72: `spotify` has both `integration` and `integrations`; remove one of them",
        ),
        (f"{{{OK}, auth_domain: cloud}}", "6:64: the auth domain `cloud` belongs to"),
        (
            f"{{{OK}, integrations: [google, google_tasks], auth_domain: x}}",
            "6:102: one `auth_domain` for several integrations; write a mapping",
        ),
        (
            f"{{{OK}, auth_domain: {{spotfy: x}}}}",
            "6:65: `spotfy` is not an integration of this credential; did you mean `spotify`?",
        ),
        (
            f"{{{OK}, auth_domain: {{spotify: {{pilot: x}}}}}}",
            "6:75: there is no store or label `pilot`; known are `house`",
        ),
        (
            f"{{{OK}, integration: overkiz, auth_domain: overkiz}}",
            "6:86: the auth domain `overkiz` belongs to a credential that Home",
        ),
        (f"{{{OK}, expires: 2027-02-30}}", "6:60: there is no such day; write YYYY-MM-DD"),
        (
            f"{{{OK}, token_url: 'https://u:{CANARY}@x'}}",
            "6:62: the token URL of `spotify` has a user or password in it; remove it",
        ),
    ],
)
def test_a_credential_that_can_t_be(tmp_path: Path, lines: str, expected: str) -> None:
    (problem,) = said(tmp_path, credential(lines))
    assert problem.startswith(expected)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "{url: 'http://a', token: env://A, directory: x}",
            "must have either `url` or `directory`",
        ),
        ("{labels: [a]}", "must have either `url` or `directory`"),
        ("{url: 'http://a'}", "has no `token`; add a reference to one"),
        (
            f"{{url: 'http://a', token: {CANARY}}}",
            "the token must not stand in a manifest in clear",
        ),
        ("{directory: x, token: env://A}", "`token` means nothing for a store that is a directory"),
        ("{directory: ~/x}", "begins with `~`; write it out"),
        (
            "{token: env://A, url: 'ftp://a'}",
            "must begin with https:// or http:// or wss:// or ws://",
        ),
        ("{token: env://A, url: 'http:a'}", "must begin with https://"),
        (
            f"{{token: env://A, url: 'http://u:{CANARY}@a'}}",
            "has a user or password in it; remove it",
        ),
        (f"{{token: env://A, url: 'http://a/?t={CANARY}'}}", "has a `?` or `#` in it"),
        ("{token: env://A, url: 'http://a/#/x'}", "has a `?` or `#` in it"),
        ("{token: env://A, url: 'http://a b'}", "has white space in it"),
        ("{token: env://A, url: 'http://a:99999'}", "is not a URL"),
        ("{token: env://A, url: 'http://{store}'}", "has no valid host"),
        ("{token: env://A, url: 'http://:80'}", "has no valid host"),
        (
            "{token: env://A, url: 'http://HOUSE.:8123/'}",
            "is the same Home Assistant as `house` at ",
        ),
        ("{token: env://A, url: 'ws://house:8123/api/websocket'}", "is the same Home Assistant"),
    ],
)
def test_a_store_that_can_t_be(tmp_path: Path, lines: str, expected: str) -> None:
    (problem,) = said(tmp_path, f"{HEAD}{STORES}  other: {lines}\n")
    assert problem.startswith("5:")
    assert expected in problem


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example.org",
        "http://192.0.2.1:8123/prefix/",
        "http://[2001:db8::1]:8123",
        "ws://supervisor/core/websocket",
        "https://häuser.example",
    ],
)
def test_urls_that_are_right(tmp_path: Path, url: str) -> None:
    loaded = load(tmp_path, f"{HEAD}stores: {{a: {{url: '{url}', token: env://A}}}}\n")
    store = loaded.manifest.stores["a"]
    assert isinstance(store, LiveStoreSpec)
    assert store.url == url.rstrip("/")


def test_two_stores_of_one_directory(tmp_path: Path) -> None:
    (problem,) = said(tmp_path, f"{HEAD}{STORES}{OTHER_STORE}  hut: {{directory: x/../cabin}}\n")
    assert problem.startswith("6:3: the store `hut` is the same Home Assistant as `cabin` at ")


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ("{method: approle}", "needs `role_id`"),
        ("{method: userpass, username: u}", "needs `password`"),
        ("{method: token, role: r}", "the login method `token` takes no `role`; it takes `token`"),
        (f"{{method: token, token: {CANARY}}}", "`token` of Vault's login must not stand"),
        ("{method: token, token: 'vault://kv/a#b'}", "can't be read from Vault"),
        ("{method: token, token: 'file:./{store}'}", "can't differ by store"),
    ],
)
def test_a_login_that_can_t_be(tmp_path: Path, auth: str, expected: str) -> None:
    (problem,) = said(tmp_path, f"{HEAD}{STORES}vault: {{auth: {auth}}}\n")
    assert expected in problem


@pytest.mark.parametrize(
    ("credentials", "expected"),
    [
        (
            f"  one: {{integration: withings, {OK}}}\n  two: {{integration: withings, {OK}}}\n",
            "8:3: `two` and `one` (",
        ),
        (
            (
                f"  one: {{integration: google, {OK}, auth_domain: k}}\n"
                f"  two: {{integration: google, {OK}, auth_domain: k}}\n"
            ),
            "google/k; let `stores` keep them apart, or change `auth_domain`",
        ),
        (
            (
                f"  one: {{integration: google, {OK}}}\n"
                f"  two: {{integration: google, {OK}, "
                "auth_domain: {google: {cabin: home.one}}}\n"
            ),
            "in the store `cabin`: google/home.one",
        ),
        (
            (
                f"  one: {{integration: google, {OK}, auth_domain: k}}\n"
                f"  two: {{integration: google, {OK}, "
                "auth_domain: {google: {cabin: k, house: k}}}\n"
            ),
            "8:3: `two` and `one` (",
        ),
        (
            (
                f"  one: {{integration: withings, {OK}, stores: [remote]}}\n"
                f"  two: {{integration: withings, {OK}, stores: [pilot, cabin]}}\n"
            ),
            "in the store `cabin`: withings; let",
        ),
    ],
)
def test_two_credentials_of_one_identity(tmp_path: Path, credentials: str, expected: str) -> None:
    (problem,) = said(tmp_path, f"{HEAD}{STORES}{OTHER_STORE}credentials:\n{credentials}")
    assert expected in problem


def test_one_identity_in_two_stores_is_fine(tmp_path: Path) -> None:
    lines = (
        f"  one: {{integration: withings, {OK}, stores: [pilot]}}\n"
        f"  two: {{integration: withings, {OK}, stores: [remote]}}\n"
    )
    loaded = load(tmp_path, f"{HEAD}{STORES}{OTHER_STORE}credentials:\n{lines}")
    assert len(loaded.manifest.credentials) == 2


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{integration: netatmo}", "5:10: a rule of `absent` has exactly one of `id`, "),
        ("{integration: netatmo, id: a, client_id: b}", "5:10: a rule of `absent` has exactly one"),
        ("{integration: netatmo, id: ''}", "5:37: `id` is empty"),
        ("{integration: netatmo, client_id: 'env://A'}", "5:44: `client_id` of a rule of `absent`"),
        ("{integration: netatmo, id: a, stores: [x]}", "5:49: there is no store or label `x`"),
    ],
)
def test_a_rule_of_absent_that_can_t_be(tmp_path: Path, rule: str, expected: str) -> None:
    (problem,) = said(tmp_path, f"{HEAD}{STORES}absent: [{rule}]\n")
    assert problem.startswith(expected)


def test_absent_must_not_name_what_is_declared(tmp_path: Path) -> None:
    text = credential(f"{{{OK}}}")
    rule = "absent: [{integration: spotify, auth_domain: home.spotify}]\n"
    (problem,) = said(tmp_path, text + rule)
    assert problem.startswith("7:10: `absent` names what `spotify` (")
    loaded = load(tmp_path, text + "absent: [{integration: spotify, client_id: a}]\n")
    (found,) = loaded.manifest.absent
    assert found == AbsentRule("spotify", "client_id", "a", (), found.mark)


def test_what_is_missing_at_the_top(tmp_path: Path) -> None:
    assert [problem.split(";")[0] for problem in said(tmp_path, "version: 1\n")] == [
        "1:1: there is no `owner`",
        "1:1: there are no `stores`",
    ]
    assert said(tmp_path, f"ownr: home\nversion: 1\n{STORES}") == [
        "1:1: unknown key `ownr`; did you mean `owner`?"
    ]
    (problem,) = said(tmp_path, f"{HEAD}former_owners: [old, home]\n{STORES}")
    assert problem == "3:22: `home` is both the owner and a former one; remove it here"


def test_a_mistake_in_one_entry_does_not_hide_one_in_another(tmp_path: Path) -> None:
    text = (
        f"{HEAD}{STORES}  bad: {{url: 1, tokne: x}}\ncredentials:\n"
        f"  a: {{integration: google, {OK}, stores: [bad, baad]}}\n"
        f"  b: {{integration: google, client_id: '', client_secret: {CANARY}, stores: x}}\n"
        f"  c: {{integration: google, client_id: '', client_secret: {CANARY}}}\n"
    )
    places = [problem.split(": ")[0] for problem in said(tmp_path, text)]
    assert [place.split(":")[0] for place in places] == ["5", "7", "8", "9", "9"]


def test_loading_leaves_the_garbage_collector_as_it_was(tmp_path: Path) -> None:
    problems(tmp_path, "")
    assert gc.isenabled()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "version: 1",
                "owner: home",
                "stores:",
                "  a:",
                "    url: http://a",
                "    token: env://A",
                "  a: {directory: x}",
                "credentials:",
                "  spotify: {client_id: a}",
                "absent:",
                "- a",
                "vault: {auth: {method: cert}}",
                "policy: ~",
                "  b: *x",
                "store_defaults: {labels: [a]}",
                "  c: &x {<<: [], auth_domain: {a: {b: c}}}",
                "former_owners: [a]",
                "  - {id: a}",
                "?",
            ]
        ),
        max_size=12,
    )
)
def test_random_lines_give_a_manifest_or_a_manifest_error(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "appcreds.yaml"
    path.write_text("\n".join(lines))
    try:
        manifest.load(path, catalogue={})
    except ManifestError as error:
        for problem in error.problems:
            assert problem.where is not None
            line, _ = map(int, problem.where.removeprefix(f"{path}:").split(":"))
            assert 1 <= line <= max(len(lines), 1)
