"""Teams out of the sign-ups of an event: who fits with whom, who drives with whom, how good it can get."""
