"""What the past teaches: features and learned models. Strategy asks; nobody here knows it."""
