"""Corners of a track: by the bend of its outline, by the speed of laps, by both; held against marked ones."""
