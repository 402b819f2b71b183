"""How two devices become a pair: six digits, SPAKE2 over plain TCP, certificates under its key, two people.

    dialler  KNOCK  version, fingerprint, share       shower  ANSWER version, fingerprint, share
    dialler  PROOF  that it has the key               shower  PROOF  the same, only after a right one
    both     SEALED certificate, name, role, signature
    both     SEALED accepted or not

The keys are bound to both shares and both fingerprints. The shower proves nothing before the dialler has: a
guess costs the code, and whoever only knocks learns nothing. The signature shows that the sender holds the
key of the certificate that it hands over.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from hashlib import sha256

import msgspec

from pitbox.identity.certificate import check_certificate
from pitbox.identity.device import Identity, device_of
from pitbox.identity.errors import IdentityError
from pitbox.identity.verify import verify
from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.sync.errors import PairingClosedError, PairingError, WrongCodeError
from pitbox.sync.pairing_message import VERSION, Answer, Credential, Knock, Proof, Sorry, Verdict
from pitbox.sync.pairing_talk import Talk
from pitbox.sync.spake import Spake2, scalar_of
from pitbox.sync.trust import PairedPeer

RUN_S = 10.0
"""From the first byte to both credentials."""
DECIDE_S = 120.0
"""Time for two people."""
_SALT = b"PitBox pairing 1"


class Myself(msgspec.Struct, frozen=True):
    """Who this device is to the other one."""

    identity: Identity
    name: str
    role: Role
    port: int = 0
    """Where it takes links."""


class Candidate(msgspec.Struct, frozen=True):
    """Whom a person is asked about."""

    device: DeviceId
    name: str
    role: Role
    certificate: bytes
    port: int


Decide = Callable[[Candidate], Awaitable[Role | None]]
"""What the other one may do here from now on; None: it is not accepted."""

Guess = Callable[[bool], None]
"""Told whether the guess was right; raises PairingClosedError when its code is no longer open."""


async def stretch(code: str) -> int:
    """The number that a code stands for; away from the loop, because it is slow on purpose."""
    return await asyncio.to_thread(scalar_of, code, _SALT)


async def knock(
    talk: Talk, code: int, me: Myself, *, expects: str = "", decide: Decide
) -> tuple[PairedPeer, Candidate]:
    """The dialler's part. `expects` is the start of a device id that an invite named; raises PairingError."""
    async with asyncio.timeout(RUN_S):
        mine = bytes.fromhex(me.identity.device)
        run = Spake2(code, is_first=True)
        await talk.send(Knock(VERSION, mine, run.share))
        answer = await talk.receive(Answer)
        if not answer.device.hex().startswith(expects):
            raise PairingError("Another device answers there than the one that was meant.")
        if answer.device == mine:
            raise PairingError("This is the device itself.")
        keys = run.finish(answer.share, mine, answer.device)
        await talk.send(Proof(keys.own_proof))
        proof = await talk.receive(Proof)
        if not hmac.compare_digest(proof.mac, keys.far_proof):
            raise WrongCodeError("The other device does not know the code that was typed.")
        talk.seal_with(keys.shared, is_first=True)
        seen = _seen(mine, answer.device, run.share, answer.share)
        candidate = await _credentials(talk, me, seen, answer.device, is_first=True)
    return await _agree(talk, candidate, decide), candidate


async def answer_knock(
    talk: Talk, code: int, me: Myself, *, on_knock: Callable[[], None], on_guess: Guess, decide: Decide
) -> tuple[PairedPeer, Candidate]:
    """The part of the one that shows the code; raises PairingError."""
    async with asyncio.timeout(RUN_S):
        mine = bytes.fromhex(me.identity.device)
        asked = await talk.receive(Knock)
        on_knock()
        if asked.version != VERSION:
            words = (
                f"This PitBox pairs with version {VERSION}, the other with {asked.version}: update the older."
            )
            await _regret(talk, Sorry("version", words))
        if asked.device == mine:
            await _regret(talk, Sorry("device", "A device cannot be paired with itself."))
        run = Spake2(code, is_first=False)
        keys = run.finish(asked.share, asked.device, mine)
        await talk.send(Answer(VERSION, mine, run.share))
        proof = await talk.receive(Proof)
        is_right = hmac.compare_digest(proof.mac, keys.far_proof)
        try:
            on_guess(is_right)
        except PairingClosedError as error:
            await _regret(talk, Sorry("closed", str(error)))
        if not is_right:
            await _regret(
                talk, Sorry("code", "The code was wrong, and it counts no more: ask for a new one.")
            )
        await talk.send(Proof(keys.own_proof))
        talk.seal_with(keys.shared, is_first=False)
        seen = _seen(asked.device, mine, asked.share, run.share)
        candidate = await _credentials(talk, me, seen, asked.device, is_first=False)
    return await _agree(talk, candidate, decide), candidate


async def _regret(talk: Talk, sorry: Sorry) -> None:
    await talk.send(sorry)
    raise PairingError(sorry.words)


def _seen(first: bytes, second: bytes, first_share: bytes, second_share: bytes) -> bytes:
    """What both sides have to have seen alike, for signatures."""
    return sha256(b"PitBox pairing" + first + second + first_share + second_share).digest()


async def _credentials(talk: Talk, me: Myself, seen: bytes, far: bytes, *, is_first: bool) -> Candidate:
    """Exchange certificates and check the other one's."""
    sides = (b"first", b"second") if is_first else (b"second", b"first")
    signature = me.identity.sign(sides[0] + seen)
    await talk.send_sealed(Credential(me.identity.certificate, me.name, me.role, me.port, signature))
    theirs = await talk.receive_sealed(Credential)
    if device_of(theirs.certificate) != far.hex():
        raise PairingError("The other device showed a certificate that is not its own.")
    try:
        check_certificate(theirs.certificate)
        is_signed = verify(theirs.certificate, sides[1] + seen, theirs.signature)
    except IdentityError as error:
        raise PairingError(str(error)) from error
    if not is_signed:
        raise PairingError("The other device does not hold the key of its certificate.")
    name = "".join(c for c in theirs.name if c.isprintable()).strip()[:40] or "Unnamed"
    return Candidate(DeviceId(far.hex()), name, theirs.role, theirs.certificate, theirs.port)


async def _agree(talk: Talk, candidate: Candidate, decide: Decide) -> PairedPeer:
    """Both people say yes, or there is no pair."""

    async def ask() -> Role | None:
        return await decide(candidate)

    own = asyncio.create_task(ask(), name="pairing-own")
    far = asyncio.create_task(talk.receive_sealed(Verdict), name="pairing-far")
    try:
        async with asyncio.timeout(DECIDE_S):
            await asyncio.wait({own, far}, return_when=asyncio.FIRST_COMPLETED)
            if far.done() and not far.result().is_accepted:
                raise PairingError(f"{candidate.name} did not accept.")
            role = await own
            await talk.send_sealed(Verdict(role is not None))
            if role is None:
                raise PairingError(f"{candidate.name} was not accepted here.")
            if not (await far).is_accepted:
                raise PairingError(f"{candidate.name} did not accept.")
            return PairedPeer(candidate.device, candidate.name, role, candidate.certificate)
    except TimeoutError:
        raise PairingError("Nobody accepted in time.") from None
    finally:
        for task in (own, far):
            task.cancel()
        await asyncio.gather(own, far, return_exceptions=True)
