"""Nouns to bytes and back: records, column blocks, framing, schema numbers and limits.

Knows no file, socket or thread. `log` and `sync` carry what is made here; the same bytes lie on
disk A, go over the wire and lie on disk B.
"""
