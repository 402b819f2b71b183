# mypy: disable-error-code="untyped-decorator, no-untyped-def, no-untyped-call"
# ruff: noqa: I001, ANN001, ANN201, PLR0917 - rows in rows, and numba knows the types
"""Who passes whom, compiled: from the front, each car goes up as far as it is quick enough, then follows.

A car meets the one ahead of it in all lanes at once; who has passed and may pass again climbs alone. Places
of the order count from 0, those of `q` from 1: nobody drives at the first, far ahead.
"""

from numba import float64, int32, uint32, uint64

from pitbox.strategy.montecarlo.layout import (
    ARRIVAL, BY_TIME, CAR_BITS, DEBT, DUEL, ENTRY, GAP, HALF_LANES, LANES, LEAD, LENGTH, LOSER, MOST, NEAR,
    OFFSET, PLACE, PLACE_DUEL, PLACE_TIME, RACING, REFERENCE, SLOW_GAP, SLOWED, TIME,
)  # fmt: skip
from pitbox.strategy.montecarlo.leaf import BIT, FAR, HALF, LAST, NOBODY, ONE, ZERO, highest, leaf, lowest


@leaf
def meeting(x, shut, ahead, owed, beyond, needed, race):
    """One car comes up to another: does it move up, may it again, and for both of them time and duel."""
    gap, slow_gap, duel, loser = race[GAP], race[SLOW_GAP], race[DUEL], race[LOSER]
    least, apart = slow_gap if shut else gap, x - ahead
    free, home = apart >= least, ahead < FAR
    fights = (not free) & home & (not shut)
    ahead = ahead + owed if fights else ahead
    own = x + duel if fights else x
    behind = own - ahead
    stays = fights & (ahead - own < needed)
    moves = (fights & (not stays)) | ((not free) & (not home) & (x < FAR))
    follows = (stays & (behind < least)) | ((not free) & home & shut)
    own = ahead + least if follows else own
    again = moves & (own - beyond < least)
    ahead = ahead + loser if (fights & moves) else ahead
    return moves, again, own, ZERO if fights else duel, ahead, ZERO if fights else owed


@leaf
def meet(i, cars, f, q, order, race, need):
    """The car at place `i` and the one ahead, in each lane; mask of those who may pass once more."""
    here, there, beyond = (i + 1) * PLACE, i * PLACE, (i - 1) * PLACE
    low = meet_half(i, 0, here, there, beyond, cars, f, q, order, race, need)
    high = meet_half(i, HALF_LANES, here, there, beyond, cars, f, q, order, race, need)
    return uint64(low) | (uint64(high) << uint64(HALF_LANES))


@leaf
def meet_half(i, begin, here, there, beyond, cars, f, q, order, race, need):
    """Half of the lanes: nothing in the loop is wider than 32 bits, so that 16 lanes go side by side."""
    mask, cars = uint32(0), int32(cars)
    for m in range(HALF_LANES):
        n = begin + m
        car, other = order[i * LANES + n], order[(i - 1) * LANES + n]
        o = car & OFFSET
        x, shut = f[o + ARRIVAL * LANES], f[o + SLOWED * LANES] > HALF
        needed = need[int32(int32(int32(car >> CAR_BITS) * cars) + int32(other >> CAR_BITS))]
        owed = q[there + PLACE_DUEL * LANES + n]
        moves, again, x, duel, ahead, owed = meeting(
            x, shut, q[there + PLACE_TIME * LANES + n], owed, q[beyond + PLACE_TIME * LANES + n], needed, race
        )
        mask = uint32(mask | uint32(uint32(again) << uint32(m)))
        order[i * LANES + n] = other if moves else car
        order[(i - 1) * LANES + n] = car if moves else other
        q[here + PLACE_TIME * LANES + n] = ahead if moves else x
        q[here + PLACE_DUEL * LANES + n] = owed if moves else duel
        q[there + PLACE_TIME * LANES + n] = x if moves else ahead
        q[there + PLACE_DUEL * LANES + n] = duel if moves else owed
    return mask


@leaf
def climb(i, n, cars, f, q, order, race, need):
    """The car that just came to place `i` goes on up in its lane: the same meetings, one by one."""
    car, j, here, again = order[i * LANES + n], i, (i + 1) * PLACE + n, True
    shut = f[(car & OFFSET) + SLOWED * LANES] > HALF
    x, duel = q[here + PLACE_TIME * LANES], q[here + PLACE_DUEL * LANES]
    while again and j > 0:
        other, here, there = order[(j - 1) * LANES + n], (j + 1) * PLACE + n, j * PLACE + n
        ahead, owed = q[there + PLACE_TIME * LANES], q[there + PLACE_DUEL * LANES]
        least = race[SLOW_GAP] if shut else race[GAP]
        again, gap = False, x - ahead
        if gap < least and ahead >= FAR:
            again = x < FAR
        elif gap < least and shut:
            x = ahead + least
        elif gap < least:
            ahead, x, duel, owed = ahead + owed, x + duel, ZERO, ZERO
            gap, again = x - ahead, ahead - x >= need[(car >> CAR_BITS) * cars + (other >> CAR_BITS)]
            x = ahead + least if gap < least and not again else x
            ahead = ahead + race[LOSER] if again else ahead
        if again:
            order[j * LANES + n] = other
        j, at = (j - 1, here) if again else (j, there)
        q[at + PLACE_TIME * LANES], q[at + PLACE_DUEL * LANES] = ahead, owed
    order[j * LANES + n], here = car, (j + 1) * PLACE + n
    q[here + PLACE_TIME * LANES], q[here + PLACE_DUEL * LANES] = x, duel


