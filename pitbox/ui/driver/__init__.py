"""The driver's small window, its tray and its menu."""
