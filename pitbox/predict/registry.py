"""The folder where models lie, each version whole or not there at all, and which of them speak.

    registry = Registry(folder)
    card = registry.add(card, data)                # aside, synced, renamed
    registry.promote(card.version, at_s, "better by a tenth")
    for version in registry.chain("lap-time", "iracing"):   # the one that speaks, then those before it
        data = registry.data(registry.card(version))        # ModelError when it is not what was written

    lap-time/20261121T170400Z-1a2b3c4d/card.json, model.msgpack
    lap-time/promoted-iracing.json                  # replaced as a whole; the one before lies beside it
    lap-time/used-engineer.json

Nothing here can execute: JSON and MessagePack, boosters as LightGBM's own text. Many processes may read and
write: versions never change, each pointer is one file that is replaced.
"""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pitbox.log.disk import Disk
from pitbox.predict.errors import ModelError, RegistryError
from pitbox.predict.registry_card import FORMAT, Card, Promotion, Reign, Use

_CARD, _MODEL, _PART = "card.json", "model.msgpack", ".part-"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_VERSION = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
_LARGEST_CARD, _LARGEST_MODEL = 1 << 22, 1 << 28
_MOST_STACK, _MOST_DEEDS = 8, 50
_ABANDONED_S = 3600.0
_S = TypeVar("_S", bound=msgspec.Struct)
_GONE = (OSError, msgspec.DecodeError, RecursionError, UnicodeDecodeError)


