"""The Race page: its panels, and where they stand."""
