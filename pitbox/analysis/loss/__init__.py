"""Where a lap lost its time against another: corner by corner, and within a corner by what the driver did."""
