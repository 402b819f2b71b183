"""Outgoing HTTP: notes that leave the team for a webhook. Knows what a letter weighs, not what it says.

A thread of its own, a queue on disk, and nobody waits. The standard library's client is enough for one
POST now and then: it follows no redirect by itself, loads in 15 ms and needs no upkeep of ours.
"""
