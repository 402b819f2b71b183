"""scripts/run on a small lock of our own: no network, no registry, the real script."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

import pytest
from made_once import MadeOnce

ROOT = Path(__file__).parents[2]
BASE_PYTHON = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
DEADLINE_S = 60.0

pytestmark = pytest.mark.skipif(os.name == "nt", reason="run.cmd serves Windows and is not run here")


def make_wheel(folder: Path, name: str, module: str) -> str:
    """A wheel with one module; returns its line in a lock."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": module,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text)}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)  # dated 1980: the same bytes each time
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


class Checkout:
    """A checkout with the real scripts, a toy `pitbox` and a lock of one toy package."""

    def __init__(self, folder: Path, python: Path = BASE_PYTHON) -> None:
        self.base_python = python
        self.root = folder / "a check-out, with spaces"
        self.wheels = folder / "wheels"
        self.venv = self.root / ".venv"
        self.wheels.mkdir(parents=True)
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        (self.root / "pitbox").mkdir()
        (self.root / "pitbox" / "__init__.py").touch()
        (self.root / "pitbox" / "__main__.py").write_text(
            "import sys, toy\nprint(toy.WORD, *sys.argv[1:])\nsys.exit(len(sys.argv) - 1)\n"
        )
        (self.root / "requirements").mkdir()
        self.lock = self.root / "requirements" / "pitbox.txt"
        self.lock.write_text(make_wheel(self.wheels, "toy", "WORD = 'hello'\n"))

    def environ(self, **more: str) -> dict[str, str]:
        return {
            "HOME": str(self.root.parent),
            "PATH": os.environ["PATH"],
            "PITBOX_PYTHON": str(self.base_python),
            "PITBOX_NO_APT": "1",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.wheels.as_uri(),
            **more,
        }

    def run(self, *words: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.root / "scripts" / "run"), *words],
            cwd=cwd or self.root,
            env=self.environ(**more),
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """As a newcomer has it."""
    return Checkout(tmp_path)


