"""Call cards: what to do now, how sure that is, why, and what waiting costs."""
