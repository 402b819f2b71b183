"""The pit wall without a window: settings, profiles, wiring, health. Draws nothing, loads no Qt."""
