"""The real sim: its shared memory, its session text, its files, and the few wishes it listens to."""
