"""How team-mates see the person at this machine."""

import getpass

from pitbox.wall.settings import Settings

_MOST = 40
"""As the setting allows: what an account is called knows no bound, and team-mates' machines do."""


def author_name(settings: Settings) -> str:
    """The name that the settings say, else the account's; empty where it has none."""
    if settings.general.name:
        return settings.general.name
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no account: each Python says it otherwise
        return ""
    return "".join(c for c in name if c.isprintable()).strip()[:_MOST]
