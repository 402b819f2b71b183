"""Where the keys of the page count: in the list of sessions. Loads no Qt."""

SCOPE = "sessions"
