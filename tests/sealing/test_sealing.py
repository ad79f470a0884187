"""What is sealed can be opened by its key and by nothing else, and shows nothing of itself."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.sealing.addresses import (
    address_index,
    canonical,
    open_address,
    seal_address,
    suppression_index,
)
from calendar_app.sealing.keyfile import KEY_FILE, destroy, load_or_make, read_ring, write_ring
from calendar_app.sealing.ring import SealError, new_ring, with_new_key, without_masters
from calendar_app.sealing.seal import PUBLIC_KEY_FILE, KeyFileError, read_public_key, seal
from calendar_app.sealing.tokens import Purpose, id_in, is_valid, make_token, message_id

RING = new_ring()
ID = "0123456789abcdef" * 2
OTHER = "fedcba9876543210" * 2
ADDRESS = "someone@example.org"
TOKEN = make_token(RING, Purpose.MANAGE, ID)


def test_a_request_is_opened_as_the_kind_it_was_sealed_as() -> None:
    sealed = seal(RING.current.requests.public_key(), "subscribe", {"address": ADDRESS})

    assert RING.open_request("subscribe", sealed) == {"address": ADDRESS}
    with pytest.raises(SealError):
        RING.open_request("leave", sealed)
    with pytest.raises(SealError):
        new_ring().open_request("subscribe", sealed)


def test_a_sealed_request_has_one_length() -> None:
    key = RING.current.requests.public_key()

    assert len({len(seal(key, "leave", {"token": "x" * n})) for n in (0, 1, 52, 1900)}) == 1
    with pytest.raises(ValueError, match="too long"):
        seal(key, "leave", {"token": "x" * 2000})


@given(st.binary(max_size=3000))
def test_what_was_not_sealed_is_refused(body: bytes) -> None:
    with pytest.raises(SealError):
        RING.open_request("subscribe", body)


@given(st.integers(0, 287), st.integers(1, 255))
def test_a_flipped_bit_shuts_an_address(place: int, mask: int) -> None:
    sealed = bytearray(seal_address(RING, ID, ADDRESS))
    sealed[place] ^= mask

    with pytest.raises(SealError):
        open_address(RING, ID, bytes(sealed))


@given(st.integers(0, 287))
def test_a_truncated_address_is_refused(length: int) -> None:
    with pytest.raises(SealError):
        open_address(RING, ID, seal_address(RING, ID, ADDRESS)[:length])


def test_an_address_in_the_row_of_another_is_refused() -> None:
    with pytest.raises(SealError):
        open_address(RING, OTHER, seal_address(RING, ID, ADDRESS))


@given(st.text(max_size=60))
def test_an_address_comes_back_as_it_was_typed(text: str) -> None:
    sealed = seal_address(RING, ID, text) if len(text.encode()) <= 254 else None

    assert sealed is None or open_address(RING, ID, sealed) == text


@given(st.lists(st.sampled_from(["a@b.example", "x" * 60 + "@example.org"]), min_size=2))
def test_sealed_addresses_have_one_length_and_no_equals(addresses: list[str]) -> None:
    sealed = [seal_address(RING, ID, address) for address in addresses]

    assert {len(one) for one in sealed} == {288}
    assert len(set(sealed)) == len(sealed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Someone@Example.ORG", "someone@example.org"),
        ("x@bücher.example", "x@xn--bcher-kva.example"),
        ("straße@example.org", "STRASSE@example.org"),
        ("e\u0301@example.org", "\u00e9@example.org"),
    ],
)
def test_one_mailbox_has_one_index(one: str, other: str) -> None:
    assert address_index(RING.current, one) == address_index(RING.current, other)


def test_addresses_of_two_mailboxes_have_two_indexes() -> None:
    assert address_index(RING.current, "a+b@example.org") != address_index(
        RING.current, "a@example.org"
    )


@pytest.mark.parametrize(
    "bad", ["", "x", "x@", "@example.org", "x@y@z", "x" * 255 + "@example.org", "x\n@example.org"]
)
def test_what_is_no_address_is_refused_without_repeating_it(bad: str) -> None:
    with pytest.raises(ValueError, match=r"^not an address$"):
        canonical(bad)


def test_a_token_is_good_for_its_purpose_its_version_and_its_ring() -> None:
    assert id_in(TOKEN) == ID
    assert is_valid(RING, Purpose.MANAGE, TOKEN)
    assert not is_valid(RING, Purpose.CONFIRM, TOKEN)
    assert not is_valid(RING, Purpose.MANAGE, TOKEN, 1)
    assert not is_valid(new_ring(), Purpose.MANAGE, TOKEN)


@given(st.integers(0, 51), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567=AZ01é"))
def test_any_other_token_is_not_valid(place: int, character: str) -> None:
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]

    assert is_valid(RING, Purpose.MANAGE, changed) is (changed == TOKEN)


@given(st.text(max_size=60))
def test_any_text_may_be_asked_for(text: str) -> None:
    assert not is_valid(RING, Purpose.MANAGE, text)


def test_after_a_rotation_links_and_requests_are_good_and_old_copies_shut() -> None:
    sealed = seal_address(RING, ID, ADDRESS)
    asked = seal(RING.current.requests.public_key(), "leave", {"token": TOKEN})
    rotating = with_new_key(RING)
    rotated = without_masters(rotating)

    assert open_address(rotating, ID, sealed) == ADDRESS
    with pytest.raises(SealError):
        open_address(rotated, ID, sealed)
    assert is_valid(rotated, Purpose.MANAGE, TOKEN)
    assert rotated.open_request("leave", asked) == {"token": TOKEN}
    assert message_id(rotated, ID) == message_id(RING, ID)
    assert suppression_index(rotated, ADDRESS) == suppression_index(RING, ADDRESS)
    assert make_token(rotated, Purpose.MANAGE, ID) != TOKEN


def test_a_ring_is_read_as_it_was_written(tmp_path: Path) -> None:
    ring = without_masters(with_new_key(RING))
    write_ring(tmp_path, ring)
    found = read_ring(tmp_path)

    assert [key.id for key in found.keys] == [key.id for key in ring.keys]
    assert is_valid(found, Purpose.MANAGE, TOKEN)
    sealed = seal(read_public_key(tmp_path), "leave", {})
    assert ring.open_request("leave", sealed) == {}


def test_key_files_are_for_their_owner(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    load_or_make(folder)

    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_first_start_that_died_in_between_is_ended_by_the_second(tmp_path: Path) -> None:
    load_or_make(tmp_path)
    (tmp_path / PUBLIC_KEY_FILE).unlink()

    ring = load_or_make(tmp_path)

    assert ring.open_request("leave", seal(read_public_key(tmp_path), "leave", {})) == {}


def test_the_second_start_takes_the_keys_of_the_first(tmp_path: Path) -> None:
    token = make_token(load_or_make(tmp_path), Purpose.MANAGE, ID)

    assert is_valid(load_or_make(tmp_path), Purpose.MANAGE, token)


def test_destroyed_keys_are_gone(tmp_path: Path) -> None:
    load_or_make(tmp_path)
    destroy(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_masters_are_overwritten_wherever_a_killed_process_left_them(tmp_path: Path) -> None:
    folder, kept = tmp_path / "var", tmp_path / "kept"
    kept.mkdir()
    load_or_make(folder)
    key, left = folder / KEY_FILE, folder / f"{KEY_FILE}.new"
    left.write_bytes(key.read_bytes())
    for path in (key, left):
        (kept / path.name).hardlink_to(path)  # what stays on the disk

    destroy(folder)

    assert list(folder.iterdir()) == []
    assert {path.read_bytes().strip(b"\0") for path in kept.iterdir()} == {b""}


def test_what_a_new_ring_takes_the_place_of_is_overwritten(tmp_path: Path) -> None:
    folder, kept = tmp_path / "var", tmp_path / "kept"
    kept.mkdir()
    old = load_or_make(folder)
    key, left = folder / KEY_FILE, folder / f"{KEY_FILE}.new"
    left.write_bytes(key.read_bytes())
    for path in (key, left):
        (kept / path.name).hardlink_to(path)

    write_ring(folder, without_masters(with_new_key(old)))

    assert read_ring(folder).keys[1].id == old.current.id
    assert {path.read_bytes().strip(b"\0") for path in kept.iterdir()} == {b""}
    assert {path.name for path in folder.iterdir()} == {KEY_FILE, PUBLIC_KEY_FILE}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"keys": [{"id": "zz"}], "suppression": ""}'])
def test_a_broken_key_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / KEY_FILE).write_text(text)
    (tmp_path / PUBLIC_KEY_FILE).write_text(text)

    with pytest.raises(KeyFileError, match="put back a copy"):
        read_ring(tmp_path)
    with pytest.raises(KeyFileError, match="keys export"):
        read_public_key(tmp_path)


def test_nothing_secret_is_in_what_is_logged() -> None:
    shown = f"{RING!r} {RING.current!r}"

    assert RING.current.master.hex() not in shown
    assert repr(RING.current.master) not in shown


def test_who_starts_at_once_goes_on_with_the_key_that_is_in_the_file(tmp_path: Path) -> None:
    folder, started = tmp_path / "state", Barrier(8)

    def start(_: int) -> bytes:
        started.wait()
        return load_or_make(folder).current.id

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(start, range(8)))

    assert found == {load_or_make(folder).current.id}
    assert {path.name for path in folder.iterdir()} == {KEY_FILE, PUBLIC_KEY_FILE}
