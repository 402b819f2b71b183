"""The river: append-only segments with a checksum per record, group commit, recovery, repair.

One log per (session, device, epoch); each start of a writer opens a new epoch, and nothing is ever
appended to an older one. Stores what `wire` encodes and does not interpret it. Below: `identity`
(signatures), `wire`, `crew`. Above: `store` projects it, `sync` replicates it, `wall` runs the scribe.
"""
