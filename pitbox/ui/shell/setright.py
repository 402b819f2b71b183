"""One correction of a fact as a step of the window's undo: said now, taken back, said again."""

from pitbox.crew.health import Level
from pitbox.model.edit import Draft, Edit
from pitbox.model.errors import EditError
from pitbox.ui.shell.stage import Stage
from pitbox.wall.staff import staff_of


def set_right(stage: Stage, draft: Draft, words: str) -> bool:
    """Say it now; False where it was refused, which is told in words. `words`: what is corrected to what."""
    staff = staff_of(stage.bridge.feed)
    if staff is None:
        stage.notices.tell("Nothing can be corrected here: no session is open.", Level.NOTE)
        return False
    done: list[Edit] = []

    def run() -> None:
        try:
            done[:] = staff.book.write([draft])[-1:]
        except EditError as error:
            stage.notices.tell(str(error), Level.NOTE)

    def back() -> None:
        try:
            if done:
                staff.book.write([staff.book.ask(lambda ledger: ledger.undo(done[0]))])
        except EditError as error:
            stage.notices.tell(str(error), Level.NOTE)

    stage.do(words, run, back)
    if done:
        stage.notices.tell(f"Corrected: {words}.", Level.OK, "Undo", stage.undo.undo)
    return bool(done)
