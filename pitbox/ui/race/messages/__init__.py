"""What pit wall and driver say to each other."""
