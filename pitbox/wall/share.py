"""Driver mode's share in the team: a radio beside a recording, which knows nothing of it."""

from pitbox.crew.health import HealthSink
from pitbox.crew.thread import Hand
from pitbox.model.role import Role
from pitbox.wall.author import author_name
from pitbox.wall.edit_book import EditBook
from pitbox.wall.hub import Hub
from pitbox.wall.profile import Profile
from pitbox.wall.radio import Radio, RadioPlan
from pitbox.wall.settings import Settings
from pitbox.wall.wall import folders_of


class Sharing:
    """What is recorded and sampled goes to paired machines; what team-mates write comes here."""

    def __init__(self, plan: RadioPlan, hub: Hub, edits: EditBook, on_health: HealthSink) -> None:
        self.radio = Radio(plan, hub, on_health)
        self.radio.listen_to(hub)
        edits.heard = lambda done: self.radio.wrote(done.log, done.durable_seq, done.sim_time_s)
        self.hand = Hand("radio", self.radio.main, on_health)

    def start(self) -> None:
        self.hand.start()

    def stop(self) -> bool:
        """The recording ends first, so that its last words still go out."""
        return self.hand.stop(timeout_s=10.0)


def radio_plan(
    profile: Profile,
    settings: Settings,
    role: Role,
    *,
    port: int,
    is_watching: bool = False,
    is_announced: bool = True,
) -> RadioPlan:
    return RadioPlan(
        role=role,
        name=author_name(settings) or "PitBox",
        identity_folder=profile.identity_folder,
        logs=folders_of(profile, settings).logs,
        port=port,
        keep_free_bytes=settings.storage.warn_free_bytes,
        is_watching=is_watching,
        is_announced=is_announced,
    )
