"""Who drives when, solved: stretches of one driver each, aim after aim, and why there is no plan."""

from pitbox.planning.solver.demand_words import clash_words
from pitbox.planning.solver.solve import has_engine, resolve, solve

__all__ = ["clash_words", "has_engine", "resolve", "solve"]
