"""What can be learnt from races, by the model's name."""

from collections.abc import Callable

from pitbox.predict.race_training import learnt_cautions, learnt_finish, learnt_pit_loss
from pitbox.predict.registry_card import CAUTION, FINISH, LAP_TIME, PIT_LOSS, TYRES
from pitbox.predict.training import Lesson, learnt_lap_time, learnt_tyres

LESSONS: dict[str, Callable[..., Lesson]] = {
    LAP_TIME: learnt_lap_time,
    TYRES: learnt_tyres,
    CAUTION: learnt_cautions,
    PIT_LOSS: learnt_pit_loss,
    FINISH: learnt_finish,
}
