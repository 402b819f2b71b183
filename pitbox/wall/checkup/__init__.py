"""The single checks of `pitbox doctor`; `wall.doctor` calls them in order."""
