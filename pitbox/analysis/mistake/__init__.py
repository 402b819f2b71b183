"""What went wrong on a lap, where, and what it cost against the driver's own ordinary passage."""
