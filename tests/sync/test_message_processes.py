"""Messages and wishes between real processes over TLS: said by a command, read elsewhere, answered."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from paired import Machine, pair, stopping, wait_for
from same_race import assert_same

from pitbox.log.edits import edit_readers
from pitbox.log.verify import verify_log
from pitbox.model.role import Role
from pitbox.sync.trust import PeerBook


def command(machine: Machine, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command in a process of its own, beside the one that runs with this profile."""
    environment = {**os.environ, "PITBOX_HOME": str(machine.home)}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    arguments = [sys.executable, "-P", "-m", "pitbox", *words]
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=60, check=False)


def answered(machine: Machine) -> list[str]:
    """What is in the logs of edits here, a line for each."""
    from pitbox.log.edits import edits_of

    return [
        f"{edit.field}={edit.value}"
        for session in machine.shelf.sessions()
        for reader in edit_readers(machine.shelf, session)
        for _, edit in edits_of(reader)
        if edit is not None
    ]


@pytest.mark.slow
def test_a_message_crosses_is_acknowledged_and_a_wish_is_refused_in_words(tmp_path: Path) -> None:
    driver = Machine(tmp_path / "kai", Role.DRIVER)
    engineer = Machine(tmp_path / "lea", Role.ENGINEER)
    pair(driver, engineer)
    with stopping(driver, engineer):
        engineer.start("--no-store")
        driver.start("--demo", "duel", "--minutes", "3", "--speed", "2")
        wait_for(lambda: engineer.told("race", is_provisional=False))
        said = command(engineer, "say", "Box this lap")
        assert (said.returncode, said.stdout) == (0, "Said: Box this lap\n"), said.stderr
        assert said.stderr.rstrip().endswith((" has it.", "No machine has told yet that it is there.")), (
            said.stderr
        )
        (news,) = wait_for(lambda: driver.told("message", text="Box this lap", is_new=True))
        assert news["age_s"] < 20
        asked = command(engineer, "ask", "--fuel", "12")
        assert asked.returncode == 1
        assert asked.stderr.startswith("The driver does not let engineers set the pit menu"), asked.stderr
        assert command(driver, "ack").stdout == "Acknowledged.\n"
        wait_for(lambda: driver.told("message", text="Box this lap", is_new=False))
        wait_for(lambda: any(line.startswith("acknowledged.") for line in answered(engineer)))
    for machine in (driver, engineer):
        for session in machine.shelf.sessions():
            readers = edit_readers(machine.shelf, session)
            assert len(readers) == 2
            assert all(verify_log(reader).is_whole for reader in readers)
    assert sorted(answered(driver)) == sorted(answered(engineer))
    assert_same(driver, engineer)


@pytest.mark.slow
def test_a_viewer_hears_that_nobody_hears_him(tmp_path: Path) -> None:
    """His own machine calls him an engineer; what he may do stands in the driver's book, which tells him."""
    driver = Machine(tmp_path / "kai", Role.DRIVER)
    viewer = Machine(tmp_path / "vic", Role.ENGINEER)
    pair(driver, viewer)
    book = PeerBook(driver.folder)
    book.add(msgspec.structs.replace(viewer.as_peer(), role=Role.VIEWER))
    with stopping(driver, viewer):
        viewer.start("--no-store")
        driver.start("--demo", "duel", "--minutes", "3", "--speed", "2")
        wait_for(lambda: viewer.told("race", is_provisional=False))
        said = command(viewer, "say", "Box this lap")
        assert (said.returncode, said.stdout) == (1, "")
        assert said.stderr == "This machine is a viewer to kai, and what a viewer says is not heard there.\n"
        assert not answered(viewer)
        book.add(viewer.as_peer())
        wait_for(lambda: len(viewer.told("link-up", lane="log")) >= 2)
        wait_for(lambda: command(viewer, "say", "Box").returncode == 0)
        wait_for(lambda: driver.told("message", text="Box"))
