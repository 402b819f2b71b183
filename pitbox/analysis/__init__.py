"""What can be learnt of track and driving from rows that our cars recorded: pure, no files, no clocks.

Stands on `timing`; `strategy`, `wall` and `ui` ask it.
"""
