"""Worlds of setups, in the short form that tests ask for them."""

from pitbox.analysis.setup.trial import SetupTrial, World, drawn, setup_trial


def runs(rng, *, effects=(0.0, 0.25), each=4, drivers=2):
    return drawn(World(tuple(effects), each, drivers=drivers), rng)


def trial(seeds, *, effects, each) -> SetupTrial:
    """Each driver drives each setup often enough to tell them apart."""
    return setup_trial(World(tuple(effects), each, drivers=1 if each < 4 else 2), seeds)