@pytest.fixture(scope="session")
def ready_python(made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The system's Python, whose `-m venv` lays down the one that it made before: pip and all, at once."""
    made = made_once("venv", make_venv) / "venv"
    python = tmp_path_factory.mktemp("ready") / "python3"
    python.write_text(
        "#!/bin/bash\n"
        f'[[ "$1 $2 $#" == "-m venv 3" ]] && exec cp -a "{made}/." "$3"\n'
        f'exec "{BASE_PYTHON}" "$@"\n'
    )
    python.chmod(0o755)
    return python


def make_venv(folder: Path) -> None:
    subprocess.run([str(BASE_PYTHON), "-m", "venv", str(folder / "venv")], timeout=DEADLINE_S, check=True)


@pytest.fixture(scope="session")
def _started(made_once: MadeOnce, ready_python: Path) -> Path:
    return made_once("started", partial(start, python=ready_python))


def start(folder: Path, python: Path) -> None:
    checkout = Checkout(folder, python)
    assert checkout.run().stdout == "hello\n"


@pytest.fixture
def started(_started: Path, ready_python: Path, tmp_path: Path) -> Checkout:
    """As it is after the first start; a copy, because an environment may move."""
    copy = Checkout(tmp_path, ready_python)
    shutil.copytree(_started / copy.venv.relative_to(tmp_path), copy.venv, symlinks=True)
    return copy


def test_two_first_starts_at_once_make_one_environment(checkout: Checkout, tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            [str(checkout.root / "scripts" / "run"), "a b", "*"],
            cwd=tmp_path,
            env=checkout.environ(PYTHONPATH="/nowhere"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    ends = [process.communicate(timeout=DEADLINE_S) for process in both]
    assert [out for out, _ in ends] == ["hello a b *\n"] * 2, ends
    assert [process.returncode for process in both] == [2, 2]
    assert sum("Making a Python environment" in said for _, said in ends) == 1
    later = checkout.run()
    assert (later.stdout, later.stderr, later.returncode) == ("hello\n", "", 0)


def test_folder_may_move_and_the_caller_may_stand_anywhere(started: Checkout, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "toy.py").write_text("WORD = 'shadowed'\n")
    started.root = started.root.rename(tmp_path / "elsewhere")
    link = tmp_path / "link"
    link.symlink_to(started.root / "scripts" / "run")
    run = subprocess.run(
        [str(link)], cwd=trap, env=started.environ(), capture_output=True, text=True, timeout=60, check=True
    )
    assert (run.stdout, run.stderr) == ("hello\n", "")


def test_changed_lock_is_installed(started: Checkout) -> None:
    (started.root / "pitbox" / "__main__.py").write_text("import more\nprint(more.WORD)\n")
    line = make_wheel(started.wheels, "more", "WORD = 'more'\n")
    started.lock.write_text(started.lock.read_text() + line)
    run = started.run()
    assert run.stdout == "more\n", run.stderr
    assert "anew" not in run.stderr


def test_wrong_hash_installs_nothing(started: Checkout) -> None:
    good = started.lock.read_text()
    line = make_wheel(started.wheels, "more", "WORD = 'more'\n")
    make_wheel(started.wheels, "more", "WORD = 'evil'\n")
    started.lock.write_text(good + line)
    run = started.run()
    assert (run.returncode, run.stdout) == (1, "")
    assert "not the one that the lock names" in run.stderr
    assert not list(started.venv.glob("lib/*/site-packages/more.py"))
    started.lock.write_text(good)
    run = started.run()
    assert run.stdout == "hello\n"
    assert "anew" not in run.stderr, "what was sound is kept"


def test_missing_build_is_said_each_time(started: Checkout) -> None:
    started.lock.write_text(started.lock.read_text() + make_wheel(started.wheels, "more", ""))
    (started.wheels / "more-1.0-py3-none-any.whl").unlink()
    for _ in range(2):
        run = started.run()
        assert run.returncode == 1
        assert "no build for Python 3" in run.stderr


@pytest.mark.slow
def test_half_a_package_is_made_whole(started: Checkout) -> None:
    """A kill in the middle of pip: the package's record is there, its module is not."""
    for module in started.venv.glob("lib/*/site-packages/toy.py"):
        module.unlink()
    (started.venv / ".unfinished").touch()
    run = started.run()
    assert run.stdout == "hello\n", run.stderr
    assert "made anew" in run.stderr


@pytest.mark.slow
def test_another_python_behind_it_makes_it_anew(started: Checkout) -> None:
    """A new release of the system: the link leads nowhere."""
    link = started.venv / "bin" / "python3"
    for name in ("python", "python3", BASE_PYTHON.name):
        (started.venv / "bin" / name).unlink()
        (started.venv / "bin" / name).symlink_to("/nowhere/python3")
    assert link.is_symlink()
    run = started.run()
    assert run.stdout == "hello\n", run.stderr
    assert "made anew" in run.stderr


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["realpath", "sync", "mv"])
def test_killed_installation_never_looks_ready(started: Checkout, tmp_path: Path, tool: str) -> None:
    """The installing shell dies where it calls this tool: behind pip, before the stamp, at the stamp."""
    (tmp_path / "bin").mkdir()
    deadly = tmp_path / "bin" / tool
    deadly.write_text("#!/bin/bash\nkill -9 $PPID\n")
    deadly.chmod(0o755)
    started.lock.write_text(started.lock.read_text() + make_wheel(started.wheels, "more", ""))
    run = started.run(PATH=f"{deadly.parent}:{os.environ['PATH']}")
    assert (run.returncode, run.stdout) == (1, "")
    run = started.run()
    assert run.stdout == "hello\n", run.stderr
    assert "made anew" in run.stderr


@pytest.mark.parametrize(
    ("missing", "package"),
    [
        ("libEGL.so.1", "libegl1"),
        ("libX11-xcb.so.1", "libx11-xcb1"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
        ("libgomp.so.1", "libgomp1"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ],
)
def test_missing_library_becomes_a_line_to_type(tmp_path: Path, missing: str, package: str) -> None:
    loader = tmp_path / "ldd"
    loader.write_text(f"#!/bin/bash\nprintf '\\t{missing} => not found\\n\\tlibc.so.6 => /libc (0x1)\\n'\n")
    loader.chmod(0o755)
    for mood, code in (("note", 0), ("insist", 1)):
        run = subprocess.run(
            ["bash", "-c", f"source '{ROOT}/scripts/_environment.sh'; libraries {mood} window"],
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "PITBOX_NO_APT": "1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert run.returncode == code
        assert run.stderr.splitlines()[-1].strip() == f"sudo apt-get install -y {package}"


@pytest.mark.parametrize(
    ("words", "is_stopped"),
    [
        (("driver",), True),
        (("--profile", "night", "driver", "--demo", "duel"), True),
        (("driver", "--headless"), False),
        (("driver", "--help"), False),
        (("store", "driver"), False),
        (("--profile", "driver", "doctor"), False),
        ((), False),
    ],
)
def test_a_window_insists_on_its_libraries(
    started: Checkout, tmp_path: Path, words: tuple[str, ...], is_stopped: bool
) -> None:
    loader = tmp_path / "bin" / "ldd"
    loader.parent.mkdir()
    loader.write_text("#!/bin/bash\nprintf '\\tlibEGL.so.1 => not found\\n'\n")
    loader.chmod(0o755)
    run = started.run(*words, PATH=f"{loader.parent}:{os.environ['PATH']}", PITBOX_NO_APT="1")
    if is_stopped:
        assert (run.returncode, run.stdout) == (1, "")
        assert run.stderr.splitlines()[-1].strip() == "sudo apt-get install -y libegl1"
    else:
        assert (run.returncode, run.stdout) == (len(words), " ".join(("hello", *words)) + "\n")
        assert run.stderr == ""


@pytest.mark.parametrize(
    ("there", "packages"),
    [(("ip", "tc", "nft"), ""), (("ip", "tc"), "nftables"), (("ip",), "iproute2 nftables")],
)
def test_the_tests_between_machines_insist_on_their_programs(there: tuple[str, ...], packages: str) -> None:
    """`command` is asked as the scripts ask it; it knows only the tools of this case."""
    known = "|".join(there)
    asked = f"command() {{ case $3 in {known}) true ;; *) false ;; esac; }}; programs network"
    run = subprocess.run(
        ["bash", "-c", f"source '{ROOT}/scripts/_environment.sh'; {asked}"],
        env={"PATH": os.environ["PATH"], "PITBOX_NO_APT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == bool(packages)
    typed = f"sudo apt-get install -y {packages}" if packages else ""
    assert (run.stderr.splitlines() or [""])[-1].strip() == typed


@pytest.mark.parametrize("script", ["run", "test", "lock", "_environment.sh", "../.ci/run"])
def test_script_is_sound_and_may_be_executed(script: str) -> None:
    path = ROOT / "scripts" / script
    subprocess.run(["bash", "-n", str(path)], timeout=60, check=True)
    assert os.access(path, os.X_OK) == (not script.startswith("_"))


def test_too_old_a_python_is_named(tmp_path: Path, checkout: Checkout) -> None:
    """Only what stands in this folder can be found."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "readlink", "flock", "grep", "sha256sum", "env"):
        (tools / name).symlink_to(str(shutil.which(name)))
    (tools / "python3").write_text("#!/bin/bash\necho 3.9\n")
    (tools / "python3").chmod(0o755)
    run = checkout.run(PATH=str(tools), PITBOX_PYTHON="")
    assert run.returncode == 1
    assert "needs Python 3.11 or newer; found: 3.9" in run.stderr
