"""The Laps page: a list of all laps, traces over each other, corners, lines and figures of those chosen."""

SCOPE = "laps"
TABLE_SCOPE = "laptable"
