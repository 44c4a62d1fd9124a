from __future__ import annotations

import json
from pathlib import Path

from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import Item
from appcreds_sync.stores.directory.collection import Collection, read_collection
from tests.stores.directory.builders import CANARY, CAPTURED_CREDENTIALS, new_item

PATH = Path("application_credentials")


def captured() -> Collection:
    return Collection(PATH, CAPTURED_CREDENTIALS.read_bytes())


def test_unchanged_it_renders_byte_for_byte_what_was_read() -> None:
    collection = captured()
    assert not collection.changed
    assert collection.render() == CAPTURED_CREDENTIALS.read_bytes()


def test_an_item_that_comes_and_goes_leaves_no_trace() -> None:
    collection = captured()
    collection.remove(collection.add(new_item()).id)
    assert not collection.changed
    assert collection.render() == CAPTURED_CREDENTIALS.read_bytes()


def test_a_new_item_goes_to_the_end_with_the_next_free_id() -> None:
    collection = captured()
    item = collection.add(new_item("spotify", " sample.client/id "))
    assert item == Item(
        "spotify_sample_client_id_3",
        "spotify",
        "sample.client/id",
        Secret(CANARY),
        "home.spotify",
        "Spotify",
    )
    assert collection.changed
    assert collection.items[-1] == item
    assert Collection(PATH, collection.render()).items == collection.items


def test_the_id_of_a_removed_item_is_free_and_its_place_is_not_kept() -> None:
    collection = captured()
    collection.remove("spotify_sample_client_id")
    assert collection.add(new_item("spotify", "sample.client/id")).id == "spotify_sample_client_id"
    assert [item.id for item in collection.items] == [
        "spotify_sample_client_id_2",
        "google_sample_google",
        "netatmo_oau_sample",
        "oauth_lab_lab_a",
        "spotify_sample_client_id",
    ]


def test_removing_what_is_not_there_changes_nothing() -> None:
    collection = captured()
    collection.remove("nothing")
    assert not collection.changed


def test_fields_that_we_do_not_know_are_kept_at_every_level() -> None:
    document = json.loads(CAPTURED_CREDENTIALS.read_bytes())
    document["minor_version"] = 7
    document["new"] = {"float": 1.5, "null": None}
    document["data"]["new"] = [[], {}]
    document["data"]["items"][0]["new"] = "ü\u2028\x7f\t"
    content = json.dumps(document, indent=2, ensure_ascii=False).encode()
    collection = Collection(PATH, content)
    assert collection.render() == content
    collection.remove("google_sample_google")
    del document["data"]["items"][2]
    assert collection.render() == json.dumps(document, indent=2, ensure_ascii=False).encode()


def test_no_file_is_an_empty_collection_and_is_written_as_home_assistant_would(
    tmp_path: Path,
) -> None:
    collection = read_collection(tmp_path / "application_credentials")
    assert collection.items == ()
    collection.add(new_item("netatmo", "öäü sample", "Namen mit Ümläuten"))
    # The very form that 2026.11 gave the captured file.
    assert collection.render().decode() == (
        "{\n"
        '  "version": 1,\n'
        '  "minor_version": 1,\n'
        '  "key": "application_credentials",\n'
        '  "data": {\n'
        '    "items": [\n'
        "      {\n"
        '        "id": "netatmo_oau_sample",\n'
        '        "domain": "netatmo",\n'
        '        "client_id": "öäü sample",\n'
        f'        "client_secret": "{CANARY}",\n'
        '        "auth_domain": "home.netatmo",\n'
        '        "name": "Namen mit Ümläuten"\n'
        "      }\n"
        "    ]\n"
        "  }\n"
        "}"
    )
    assert read_collection(tmp_path / "application_credentials").items == ()
