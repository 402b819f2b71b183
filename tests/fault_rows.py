"""The fault table of sync's design, row by row and case by case, and which test holds each.

`one process` in a case's note: the fault is injected where it arises, and between processes nothing else
would be seen. All others run between real processes; those in `tests/chaos` and `tests/lan` in namespaces.
"""

from typing import NamedTuple


class Case(NamedTuple):
    row: str
    case: str
    tests: tuple[str, ...]
    note: str = ""


KILL = "kill -9 of the recorder at any point"
BITS = "any cut or bit flip of a segment"
DISK = "fsync error, n-th write fails, disk full"
LINE = "loss, slow line, partition, flapping"
FRAMES = "corrupt frame, oversize length, nested bomb, slow-loris, half-open"
VERSION = "version mismatch"
ROGUES = "unpaired, same CN, no certificate, revoked, wrong codes, replayed pairing, spoofed mDNS"
CLOCK = "clock ± 1 h, jump in mid-session"
BACKUP = "restored backup"
EDITS = "two engineers, partition, both edit"
SOAK = "soak: 60 Hz, 5 peers"
ROWS = (KILL, BITS, DISK, LINE, FRAMES, VERSION, ROGUES, CLOCK, BACKUP, EDITS, SOAK)

_MACHINE = "tests/chaos/test_machine_faults.py"
_TEAM = "tests/chaos/test_team_faults.py"
_LOSS = "tests/chaos/test_sync_faults.py::test_loss"
_DOOR = "tests/chaos/test_rogues_at_the_door.py::test_rogues_get_nothing_and_disturb_nobody"
_INSIDE = "one process"


