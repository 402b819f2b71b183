"""Panels over race time: gaps of all cars, and their stints. Both hang on the one timeline of the window."""
