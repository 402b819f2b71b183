"""One race on every machine: trust, discovery, pairing and links between devices.

Knows who may talk to whom and carries messages; never knows what a stint is. The only room with `ssl` and
`zeroconf`. Everything runs on one asyncio loop, which the wall's radio thread owns; only `trust` and what
is pure may be used from elsewhere.
"""
