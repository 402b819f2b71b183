"""Who is around us on the track, by time."""
