"""Whole races by the thousand: what a strategy is worth, with its spread. Pure; threads are the caller's.

`race_model` says what is assumed, `tables` packs it, `draws` holds all chance, `kernel` (compiled) and
`plain` (numpy) drive the same laps bit for bit, `lottery` runs blocks of races, `outcome` reads them.
"""