CASES = (
    Case(
        KILL,
        "60 kills, nothing else there",
        (
            "tests/log/test_killed_recorder.py::test_no_acknowledged_record_is_lost[6 kills]",
            "tests/log/test_killed_recorder.py::test_no_acknowledged_record_is_lost[54 kills]",
        ),
    ),
    Case(
        KILL,
        "5 kills with a peer attached",
        ("tests/chaos/test_recorder_kills.py::test_kill_9_of_the_recorder_with_a_peer_attached[5]",),
    ),
    Case(
        KILL,
        "60 kills with a peer attached",
        ("tests/chaos/test_recorder_kills.py::test_kill_9_of_the_recorder_with_a_peer_attached[60]",),
    ),
    Case(
        KILL,
        "kill -9 of the engineer on a bad line",
        (f"{_MACHINE}::test_kill_9_of_the_engineer_on_a_bad_line[2]",),
    ),
    Case(
        KILL,
        "20 kills of the engineer on a bad line",
        (f"{_MACHINE}::test_kill_9_of_the_engineer_on_a_bad_line[20]",),
    ),
    Case(
        BITS, "a cut", ("tests/log/test_scan.py::test_a_cut_of_the_last_file_gives_an_exact_prefix",), _INSIDE
    ),
    Case(
        BITS,
        "flips",
        ("tests/log/test_scan.py::test_flips_give_no_wrong_and_no_silently_missing_record",),
        _INSIDE,
    ),
    Case(
        BITS,
        "sealed damage is fetched again",
        (
            "tests/sync/test_replication.py::test_a_flipped_bit_is_mended_from_a_peer",
            "tests/sync/test_station.py::test_a_hole_that_the_caretaker_found_is_filled_from_a_peer",
        ),
        _INSIDE,
    ),
    Case(
        DISK,
        "a sync fails",
        ("tests/log/test_scribe.py::test_a_failed_sync_is_shown_and_nothing_is_lost",),
        _INSIDE,
    ),
    Case(
        DISK,
        "the n-th write fails",
        (
            "tests/log/test_writer.py::test_a_refused_commit_is_kept_and_written_into_a_new_file",
            "tests/log/test_replica.py::test_a_disk_that_refuses_costs_nothing",
        ),
        _INSIDE,
    ),
    Case(
        DISK,
        "the recorder's disk is full",
        (
            "tests/log/test_scribe.py::test_a_full_disk_stops_recording_last_and_it_goes_on_when_there_is_room",
        ),
        _INSIDE,
    ),
    Case(
        DISK,
        "the receiver's disk is full",
        (f"{_MACHINE}::test_the_receivers_disk_is_full",),
    ),
    Case(
        DISK,
        "the receiver's disk is nearly full",
        (f"{_MACHINE}::test_copies_leave_room_for_a_recording",),
    ),
    Case(LINE, "1 % loss", (f"{_LOSS}[1-1500-2.5]",)),
    Case(LINE, "5 % loss", (f"{_LOSS}[5-1500-3]",)),
    Case(LINE, "15 % loss", (f"{_LOSS}[15-6000-4]",)),
    Case(LINE, "1 % loss for long", (f"{_LOSS}[1-1500-30]",)),
    Case(LINE, "5 % loss for long", (f"{_LOSS}[5-1500-60]",)),
    Case(LINE, "15 % loss for long", (f"{_LOSS}[15-6000-60]",)),
    Case(LINE, "2 Mbit/s", ("tests/chaos/test_sync_faults.py::test_a_slow_line_of_2_megabit[4]",)),
    Case(LINE, "2 Mbit/s for long", ("tests/chaos/test_sync_faults.py::test_a_slow_line_of_2_megabit[60]",)),
    Case(
        LINE,
        "a late joiner over 2 Mbit/s",
        ("tests/chaos/test_sync_faults.py::test_a_late_joiner_over_2_megabit",),
    ),
    Case(LINE, "partition of 8 s", ("tests/chaos/test_sync_faults.py::test_a_partition[8]",)),
    Case(LINE, "partition of minutes", ("tests/chaos/test_sync_faults.py::test_a_partition[180]",)),
    Case(LINE, "flapping", ("tests/chaos/test_sync_faults.py::test_a_flapping_line[few]",)),
    Case(LINE, "flapping for long", ("tests/chaos/test_sync_faults.py::test_a_flapping_line[many]",)),
    Case(
        LINE,
        "the driver leaves, engineers share",
        (f"{_TEAM}::test_engineers_share_across_three_machines_after_the_driver_has_left",),
    ),
    Case(
        FRAMES,
        "corrupt frame, oversize length, nested bomb from a paired device",
        (
            _DOOR,
            "tests/sync/test_rogue.py::test_a_paired_device_that_says_nonsense_is_thrown_out_and_the_rest_goes_on",
        ),
    ),
    Case(
        FRAMES,
        "less than 1 MiB is allocated",
        (
            "tests/sync/test_frame.py::test_a_lie_about_the_length_costs_nothing",
            "tests/sync/test_frame.py::test_a_nested_bomb_is_an_error_and_small",
        ),
        _INSIDE,
    ),
    Case(
        FRAMES,
        "slow-loris",
        (_DOOR, "tests/sync/test_rogue.py::test_those_who_connect_and_wait_are_few_and_leave_soon"),
    ),
    Case(
        FRAMES,
        "a frame that never ends",
        ("tests/sync/test_link.py::test_a_frame_that_is_never_finished_ends_the_link",),
        _INSIDE,
    ),
    Case(
        FRAMES,
        "half-open",
        (
            f"{_MACHINE}::test_a_half_open_connection_is_replaced_at_once",
            "tests/lan/test_lan.py::test_a_cable_that_is_pulled_and_plugged_in_again",
        ),
    ),
    Case(
        VERSION,
        "another major version is refused in words",
        (
            _DOOR,
            "tests/sync/test_switchboard.py::test_another_major_version_is_refused_in_words_that_both_sides_hear",
        ),
    ),
    Case(
        VERSION,
        "a newer minor version is welcome",
        ("tests/sync/test_switchboard.py::test_a_newer_minor_version_is_welcome",),
        _INSIDE,
    ),
    Case(ROGUES, "unpaired, no certificate, same CN, signed by a paired one, garbage", (_DOOR,)),
    Case(ROGUES, "1,000 connects", (f"{_DOOR}[1000]",)),
    Case(
        ROGUES,
        "10,000 connects",
        (
            f"{_DOOR}[10000]",
            "tests/sync/test_rogue.py::test_ten_thousand_connections_leave_memory_and_links_alone",
        ),
    ),
    Case(
        ROGUES,
        "revoked on a live link",
        (
            "tests/lan/test_lan.py::test_unpairing_in_another_process_drops_the_links",
            "tests/sync/test_rogue.py::test_revoked_on_a_live_link_ends_it_and_the_door_stays_shut",
        ),
    ),
    Case(
        ROGUES,
        "four wrong codes",
        (
            "tests/lan/test_lan.py::test_wrong_digits_make_none_and_are_told",
            "tests/sync/test_pairing.py::test_one_wrong_guess_burns_the_code_and_three_pause",
        ),
    ),
    Case(
        ROGUES,
        "replayed pairing",
        ("tests/sync/test_pairing.py::test_a_recorded_pairing_played_again_gives_nothing",),
        _INSIDE,
    ),
    Case(
        ROGUES,
        "spoofed mDNS",
        ("tests/lan/test_lan.py::test_a_lying_announcement_leads_nowhere_and_disturbs_nothing",),
    ),
    Case(
        CLOCK,
        "an hour wrong both ways, and jumps",
        (
            f"{_TEAM}::test_clocks_an_hour_wrong_and_a_jump_in_mid_session",
            "tests/model/test_edits_ledger.py::test_wall_clocks_an_hour_wrong_change_nothing",
        ),
    ),
    Case(
        BACKUP,
        "new epoch, old tail pulled back, no number used twice",
        (
            f"{_TEAM}::test_the_tail_that_a_restored_backup_lacks_comes_back",
            "tests/sync/test_replication.py::test_the_tail_of_a_restored_backup_comes_back",
        ),
    ),
    Case(
        EDITS,
        "same plan, both values visible",
        (f"{_TEAM}::test_two_engineers_apart_edit_one_plan",),
    ),
    Case(
        EDITS,
        "plans edited apart in every way, a viewer beside them",
        ("tests/chaos/test_plans_apart.py::test_two_engineers_plan_apart_and_a_viewer_is_not_heard",),
    ),
    Case(
        EDITS,
        "any delivery converges",
        ("tests/model/test_edits_ledger.py::test_any_partial_doubled_and_reordered_delivery_converges",),
        _INSIDE,
    ),
    Case(SOAK, "seconds", ("tests/chaos/test_soak.py::test_soak_with_five_peers[seconds]",)),
    Case(SOAK, "ten minutes", ("tests/chaos/test_soak.py::test_soak_with_five_peers[ten minutes]",)),
)
