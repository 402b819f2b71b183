"""The plan that a team holds now, out of the edits: rows, relay, and what was assumed in the race."""

import msgspec

from pitbox.model.ledger import Ledger
from pitbox.model.offer_reply import OfferReply, Reply, offer_replies
from pitbox.model.relay import Relay
from pitbox.model.span import Span
from pitbox.model.stint_plan import PlannedStint, plan
from pitbox.model.team import Team
from pitbox.model.variant import active_variant
from pitbox.planning.brief import relay_of
from pitbox.planning.live.follow import Plan
from pitbox.planning.live.wish import missing, wet
from pitbox.planning.rota import legs_of

_UNCUT_S = 30 * 86400.0


class Held(msgspec.Struct, frozen=True):
    plan: Plan
    rows: tuple[PlannedStint, ...]

    def is_like(self, other: "Held") -> bool:
        """Nobody changed what an offer stands on; edits elsewhere do not matter."""
        return (self.rows, self.plan.relay) == (other.rows, other.plan.relay)


def held(ledger: Ledger, team: Team) -> Held | None:
    """None where the team has no strategy; raises EditError where no plan can be made for it."""
    variant = active_variant(ledger, team.key)
    if variant is None:
        return None
    relay = assumed(relay_of(ledger, team, variant), offer_replies(ledger, variant.key))
    rows = plan(ledger, variant.key)
    legs = legs_of(rows, msgspec.structs.replace(relay, length_s=_UNCUT_S))
    return Held(Plan(relay, legs, team.event, team.key, variant.key, ledger.count), rows)


def assumed(relay: Relay, replies: tuple[OfferReply, ...]) -> Relay:
    """With all that was accepted: who is missing drives no more, and rain is rain."""
    for said in replies:
        if said.reply is not Reply.ACCEPTED or said.from_s is None:
            continue
        if said.wish == "missing" and said.seat:
            relay = missing(relay, said.seat, said.from_s, said.until_s)
        if said.wish == "rain" and said.until_s is not None:
            relay = wet(relay, Span(said.from_s, said.until_s))
    return relay
