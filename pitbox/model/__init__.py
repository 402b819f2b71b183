"""The nouns of PitBox: frozen structs, units, ids and protocols.

Every room may import this one; it imports none and does no I/O.
"""