@leaf
def enter(n, cars, f, q, order, who):
    """What the way into the pits costs comes after the fights; there is no tow there, nor behind one.

    Gives the places, two words of bits, of those who come in: only they are looked for.
    """
    first, second, front, back, before = who[n], who[LANES + n], NOBODY, NOBODY, ZERO
    who[n], who[LANES + n] = NOBODY, NOBODY
    for i in range(cars):
        word = order[i * LANES + n]
        car, o, lost = uint64(word >> CAR_BITS), word & OFFSET, ZERO
        if ((second if car > LAST else first) >> (car & LAST)) & BIT:
            lost = f[o + ENTRY * LANES]
            f[o + ENTRY * LANES] = ZERO
            f[o + TIME * LANES] += lost
            bit = BIT << (uint64(i) & LAST)
            front, back = front if i > 63 else front | bit, back | bit if i > 63 else back
        if lost + before > ZERO:
            f[o + NEAR * LANES] = FAR
        before = lost
    q[PLACE + PLACE_TIME * LANES + n] = f[(order[n] & OFFSET) + TIME * LANES]
    return front, back


@leaf
def sink(i, n, cars, f, order):
    """Whoever stopped falls in where it comes out; nobody fights for that."""
    car, j = order[i * LANES + n], i
    o = car & OFFSET
    out = f[o + TIME * LANES] + f[o + DEBT * LANES]
    while f[o + DEBT * LANES] > ZERO and j + 1 < cars:
        other = order[(j + 1) * LANES + n] & OFFSET
        if f[other + TIME * LANES] + f[other + DEBT * LANES] >= out:
            break
        order[j * LANES + n] = order[(j + 1) * LANES + n]
        order[(j + 1) * LANES + n] = car
        j += 1


@leaf
def come_in(n, cars, f, q, order, who):
    """Those who stop in one lane, from the back: so nobody is moved before its turn."""
    front, back = enter(n, cars, f, q, order, who)
    while back != NOBODY:
        i = highest(back)
        back &= ~(BIT << uint64(i))
        sink(i + 64, n, cars, f, order)
    while front != NOBODY:
        i = highest(front)
        front &= ~(BIT << uint64(i))
        sink(i, n, cars, f, order)


@leaf
def queue(cars, f, q, order, race, need, busy, who):
    """All cars of a lap, from the front; in lanes that are busy somebody comes in."""
    for n in range(LANES):
        q[PLACE_TIME * LANES + n] = -FAR
        q[PLACE + PLACE_TIME * LANES + n] = f[(order[n] & OFFSET) + ARRIVAL * LANES]
        q[PLACE + PLACE_DUEL * LANES + n] = race[DUEL]
    for i in range(1, cars):
        again = meet(i, cars, f, q, order, race, need)
        while again != NOBODY:
            n = lowest(again)
            again &= again - BIT
            climb(i - 1, n, cars, f, q, order, race, need)
    for i in range(cars):
        here, there = (i + 1) * PLACE, i * PLACE
        for n in range(LANES):
            o, time = order[i * LANES + n] & OFFSET, q[here + n]
            f[o + TIME * LANES], f[o + NEAR * LANES] = time, time - q[there + n]
    while busy != NOBODY:
        n = lowest(busy)
        busy &= busy - BIT
        come_in(n, cars, f, q, order, who)


@leaf
def flags(number, lane, q, flag, race, counts):
    """When the leader takes the flag; says if it is out in every race."""
    waiting = int32(0)
    length, at = float64(race[LENGTH]), float64(number) * float64(race[REFERENCE])
    by_time, is_last = counts[BY_TIME] > 0, number == counts[MOST]
    for n in range(LANES):
        lead, was = q[PLACE + PLACE_TIME * LANES + n], flag[n]
        now = float64(lead) + at
        flag[n] = now if (was < 0.0) & ((by_time & (now >= length)) | is_last) else was
        lane[LEAD * LANES + n], lane[RACING * LANES + n] = lead, ONE if flag[n] < 0.0 else ZERO
        waiting += int32(flag[n] < 0.0)
    return waiting == 0
