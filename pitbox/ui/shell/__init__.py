"""The frame around every page: rail, top bar, docks, palette, notices, settings. Knows no page of a race."""
