"""Looking back: the slim bar over the whole race, and the strip that says loudly that it is not live."""
