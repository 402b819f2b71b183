"""What commands about sessions work with: the reading room of the profile that the command line names."""

from pitbox.cli.desk import Desk
from pitbox.wall.reading_room import CATALOGUE, ReadingRoom

__all__ = ("CATALOGUE", "SessionDesk")


class SessionDesk(ReadingRoom):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.profile, desk.settings)
        self.desk = desk
