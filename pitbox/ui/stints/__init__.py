"""The Stints page: who drives when, over the race, and what people do to it."""

SCOPE = "stints"
"""In which its keys count."""
