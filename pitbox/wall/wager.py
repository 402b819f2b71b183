"""A bet that errors are larger than they may be: against an honest forecast nobody wins it, look as one may.

    wager = Wager()
    wager.begin()                 # a race: a new bet is laid beside those that run
    wager.take(error / allowed)   # at least 0; above 1 is worse than allowed
    wager.odds                    # what a stake of one has become

While the mean of what comes, given all that came before, is at most what is allowed, each factor is at most
one in the mean: the stake is a nonnegative supermartingale, and the chance that it ever grows a hundredfold
is at most one in a hundred (Ville). That holds for errors of any distribution and any way of stopping. Bets
laid later share one stake with the first, so a good past does not hide a bad present for long.
"""

_SHARES = (0.05, 0.2, 0.5, 0.95)
"""Of the stake that are risked each time, side by side: small ones win on slight faults, large on gross."""
_MOST_BETS = 64


class Wager:
    def __init__(self) -> None:
        self._bets: list[list[float]] = []
        self._cash = 1.0

    def begin(self) -> None:
        count = len(self._bets) + 1
        if count <= _MOST_BETS:
            stake = 1.0 / (count * (count + 1))  # all of them together are one
            self._cash -= stake
            self._bets.append([stake / len(_SHARES)] * len(_SHARES))

    def take(self, ratio: float) -> None:
        for bet in self._bets:
            for at, share in enumerate(_SHARES):
                bet[at] *= 1.0 + share * (ratio - 1.0)

    @property
    def odds(self) -> float:
        return self._cash + sum(sum(bet) for bet in self._bets)
