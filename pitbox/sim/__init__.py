"""Where ticks are born: one package for each sim, all of them `model.source.TickSource`."""
