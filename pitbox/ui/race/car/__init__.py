"""The panel of our own car: fuel, the next stop and what else calls it in."""
