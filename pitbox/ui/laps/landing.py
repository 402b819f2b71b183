"""Where somebody lands on the Laps page who comes from a moment of a session: at the lap driven then."""

from pitbox.model.ids import Axis, SessionId
from pitbox.store.lap_list import ListedLap
from pitbox.ui.laps.page import LapsPage
from pitbox.ui.scene.lap_filter import LapFilter
from pitbox.wall.lap_desk import key_of


class Landing:
    def __init__(self, page: LapsPage) -> None:
        self._page = page
        self._wish: tuple[SessionId, Axis] | None = None
        page.board.listed.connect(self._look)

    def aim(self, session: SessionId, at: Axis | None) -> None:
        """The session's laps; with a moment our car's lap of then is chosen, once the list is there."""
        self._wish = None if at is None else (session, at)
        self._page.board.open_session(session)
        self._look()

    def _look(self) -> None:
        board, wish = self._page.board, self._wish
        if wish is None or board.list is None or board.list.session != wish[0] or not board.list.laps:
            return
        self._wish = None
        lap = lap_at(board.list.laps, wish[1])
        if lap is None:
            return
        if lap not in board.shown:
            board.show_filter(LapFilter())
        self._page.table.at = board.shown.index(lap)
        self._page.table.step(0)
        if board.place_of(key_of(lap)) is None:
            board.pick(lap)


def lap_at(laps: tuple[ListedLap, ...], at: Axis) -> ListedLap | None:
    """Our car's at that moment; the last one before it where it drove none."""
    part = at.session_num, at.run
    mine = [one for one in laps if one.is_own and (one.session_num, one.run) == part]
    mine = [one for one in mine if one.start_s <= at.sim_time_s]
    return max(mine, key=lambda one: one.start_s, default=None)
