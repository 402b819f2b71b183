"""Who this device is: its key, its certificate, its signature, and how people spell its name.

`log` signs with it, `sync` will prove itself with it. Talks to no peer.
"""
