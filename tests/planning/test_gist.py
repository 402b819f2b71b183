"""What was done to a plan, in as few words as people need."""

import msgspec

from pitbox.model import event, offer_reply, stint_plan, variant
from pitbox.model.drive_rules import DriveRules
from pitbox.model.edit import NOWHERE, Draft
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.offer_reply import OfferReply, Reply
from pitbox.model.plan_offer import Clash, Relaxation
from pitbox.model.relay import RuleName
from pitbox.model.stamp import Stamp
from pitbox.model.stint_plan import PlannedStint
from pitbox.planning.history import Line, history_lines
from pitbox.ui.scene.plan_relax import whom

WHO = DeviceId("a" * 64)


def told(*deeds: list[Draft]) -> list[Line]:
    """The newest first."""
    ledger = Ledger()
    for wall_s, drafts in enumerate(deeds, 1):
        for draft in drafts:
            ledger.write(draft, Stamp(0, WHO, 1), NOWHERE, float(wall_s))
    return list(history_lines(ledger))


def spa() -> list[Draft]:
    rules = DriveRules(name="Club", fair_share=0.25, longest_stretch_s=9000.0)
    length = event.add_event("spa", "Spa 24 h", track="Spa", length_s=86400.0, zone="UTC")
    return [*event.rule_drafts("spa", rules, DriveRules()), *length]


def rows(count: int) -> list[Draft]:
    made = [PlannedStint(f"s{n}", "", driver="ada", laps=20, variant="v") for n in range(count)]
    return stint_plan.rewrite((), made, 1)


def test_a_long_first_deed_is_one_sentence_and_its_fields_are_kept() -> None:
    (line,) = told(spa())
    assert line.what == ("made the event Spa 24 h (7 fields)",)
    (every,) = line.details
    assert every.startswith("event Spa 24 h: name of the rules Club, fair share 25 %, ")


def test_many_things_of_a_kind_are_told_as_one() -> None:
    (line,) = told([*spa(), *variant.add_variant("v", "t", "Double", lap_s=120.0), *rows(6)])
    assert line.what[:2] == ("made the event Spa 24 h (7 fields)", "made the strategy Double (3 fields)")
    assert line.what[2].startswith("made 6 stints (")
    assert len(line.what) == 3
    assert len(line.details) == 8


def test_a_short_deed_says_it_all() -> None:
    line = told(rows(1), [stint_plan.fill("s0", "driver", "kim")])[0]
    assert line.what == ("stint 1: driver ada \u2192 kim",)
    assert line.details == ()


def test_a_reply_to_an_offer_comes_first() -> None:
    said = OfferReply("o1", "v", Reply.REFUSED, reason="2 laps longer", wish="extend", race_s=160.2)
    line = told(rows(1), [stint_plan.fill("s0", "laps", 22), *offer_reply.note_reply(said)])[0]
    assert line.what == ("refused the new plan: 2 laps longer", "stint 1: laps 20 \u2192 22")


def test_rules_are_told_as_people_say_them() -> None:
    rules = DriveRules(most_in_window_s=14400.0, window_s=21600.0, most_stints_in_a_row=2)
    later = msgspec.structs.replace(rules, window_s=18000.0)
    changed, first = told(
        event.rule_drafts("spa", rules, DriveRules()), event.rule_drafts("spa", later, rules)
    )
    words = "longest drive in any window 4:00 h, length of that window 6:00 h, stints in a row at most 2"
    assert first.what[0].endswith(words)
    assert changed.what[0].endswith("length of that window 6:00 h → 5:00 h")


def test_who_may_do_more_when_a_rule_gives_way() -> None:
    class Scene:
        def name(self, key: str) -> str:
            return key.title()

    for rule, who in ((RuleName.NIGHT, "Ada"), (RuleName.AVAILABLE, "Ada"), (RuleName.LONGEST, "everybody")):
        assert whom(Scene(), Relaxation("", Clash(rule, "", "ada"), 600.0)) == who
