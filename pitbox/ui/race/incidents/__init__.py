"""What went wrong on the track, as it happens."""
