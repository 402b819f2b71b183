"""Somebody dragged to another team: the scores are those that judging everything afresh would give."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sign_up_people import RACE, fields, hours, person, team_of

from pitbox.model.errors import EditError
from pitbox.planning.formation.field import Field
from pitbox.planning.formation.former import Engine, Former
from pitbox.planning.formation.hand import moved, seating_of
from pitbox.planning.formation.noun import Demand
from pitbox.planning.formation.outcome import formation


@settings(max_examples=30)
@given(field=fields(), data=st.data())
def test_moving_people_scores_as_judging_everything_afresh_does(field: Field, data: st.DataObject) -> None:
    now = Former(field, Engine.SNAKE).form()
    for _ in range(3):
        member = data.draw(st.sampled_from([one.key for one in field.candidates]))
        team = data.draw(st.sampled_from(["", *(opening.key for opening in field.openings)]))
        before, now = now, moved(field, now, member, team)
        assert team_of(now).get(member, "") == team
        afresh = formation(seating_of(field, now), "by hand")
        assert team_of(afresh) == team_of(now)
        for one, other in zip(now.lineups, afresh.lineups, strict=True):
            alike = {"change": None, "score": other.score, "fit": other.fit}
            assert msgspec.structs.replace(one, **alike) == other
            assert msgspec.structs.astuple(one.score) == pytest.approx(msgspec.structs.astuple(other.score))
            assert one.fit == pytest.approx(other.fit)
        assert now.score.total == pytest.approx(afresh.score.total)
        assert now.unplaced == afresh.unplaced
        if now is not before:
            assert now.change is not None
            assert now.change.total == pytest.approx(now.score.total - before.score.total)


def test_a_move_tells_what_it_changes_and_which_rule_it_breaks() -> None:
    people = [person("ada", unwanted=("dario",)), person("ben"), person("cleo"), person("dario")]
    people += [person("elin", hours(0, 4)), person("finn", hours(4, 8))]
    field = Field(people, Demand((RACE,), 2, 3, teams=2))
    start = Former(field, Engine.LOCAL).form()
    teams = team_of(start)
    after = moved(field, start, "dario", teams["ada"])
    theirs = next(one for one in after.lineups if one.key == teams["ada"])
    assert "Ada and Dario do not want to be together." in theirs.faults
    assert theirs.change is not None
    untouched = [one for one in after.lineups if one.key not in {teams["ada"], teams["dario"]}]
    assert all(one.change is None for one in untouched)
    assert moved(field, after, "dario", teams["ada"]) is after


def test_nobody_and_nowhere_are_refused_in_words() -> None:
    field = Field([person("ada"), person("ben")], Demand((RACE,), 2, 2))
    start = Former(field, Engine.SNAKE).form()
    with pytest.raises(EditError, match="Nobody"):
        moved(field, start, "zoe", "team-1")
    with pytest.raises(EditError, match="no team"):
        moved(field, start, "ada", "team-9")
