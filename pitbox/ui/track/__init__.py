"""The track map: where cars are is worked out without Qt, a ground that is drawn once, cars drawn over it."""
