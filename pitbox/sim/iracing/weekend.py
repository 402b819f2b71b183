"""What the session text says of the place and of the event: track, sessions, rules."""

import msgspec

from pitbox.model.session import EventRules, SessionPart, Track
from pitbox.sim.iracing.figure import count, known, length_m, limited, number, speed_mps, truth, whole
from pitbox.sim.iracing.outline import Fields, Outline

_FAIR_SHARE = 0.25
"""iRacing's rule: a quarter of an equal share of the laps."""
_MOST_PARTS = 64


class Weekend(msgspec.Struct, frozen=True):
    sub_session_id: int
    track: Track
    rules: EventRules


def weekend_of(text: Outline) -> Weekend | None:
    """None when the section is not there or names no track."""
    section = text.section("WeekendInfo")
    fields = section.fields()
    name = fields.get("TrackDisplayName") or fields.get("TrackName", "")
    if not name:
        return None
    track = Track(
        track_id=whole(fields.get("TrackID")),
        name=name,
        config=known(fields.get("TrackConfigName", "")),
        length_m=length_m(fields.get("TrackLength")),
        pit_speed_mps=speed_mps(fields.get("TrackPitSpeedLimit")),
    )
    rules = _rules(fields, section.fields("WeekendOptions"))
    return Weekend(max(0, whole(fields.get("SubSessionID"))), track, rules)


def parts_of(text: Outline) -> tuple[SessionPart, ...]:
    """Empty when the section is not there or broken."""
    parts: dict[int, SessionPart] = {}
    for fields in text.section("SessionInfo").items("Sessions")[:_MOST_PARTS]:
        session_num = whole(fields.get("SessionNum"), -1)
        if session_num < 0 or not fields.get("SessionType"):
            continue
        laps = whole(fields.get("SessionLaps"))
        parts[session_num] = SessionPart(
            session_num=session_num,
            kind=fields["SessionType"],
            length_s=limited(fields.get("SessionTime")),
            laps=laps if laps > 0 else None,
        )
    return tuple(parts.values())


def sectors_of(text: Outline) -> tuple[float, ...]:
    """Where sectors begin, as lap fractions; empty when the text does not say or cannot be right."""
    items = text.section("SplitTimeInfo").items("Sectors")
    starts = [number(fields.get("SectorStartPct"), -1.0) for fields in items]
    is_right = len(starts) <= _MOST_PARTS and starts == sorted(set(starts)) and starts[:1] == [0.0]
    return tuple(starts) if is_right and starts[-1] < 1.0 else ()


def _rules(fields: Fields, options: Fields) -> EventRules:
    change_rule = fields.get("DCRuleSet", "")
    return EventRules(
        is_team_event=truth(fields.get("TeamRacing")),
        driver_change_rule=known(change_rule),
        fair_share=_FAIR_SHARE if "fairshare" in change_rule.lower().replace(" ", "") else None,
        least_drivers=count(fields.get("MinDrivers")) or None,
        most_drivers=count(fields.get("MaxDrivers")) or None,
        incident_limit=count(options.get("IncidentLimit")),
        first_warning=count(options.get("IncidentWarningInitialLimit")),
        next_warnings=count(options.get("IncidentWarningSubsequentLimit")),
        fast_repairs=count(options.get("FastRepairsLimit")),
        cautions=options.get("CourseCautions", ""),
        restarts=options.get("Restarts", ""),
        is_standing_start=truth(options.get("StandingStart")),
        extra_finish_laps=count(options.get("GreenWhiteCheckeredLimit")),
        is_official=truth(fields.get("Official")),
        is_fixed_setup=truth(options.get("IsFixedSetup")),
    )
