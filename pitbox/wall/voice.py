"""Speech without a network: the system's own voice, in a child process.

SAPI on Windows, `say` on macOS, espeak-ng or speech-dispatcher on Linux. Words reach no shell and no script:
a voice reads them from its input, or has them as one argument that can be no option.
"""

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable

import msgspec

_log = logging.getLogger("pitbox.wall")
_SAPI = (
    "[Console]::InputEncoding = [Text.Encoding]::UTF8; Add-Type -AssemblyName System.Speech; "
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer; $voice.Volume = {volume}; "
    "$voice.Speak([Console]::In.ReadToEnd())"
)
_VOICES = {
    "win32": (("sapi", "powershell"),),
    "darwin": (("say", "say"),),
    "linux": (("espeak-ng", "espeak-ng"), ("speech-dispatcher", "spd-say")),
}
_MISSING = {
    "win32": "PowerShell with Windows' own speech was not found",
    "darwin": "the command `say` was not found",
}
_MISSING_ELSEWHERE = "neither `espeak-ng` nor speech-dispatcher (`spd-say`) is installed"


class Voice(msgspec.Struct, frozen=True):
    """A way to speak on this system."""

    name: str
    program: str

    def command(self, text: str, volume_percent: int) -> list[str]:
        """What to run; but for one voice, the words go to its input."""
        match self.name:
            case "sapi":
                script = _SAPI.format(volume=volume_percent)
                return [self.program, "-NoProfile", "-NonInteractive", "-Command", script]
            case "say":
                return [self.program, "-f", "-"]
            case "speech-dispatcher":  # from -100 to 100; its pipe mode takes some lines as commands
                return [self.program, "--wait", "--volume", str(2 * volume_percent - 100), "--", text]
            case _:  # twice 100 is the loudest without distortion
                return [self.program, "--stdin", "-a", str(2 * volume_percent)]

    def words(self, text: str, volume_percent: int) -> bytes:
        """What goes to its input."""
        if self.name == "say":  # which has no option for this
            return f"[[volm {volume_percent / 100:.2f}]] {text.replace('[[', '')}\n".encode()
        return b"" if self.name == "speech-dispatcher" else f"{text}\n".encode()

    def speak(self, text: str, volume_percent: int) -> "subprocess.Popen[bytes]":
        """A child that speaks and ends; raises OSError when it cannot be started."""
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW
        child = subprocess.Popen(  # noqa: S603 - the system's own voice, found on its path
            self.command(text, volume_percent),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=flags,
        )
        assert child.stdin is not None
        try:
            child.stdin.write(self.words(text, volume_percent))  # less than any pipe holds: it never waits
            child.stdin.close()
        except OSError:  # it has ended already; its exit code says so
            _log.debug("the voice %s did not listen", self.name)
        return child


def find_voice(
    platform: str = sys.platform, which: Callable[[str], str | None] = shutil.which
) -> Voice | None:
    """None where nothing can speak; `missing_words` says what is missing."""
    for name, program in _VOICES.get(platform, _VOICES["linux"]):
        path = which(program)
        if path is not None:
            return Voice(name, path)
    return None


def missing_words(platform: str = sys.platform) -> str:
    return _MISSING.get(platform, _MISSING_ELSEWHERE)
