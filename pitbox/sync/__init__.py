"""One race on every machine: trust, discovery, pairing and links between devices.

Knows who may talk to whom and carries messages; never knows what a stint is. The only room with `zeroconf`,
and beside `courier` the only one with `ssl`. Everything runs on one asyncio loop, which the wall's radio
thread owns, and its worker; only the books (`trust`, `vouched`) and what is pure may be used from elsewhere.
"""
