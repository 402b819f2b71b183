"""Setups as the session text tells them: what differs between runs, and what that did to the lap time."""