def version_name(made_s: float, data: bytes) -> str:
    """In the order of making; two of one second differ by their bytes."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(made_s))
    return f"{stamp}-{hashlib.sha256(data).hexdigest()[:8]}"


class Registry:
    def __init__(self, folder: Path) -> None:
        """Makes nothing: a folder that is not there has no versions."""
        self.folder = folder
        self._disk = Disk()

    def add(self, card: Card, data: bytes) -> Card:
        """Whole or not at all, also when the power goes; gives the card with its version's name."""
        whole = msgspec.structs.replace(
            card,
            format=FORMAT,
            version=version_name(card.made_s, data),
            sha256=hashlib.sha256(data).hexdigest(),
            size_bytes=len(data),
        )
        place = self._home(whole.model) / whole.version
        if place.exists():
            return whole
        aside = place.with_name(f"{_PART}{os.getpid()}-{os.urandom(4).hex()}")
        aside.mkdir(parents=True)
        try:
            self._write(aside / _MODEL, data)
            self._write(aside / _CARD, msgspec.json.format(msgspec.json.encode(whole)))
            self._disk.sync_folder(aside)
            aside.rename(place)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        self._disk.sync_folder(place.parent)
        return whole

    def models(self) -> list[str]:
        try:
            return sorted(path.name for path in self.folder.iterdir() if _NAME.fullmatch(path.name))
        except OSError:
            return []

    def cards(self, model: str = "") -> list[Card]:
        """The newest first; versions whose card cannot be read are in `broken`."""
        found = [card for _, card in self._all(model) if card is not None]
        return sorted(found, key=lambda card: (card.model, card.version), reverse=True)

    def broken(self) -> list[str]:
        return [place.name for place, card in self._all("") if card is None]

    def card(self, version: str) -> Card:
        """By its name or as much of it as is unique; raises RegistryError."""
        found = [card for card in self.cards() if version and version in card.version]
        exact = [card for card in found if card.version == version] or found
        if len(exact) != 1:
            what = "is no version here" if not exact else "may be several versions"
            raise RegistryError(f"{version!r} {what}; `pitbox models list` shows them.")
        return exact[0]

    def data(self, card: Card) -> bytes:
        """As they were written; raises ModelError for anything else."""
        path = self._home(card.model) / card.version / _MODEL
        try:
            if path.stat().st_size > _LARGEST_MODEL:
                raise ModelError(f"{card.version} is larger than any model.")
            data = path.read_bytes()
        except OSError as error:
            raise ModelError(f"{card.version} cannot be read: {error.strerror}.") from error
        if hashlib.sha256(data).hexdigest() != card.sha256:
            raise ModelError(f"{card.version} is damaged: its bytes are not those that were written.")
        return data

    def reign(self, model: str, world: str) -> Reign:
        """Empty before anything was promoted; a pointer that cannot be read gives way to the one before."""
        path = self._pointer(model, world)
        for place in (path, _before(path)):
            found = _read(place, Reign)
            if found is not None and found.format <= FORMAT:
                return found
        return Reign()

    def worlds(self, model: str) -> list[str]:
        found = {path.name[9:-5] for path in self._home(model).glob("promoted-*.json")}
        return sorted(found)

    def chain(self, model: str, world: str) -> list[Promotion]:
        """Who speaks, and who if that one cannot: the newest promotion first, each version once."""
        found: dict[str, Promotion] = {}
        for promotion in reversed(self.reign(model, world).stack):
            if _VERSION.fullmatch(promotion.version):
                found.setdefault(promotion.version, promotion)
        return list(found.values())

    def promote(self, version: str, at_s: float, why: str = "") -> Card:
        """From now on this one speaks; raises where it is not whole."""
        card = self.card(version)
        self.data(card)
        reign = self.reign(card.model, card.world)
        stack = tuple(one for one in reign.stack if one.version != card.version)
        stack = (*stack, Promotion(card.version, at_s, why))[-_MOST_STACK:]
        self._enthrone(card.model, card.world, reign, stack, f"{_stamp(at_s)} promoted {card.version}")
        return card

    def roll_back(self, model: str, world: str, at_s: float) -> Promotion | None:
        """The one before speaks again; None: the plain formula does. Raises where nobody was promoted."""
        reign = self.reign(model, world)
        if not reign.stack:
            raise RegistryError(f"No version of {model} is promoted for {world}: there is none to take back.")
        stack = reign.stack[:-1]
        words = f"{_stamp(at_s)} took back {reign.stack[-1].version}"
        self._enthrone(model, world, reign, stack, words)
        return stack[-1] if stack else None

    def note_use(self, model: str, use: Use) -> None:
        path = self._home(model) / f"used-{use.who}.json"
        if _read(path, Use) != use:
            self._replace(path, msgspec.json.encode(use))

    def uses(self, model: str) -> list[Use]:
        found = (_read(path, Use) for path in sorted(self._home(model).glob("used-*.json")))
        return [use for use in found if use is not None]

    def prune(self, keep: int, now_s: float) -> list[str]:
        """Remove all but the newest `keep` of each model and world; what stands in a chain stays."""
        gone: list[str] = []
        for model in self.models():
            held = {one.version for world in self.worlds(model) for one in self.reign(model, world).stack}
            counts: dict[str, int] = {}
            for card in self.cards(model):
                counts[card.world] = counts.get(card.world, 0) + 1
                if counts[card.world] > keep and card.version not in held:
                    self._remove(self._home(model) / card.version)
                    gone.append(card.version)
            self._sweep(model, now_s)
        return gone

    def _enthrone(
        self, model: str, world: str, reign: Reign, stack: tuple[Promotion, ...], words: str
    ) -> None:
        path = self._pointer(model, world)
        if _read(path, Reign) is not None:
            self._replace(_before(path), path.read_bytes())
        told = Reign(FORMAT, stack, (*reign.deeds, words)[-_MOST_DEEDS:])
        self._replace(path, msgspec.json.encode(told))

    def _all(self, model: str) -> Iterator[tuple[Path, Card | None]]:
        for name in [model] if model else self.models():
            home = self._home(name)
            try:
                places = [place for place in home.iterdir() if _VERSION.fullmatch(place.name)]
            except OSError:
                continue
            for place in places:
                card = _read(place / _CARD, Card)
                is_ours = card is not None and (card.model, card.version) == (name, place.name)
                is_known = card is not None and card.format <= FORMAT
                yield place, card if is_ours and is_known else None

    def _home(self, model: str) -> Path:
        if not _NAME.fullmatch(model):
            raise RegistryError(f"{model[:40]!r} cannot be a model's name.")
        return self.folder / model

    def _pointer(self, model: str, world: str) -> Path:
        if not _NAME.fullmatch(world):
            raise RegistryError(f"{world[:40]!r} cannot be a world's name.")
        return self._home(model) / f"promoted-{world}.json"

    def _write(self, path: Path, data: bytes) -> None:
        fd = self._disk.create(path)
        try:
            self._disk.write(fd, [data])
            self._disk.sync(fd)
        finally:
            self._disk.close(fd)

    def _replace(self, path: Path, data: bytes) -> None:
        """The old content or the new one, whatever happens in between."""
        aside = path.with_name(f"{_PART}{os.getpid()}-{os.urandom(4).hex()}")
        try:
            self._write(aside, data)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        self._disk.sync_folder(path.parent)

    def _remove(self, place: Path) -> None:
        """Out of sight first: who is killed in between leaves no half version."""
        aside = place.with_name(f"{_PART}{os.getpid()}-{os.urandom(4).hex()}")
        place.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)

    def _sweep(self, model: str, now_s: float) -> None:
        """What somebody who was killed left behind."""
        for path in self._home(model).glob(f"{_PART}*"):
            try:
                if now_s - path.stat().st_mtime < _ABANDONED_S:
                    continue
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            except OSError:
                continue


def _read(path: Path, kind: type[_S]) -> _S | None:
    try:
        if path.stat().st_size > _LARGEST_CARD:
            return None
        found: Any = msgspec.json.decode(path.read_bytes(), type=kind)
    except _GONE:
        return None
    return found if isinstance(found, kind) else None


def _before(path: Path) -> Path:
    return path.with_name(f"{path.name}.before")


def _stamp(at_s: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(at_s))
