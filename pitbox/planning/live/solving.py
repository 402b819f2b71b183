"""From a wish to an offer: a repair at once, then whatever the solver finds better."""

from collections.abc import Callable

import msgspec

from pitbox.model.plan_check import violations
from pitbox.model.plan_offer import Offer, PlanNow, Solved
from pitbox.model.relay import Legs
from pitbox.planning.live.offer import changes, offer_of
from pitbox.planning.live.repair import repaired
from pitbox.planning.live.wish import Missing, Task, Wish, task_of
from pitbox.planning.solver import resolve, solve

BUDGET_S = 5.0


def quick_offer(
    now: PlanNow, wish: Wish, key: str, stop: Callable[[], bool] = lambda: False
) -> tuple[Task, Offer]:
    """Raises WishError. Where small changes keep no rules, the solver is asked for its quick answer."""
    task = task_of(now, wish)
    offer = offer_of(now, task, repaired(task, stop), key)
    if offer.after and not stop():
        fixed, base = _standing(task)
        offer = _better(now, task, offer, resolve(task.relay, base, fixed))
    return task, offer


def final_offer(
    now: PlanNow, task: Task, offer: Offer, stop: Callable[[], bool], *, budget_s: float = BUDGET_S
) -> Offer:
    """The last word under this key; what the solver says if that is better, else what stands."""
    fixed, base = _standing(task)
    solved = solve(task.relay, fixed=fixed, base=base, budget_s=budget_s, stop=stop)
    return msgspec.structs.replace(_better(now, task, offer, solved), is_final=True)


def contingency(now: PlanNow, seat: str, key: str, stop: Callable[[], bool] = lambda: False) -> Offer:
    """What the plan would be if this person were missing from now on; raises WishError."""
    return quick_offer(now, Missing(seat), key, stop)[1]


def _standing(task: Task) -> tuple[Legs, Legs]:
    """A driver who is wished for stands, with the stint."""
    fixed, base = task.fixed, task.base
    if base and base[0].key in task.pinned:
        first = msgspec.structs.replace(base[0], driver=task.pinned[base[0].key])
        fixed, base = (*fixed, first), base[1:]
    return fixed, base


def _better(now: PlanNow, task: Task, offer: Offer, solved: Solved) -> Offer:
    """Fewer offences count first, then fewer changes: people know the plan that they have."""
    if not solved.is_feasible:
        return offer
    after = tuple(one for one in violations(task.relay, solved.legs) if not one.is_past)
    found = changes(now.legs, solved.legs, task.relay)
    if (len(after), len(found)) >= (len(offer.after), len(offer.changes)):
        return offer
    return msgspec.structs.replace(offer, legs=solved.legs, changes=found, after=after, levels=solved.levels)
