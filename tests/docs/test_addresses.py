"""Nothing in the project speaks of the machine it was made on."""

import re
from pathlib import Path

from document import ROOT, name_of, tracked_files

PLACES = ("work", "root", "opt", "mnt")
_MACHINE_PATH = re.compile(rb"(?<![\w./*}$-])/(?:%s|(?:home|Users)/\w+)/\w" % "|".join(PLACES).encode())
_REGISTRY = re.compile(
    rb"https?://[\w.:@-]*(?:pypi|pythonhosted|simple)|(?<!no-emit-)(?:extra-)?index-url|file://+\w"
)
_MAY_NAME_THEM = frozenset({"tests/docs/test_addresses.py"})


def test_no_path_of_a_machine_and_no_registry() -> None:
    here = str(ROOT).encode()
    files = tracked_files()
    assert ROOT / "README.md" in files
    found = []
    for path in files:
        content = path.read_bytes()
        if name_of(path) in _MAY_NAME_THEM or b"\0" in content:
            continue
        found += [f"{name_of(path)}: {hit.decode()}" for hit in _MACHINE_PATH.findall(content)]
        found += [f"{name_of(path)}: {hit.decode()}" for hit in _REGISTRY.findall(content)]
        if here in content and here.count(b"/") > 1:
            found.append(f"{name_of(path)}: the checkout's own path")
    assert not found


def test_the_patterns_find_what_they_are_for() -> None:
    for bad in ("/work/anything/x", "see /home/kai/notes", '"/root/x"'):
        assert _MACHINE_PATH.search(bad.encode()), bad
    for good in ("docs/work/x", "$HOME/opt/x", "./work/x", "https://example.org/work/x"):
        assert not _MACHINE_PATH.search(good.encode()), good
    for bad in ("https://pypi.example/simple", "--index-url x", "file:///x"):
        assert _REGISTRY.search(bad.encode()), bad
    assert not _REGISTRY.search(b"--no-emit-index-url")
    assert isinstance(ROOT, Path)
