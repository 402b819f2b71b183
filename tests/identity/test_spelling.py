"""Device ids as people type them: a slip is found and its place is said."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.identity.errors import MistypedDeviceError
from pitbox.identity.spelling import parse, show
from pitbox.model.ids import DeviceId

devices = st.binary(min_size=32, max_size=32).map(lambda raw: DeviceId(raw.hex()))
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def test_the_form_of_one():
    assert show(DeviceId("00" * 32)) == "AAAAAAU-AAAAAAN-AAAAAAZ-AAAAAA2"
    assert show(DeviceId("994a888f4c5db87e52ba24524f2bf6" + "00" * 17)) == "TFFIRDS-2MLW4H2-4UV2ER7-JE6K7WI"


@given(devices)
def test_what_is_shown_is_read_back(device: DeviceId):
    shown = show(device)
    assert [len(group) for group in shown.split("-")] == [7, 7, 7, 7]
    assert parse(shown) == device[:30]


@given(devices, devices)
def test_ids_of_two_devices_look_different(a: DeviceId, b: DeviceId):
    assert (show(a) == show(b)) == (a[:30] == b[:30])
    assert a.startswith(parse(show(b))) == (a[:30] == b[:30])


@given(devices)
def test_case_spaces_and_lookalikes_do_not_matter(device: DeviceId):
    sloppy = show(device).lower().replace("-", "  ").replace("o", "0").replace("i", "1").replace("b", "8")
    assert parse(f" {sloppy}\n") == device[:30]


@given(devices, st.integers(0, 27), st.sampled_from(ALPHABET))
def test_any_wrong_letter_is_found_in_its_group(device: DeviceId, at: int, letter: str):
    letters = list(show(device).replace("-", ""))
    if letters[at] == letter:
        return
    letters[at] = letter
    with pytest.raises(MistypedDeviceError, match=f"Group {at // 7 + 1} "):
        parse("".join(letters))


@given(devices, st.integers(0, 3))
def test_any_two_letters_that_changed_places_are_found(device: DeviceId, group: int):
    letters = show(device).replace("-", "")
    for a, b in combinations(range(group * 7, group * 7 + 7), 2):
        if letters[a] != letters[b]:
            swapped = list(letters)
            swapped[a], swapped[b] = swapped[b], swapped[a]
            with pytest.raises(MistypedDeviceError, match=f"Group {group + 1} "):
                parse("".join(swapped))


@given(devices)
def test_groups_in_another_order_are_found(device: DeviceId):
    one, two, three, four = show(device).split("-")
    with pytest.raises(MistypedDeviceError, match="Group 1 "):
        parse(f"{two}-{one}-{three}-{four}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "this one has 0 letters"),
        ("TFFIRDS-2MLW4H2-4UV2ER7", "this one has 21 letters"),
        ("TFFIRDS-2MLW4H2-4UV2ER7-JE6K7W9", "no '9'"),
        ("TFFIRDS_2MLW4H2-4UV2ER7-JE6K7WI", "no '_'"),
        ("TFFIRDS-2MLW4H2-4UV2ER7-JE6K7WÜ", "no .Ü."),
    ],
)
def test_what_cannot_be_an_id_is_said(text: str, words: str):
    with pytest.raises(MistypedDeviceError, match=words):
        parse(text)
