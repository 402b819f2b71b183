"""Recordings as files for other programs: CSV, Parquet, MCAP, and the sim's own `.ibt` as it came.

Read from the log, so that a session can leave while it is recorded and whoever holds the database. `exporter`
leads; `passage` walks the log once; `tables` says what the folds and people know; `draft` sees to it that a
target is there whole or not at all.
"""
