"""The Team page: events, the people of each, when they can, teams out of sign-ups, and hand-over cards."""
