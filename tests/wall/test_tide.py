"""A flood of copies makes the fold wait, and never for long."""

from pitbox.wall.tide import Tide


def test_a_live_race_is_no_flood() -> None:
    tide = Tide()
    for beat in range(400):
        tide.note(12, beat / 4)
        assert not tide.is_high(beat / 4)


def test_a_flood_is_over_as_soon_as_it_ebbs() -> None:
    tide = Tide()
    for beat in range(20):
        tide.note(1_300, beat / 20)
        assert tide.is_high(beat / 20 + 0.01)
    assert not tide.is_high(1.6)


def test_a_flood_that_does_not_end_is_folded_while_it_comes_and_the_next_one_waits_again() -> None:
    tide, high = Tide(), []
    for beat in range(400):
        tide.note(1_300, beat / 20)
        high.append(tide.is_high(beat / 20))
    assert 9.0 < sum(high) / 20 < 11.0
    assert not any(high[-100:])
    assert not tide.is_high(30.0)
    tide.note(5_000, 31.0)
    assert tide.is_high(31.1)
