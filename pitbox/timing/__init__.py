"""Pure folds: rows in, facts out. Laps, stints, stops, flags, order, gaps and our own fuel.

Knows records and nouns; no file, no clock, no thread. `log` hands it records, `store` and the wall
take its facts.
"""
