"""Showing codes: what happened is told before the next code is shown."""

import asyncio
from typing import Any, cast

from pitbox.cli.pair import Meeting
from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.sync.code import Code
from pitbox.sync.pairing_desk import CodeBurnt, Paired, PairingDesk
from pitbox.sync.trust import PairedPeer


class _Told(list[str]):
    def tell(self, event: str, _words: str, **_: object) -> None:
        self.append(event)


class _Desk:
    """Its code is burnt in the very moment in which the meeting stops waiting for news."""

    is_talking = False

    def __init__(self, events: asyncio.Queue[Any]) -> None:
        self._events = events
        self._shown = 0

    def new_code(self) -> Code:
        self._shown += 1
        if self._shown == 2:
            self._events.put_nowait(Paired(PairedPeer(DeviceId("kai"), "Kai", Role.ENGINEER, b"")))
        return Code("123456", 0.0)

    def has_code(self) -> bool:
        return False

    def pause_left_s(self) -> float:
        return 0.0


class _LateNews(asyncio.Queue[Any]):
    def __init__(self) -> None:
        super().__init__()
        self._is_first = True

    async def get(self) -> Any:
        if self._is_first:
            self._is_first = False
            self.put_nowait(CodeBurnt("10.0.0.7"))
            raise TimeoutError
        return await super().get()


def test_a_burnt_code_is_told_before_the_next_one_is_shown() -> None:
    told = _Told()

    async def meet() -> None:
        events = _LateNews()
        meeting = Meeting(cast("Any", told), *cast("Any", (None, None, None, None)))
        await meeting.until_paired(cast("PairingDesk", _Desk(events)), events)

    asyncio.run(meet())
    assert told == ["code", "burnt", "code", "paired"]
