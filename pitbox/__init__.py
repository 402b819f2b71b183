"""PitBox: the local-first pit wall for iRacing endurance teams."""

__version__ = "0.1.0"
