"""Real processes, real zeroconf, real TLS, in network namespaces: find, pair, connect, lose, find again."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from lan_machine import Machine, MakeMachine, Process

from pitbox.identity.device import Identity
from pitbox.model.role import Role
from pitbox.sync.trust import PairedPeer, PeerBook

REPLACED, REVOKED, SILENT = 1, 2, 4
NODE = Path(__file__).with_name("lan_node.py")


def folder_of(machine: Machine) -> Path:
    return machine.home / "default" / "config" / "identity"


def introduce(one: Machine, other: Machine) -> None:
    """Paired, as if a code had been typed."""
    identities = [Identity.load_or_create(folder_of(machine)) for machine in (one, other)]
    for machine, far in ((one, identities[1]), (other, identities[0])):
        peer = PairedPeer(far.device, f"PitBox {far.device[:4]}", Role.ENGINEER, far.certificate)
        PeerBook(folder_of(machine)).add(peer)


def node(machine: Machine, mode: str = "engineer", *words: str) -> Process:
    process = machine.start_script(NODE, mode, str(folder_of(machine)), *words)
    process.wait_for("ready")
    return process


def lanes_of(process: Process) -> set[str]:
    """Those over which something came since they were last down."""
    lanes: set[str] = set()
    for event in process.events:
        if event["event"] == "message":
            lanes.add(event["lane"])
        elif event["event"] == "LinkDown" and event["closing"] != REPLACED:
            lanes.discard(event["lane"])
    return lanes


def wait_linked(*processes: Process, timeout_s: float = 60.0) -> None:
    """A message came over each lane, on every side."""
    for process in processes:
        process.until(lambda process=process: lanes_of(process) == {"log", "live"}, timeout_s, "both lanes")


def wait_down(*processes: Process, closing: int | None = None) -> None:
    """Each lane has ended once, whatever came after."""

    def downs(process: Process) -> dict[str, int]:
        ends = [event for event in process.events if event["event"] == "LinkDown"]
        return {event["lane"]: event["closing"] for event in ends if event["closing"] != REPLACED}

    for process in processes:
        process.until(lambda process=process: len(downs(process)) == 2, 60.0, "end of both lanes")
        assert closing is None or set(downs(process).values()) == {closing}


def test_two_machines_find_each_other_and_connect(machine: MakeMachine) -> None:
    ada, kai = machine("ada"), machine("kai")
    introduce(ada, kai)
    one = node(ada, "driver")
    started_s = time.monotonic()
    other = node(kai)
    assert other.wait_for("seen", mode="driver")["at"] == [f"{ada.address}:47300"]
    one.wait_for("seen", mode="engineer")
    wait_linked(one, other)
    assert time.monotonic() - started_s < 60


@pytest.mark.slow
def test_six_digits_typed_on_the_other_machine_make_a_pair(machine: MakeMachine) -> None:
    ada, kai = machine("ada"), machine("kai")
    shower = ada.start("pair", "--json", "--role", "driver")
    digits = shower.wait_for("code")["digits"]
    typer = kai.start("pair", "--find", "--json", "--role", "engineer")
    assert typer.wait_for("found")["address"].startswith(ada.address)
    typer.wait_for("ask-code")
    typer.type(digits)
    for process, role in ((typer, "driver"), (shower, "engineer")):
        assert process.wait_for("ask-accept")["role"] == role
        process.type("yes")
    assert typer.wait_for("paired")["role"] == "driver"
    assert shower.wait_for("paired")["role"] == "engineer"
    assert typer.end() == shower.end() == 0
    assert "driver" in kai.run("peers", "--no-look")
    one, other = node(ada, "driver"), node(kai)
    wait_linked(one, other)


@pytest.mark.slow
def test_wrong_digits_make_none_and_are_told(machine: MakeMachine) -> None:
    ada, kai = machine("ada"), machine("kai")
    shower = ada.start("pair", "--json")
    for _ in range(3):
        digits = shower.wait_for("code")["digits"]
        typer = kai.start("pair", ada.address, "--json")
        typer.wait_for("ask-code")
        typer.type(f"{(int(digits) + 1) % 10**6:06d}")
        assert typer.end() == 1
        shower.wait_for("burnt", address=kai.address)
    assert shower.wait_for("paused")["pause_s"] == 60
    assert "No device" in ada.run("peers", "--no-look")
    assert "No device" in kai.run("peers", "--no-look")


@pytest.mark.slow
def test_without_multicast_an_invite_and_a_typed_address_lead_there(machine: MakeMachine) -> None:
    ada, kai = machine("ada"), machine("kai")
    line = ada.run("invite").strip()
    assert f"@{ada.address}:47300" in line
    shower = ada.start("pair", "--json")
    typer = kai.start("pair", line, "--json")
    typer.wait_for("ask-code")
    typer.type(shower.wait_for("code")["digits"])
    for process in (typer, shower):
        process.wait_for("ask-accept")
        process.type("yes")
    assert typer.end() == shower.end() == 0
    one, other = node(ada, "driver", "silent"), node(kai, "engineer", "silent")
    wait_linked(one, other)


@pytest.mark.slow
def test_a_cable_that_is_pulled_and_plugged_in_again(machine: MakeMachine) -> None:
    """Eight seconds: longer than the six after which a link is dead."""
    ada, kai = machine("ada"), machine("kai")
    introduce(ada, kai)
    one, other = node(ada, "driver"), node(kai)
    wait_linked(one, other)
    kai.link(is_up=False)
    pulled_s = time.monotonic()
    wait_down(one, other, closing=SILENT)
    time.sleep(max(0.0, 8.0 - (time.monotonic() - pulled_s)))
    kai.link(is_up=True)
    plugged_s = time.monotonic()
    wait_linked(one, other)
    assert time.monotonic() - plugged_s < 60


@pytest.mark.slow
def test_an_adapter_that_appears_late_and_an_address_that_changes(machine: MakeMachine) -> None:
    ada, kai = machine("ada"), machine("kai")
    introduce(ada, kai)
    kai.link(is_up=False)
    one, other = node(ada, "driver"), node(kai)
    troubles = [event["words"] for event in other.events if event["event"] == "trouble"]
    assert troubles[0].startswith("No network adapter")
    kai.link(is_up=True)
    wait_linked(one, other)
    kai.move("10.77.0.99")
    wait_down(one, other)
    one.until(
        lambda: {e["lane"] for e in one.events if "10.77.0.99" in e.get("address", "")} == {"log", "live"},
        30.0,
        "links to the new address",
    )
    wait_linked(one, other, timeout_s=30)


def test_killed_and_started_again(machine: MakeMachine) -> None:
    ada, kai = machine("ada"), machine("kai")
    introduce(ada, kai)
    one, other = node(ada, "driver"), node(kai)
    wait_linked(one, other)
    other.kill()
    wait_down(one)
    wait_linked(one, node(kai))


@pytest.mark.slow
def test_unpairing_in_another_process_drops_the_links(machine: MakeMachine) -> None:
    ada, kai = machine("ada"), machine("kai")
    introduce(ada, kai)
    one, other = node(ada, "driver"), node(kai)
    wait_linked(one, other)
    name = PeerBook(folder_of(ada)).peers[0].name
    ada.run("unpair", name)
    wait_down(one, other, closing=REVOKED)
    other.wait_for("DialRefused", timeout_s=30)
    assert not lanes_of(other)


@pytest.mark.slow
def test_a_lying_announcement_leads_nowhere_and_disturbs_nothing(machine: MakeMachine) -> None:
    """Mallory announces Ada's id at her own address; Kai finds no Ada there and goes on."""
    ada, kai, mallory = machine("ada"), machine("kai"), machine("mallory")
    introduce(ada, kai)
    liar = mallory.home / "liar"
    shutil.copytree(folder_of(ada), liar)
    (liar / "identity.pem").unlink()  # the announcement needs the id only, and she has no key
    script = liar / "lie.py"
    script.write_text(
        "import asyncio, sys\n"
        "from pitbox.sync.discovery import Discovery\n"
        "async def main():\n"
        "    d = Discovery(sys.argv[1], 'driver', on_seen=lambda s: None)\n"
        "    await asyncio.start_server(lambda r, w: w.write(b'give me data'), '0.0.0.0', 4000)\n"
        "    await d.open(4000)\n"
        '    print(\'{"event": "ready"}\', flush=True)\n'
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    device = Identity.load_or_create(folder_of(ada)).device
    mallory.start_script(script, device).wait_for("ready")
    other = node(kai)
    other.wait_for("seen", at=[f"{mallory.address}:4000"])
    one = node(ada, "engineer")  # another mode: both announcements stand side by side
    wait_linked(one, other)
    links = [e for e in other.events if e["event"] == "LinkUp"]
    assert {link["address"].partition(":")[0] for link in links} == {ada.address}


@pytest.mark.slow
@pytest.mark.parametrize("words", [("peers",), ("invite",)])
def test_a_machine_without_a_network_says_so(machine: MakeMachine, words: tuple[str, ...]) -> None:
    ada = machine("ada")
    ada.link(is_up=False)
    if words == ("peers",):
        assert "No device is paired" in ada.run(*words)
        return
    with pytest.raises(AssertionError, match="No network adapter"):
        ada.run(*words)


def test_the_machines_are_really_apart(machine: MakeMachine) -> None:
    """The fixture itself: without the switch nobody reaches anybody."""
    ada, kai = machine("ada"), machine("kai")
    ping = ["ip", "netns", "exec", ada.name, "ping", "-c1", "-W1", kai.address]
    if shutil.which("ping"):
        assert subprocess.run(ping, capture_output=True, check=False).returncode == 0
        kai.link(is_up=False)
        assert subprocess.run(ping, capture_output=True, check=False).returncode != 0


@pytest.mark.slow
def test_driver_and_engineer_mode_meet_on_the_lan(machine: MakeMachine) -> None:
    """The programs themselves: paired by digits while the driver's collector already runs."""
    ada, kai = machine("ada"), machine("kai")
    driver = ada.start("driver", "--headless", "--demo", "duel", "--minutes", "10")
    engineer = kai.start("engineer", "--headless", "--no-store")
    shower = ada.start("pair", "--json", "--role", "driver")
    typer = kai.start("pair", "--find", "--json")
    typer.wait_for("ask-code", 40.0)
    typer.type(shower.wait_for("code")["digits"])
    for process in (typer, shower):
        process.wait_for("ask-accept")
        process.type("yes")
    assert typer.end() == shower.end() == 0
    for process in (driver, engineer):
        for lane in ("log", "live"):
            process.until(
                lambda process=process, lane=lane: any(
                    event["event"] == "link-up" and event.get("lane") == lane for event in process.events
                ),
                30.0,
                f"link-up of {lane}",
            )
    engineer.wait_for("have", 30.0)
