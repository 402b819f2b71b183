"""Timing sheets: the lap-by-lap CSV of real endurance series, as records of a log.

`table` reads a file, `entry` finds out who races in it, `record` makes what goes into a log.
"""
