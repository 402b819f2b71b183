"""The compiled races as machine code: made by numba once, kept in a file, loaded without numba from then on.

numba's own cache would load numba first, which takes longer than 10,000 races do. Nothing here starts a
thread: `made` takes seconds and is for a thread of the caller's, `ready` never compiles.
"""

import ctypes
import hashlib
import os
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import msgspec

from pitbox.strategy.errors import StrategyError

FOLDER = "NUMBA_CACHE_DIR"
"""The variable that names another folder for compiled races, for numba and for us."""
Races = Callable[..., int]
"""Pointers as whole numbers, in the order of `kernel.races`; 0 when all went well."""
_POINTERS_IN, _COUNTS, _POINTERS_OUT = 29, 4, 5
_SOURCES = ("layout.py", "leaf.py", "arrival.py", "passing.py", "kernel.py", "machine_code.py")


class CompileError(StrategyError):
    """Numba could not compile the races here."""


class Code(msgspec.Struct, frozen=True):
    """What a file holds."""

    symbol: str
    machine_code: bytes
    digest: bytes


class State(msgspec.Struct, frozen=True):
    """How races are driven in this process, for Health and for whoever wonders."""

    is_ready: bool
    kept_in: str = ""
    """The file that the next process will load; empty: it will have to compile."""
    trouble: str = ""
    """Why it is not kept, or not compiled."""


class _Workshop:
    """Of this process: what is loaded stays."""

    races: Races | None = None
    engine: Any = None
    """Owns the memory that `races` runs in."""
    has_looked = False
    state = State(is_ready=False)


def ready() -> Races | None:
    """The compiled races if they are here or in a file; a matter of milliseconds."""
    if _Workshop.races is None and not _Workshop.has_looked:
        _Workshop.has_looked = True
        for folder in _folders():
            path = folder / _file_name()
            code = read(path)
            if code is not None:
                _take(_linked(code), State(is_ready=True, kept_in=str(path)))
                break
    return _Workshop.races


def look_again() -> Races | None:
    """After somebody else compiled them."""
    _Workshop.has_looked = False
    return ready()


def made() -> Races:
    """Compiled now unless they are ready; seconds of CPU, for a thread of the crew."""
    found = ready()
    if found is None:
        # Only who compiles loads numba; its lock lets one thread do it, and the next one finds it done.
        with import_module("numba.core.compiler_lock").global_compiler_lock:
            found = ready()
            if found is None:
                try:
                    code, held = _compiled()
                except Exception as error:
                    trouble = f"The races could not be compiled: {error}"
                    _Workshop.state = State(is_ready=False, trouble=trouble)
                    raise CompileError(trouble) from error
                found = _take(held, keep(code))
    return found


def state() -> State:
    return _Workshop.state


def _take(held: tuple[Any, Races], told: State) -> Races:
    _Workshop.engine, _Workshop.races = held
    _Workshop.state = told
    return held[1]


def _compiled() -> tuple[Code, tuple[Any, Races]]:
    """A dispatcher of numba's cannot promise that arrays do not overlap; one floor below it, a flag does."""
    compiler: Any = import_module("numba.core.compiler")  # only who compiles loads numba
    kernel: Any = import_module("pitbox.strategy.montecarlo.kernel")
    cpu: Any = import_module("numba.core.registry").cpu_target
    flags = compiler.Flags()
    flags.error_model = "numpy"
    flags.no_cpython_wrapper = flags.no_cfunc_wrapper = flags.noalias = True
    flags.nrt = False
    typing, target = cpu.typing_context, cpu.target_context
    typing.refresh()
    target.refresh()
    library = target.codegen().create_library("pitbox_races")
    library.enable_object_caching()
    found = compiler.compile_extra(
        typing, target, kernel.races, kernel.ARGUMENTS, kernel.NOTHING, flags, {}, library=library
    )
    symbol, machine_code = found.fndesc.llvm_func_name, library._get_compiled_object()  # noqa: SLF001 - numba's cache does the same
    code = Code(symbol, machine_code, _digest(symbol, machine_code))
    return code, (library, _callable(library.get_pointer_to_function(symbol)))


def _linked(code: Code) -> tuple[Any, Races]:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(codemodel="jitdefault", jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code.machine_code))
    engine.finalize_object()
    return engine, _callable(engine.get_function_address(code.symbol))


def _callable(address: int) -> Races:
    """By numba's convention: room for a result and for an exception come before the arguments."""
    pointer = ctypes.c_void_p
    kinds = [*[pointer] * (2 + _POINTERS_IN), *[ctypes.c_int64] * _COUNTS, *[pointer] * _POINTERS_OUT]
    function = ctypes.CFUNCTYPE(ctypes.c_int32, *kinds)(address)

    def call(*arguments: int) -> int:
        room = (ctypes.c_int64 * 2)()
        begin = ctypes.addressof(room)
        return int(function(begin, begin + 8, *arguments))

    return call


def _folders() -> list[Path]:
    """Where compiled races may lie, best first: the folder that was asked for alone, else as with numba."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - not needed while races are ready

    asked = os.environ.get(FOLDER)
    if asked:
        return [Path(asked)]
    return [Path(__file__).with_name("__pycache__"), user_cache_path("PitBox", appauthor=False)]


def _file_name() -> str:
    """Names all that the code depends on: the sources, the compilers, and the processor."""
    parts = [version("numba"), version("llvmlite"), llvm.get_host_cpu_name()]
    parts.append(llvm.get_host_cpu_features().flatten())
    parts.extend(_source(name) for name in _SOURCES)
    return f"races-{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}.code"


def _source(name: str) -> str:
    try:
        return Path(__file__).with_name(name).read_text("utf-8")
    except OSError:  # packed into a program: one version, one text
        return version("pitbox")


def keep(code: Code) -> State:
    trouble = ""
    for folder in _folders():
        path = folder / _file_name()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(f".{os.getpid()}")
            half.write_bytes(msgspec.msgpack.encode(code))
            half.replace(path)
        except OSError as error:
            trouble = trouble or f"Compiled races are not kept: {error}"
        else:
            return State(is_ready=True, kept_in=str(path))
    return State(is_ready=True, trouble=trouble)


def read(path: Path) -> Code | None:
    try:
        code = msgspec.msgpack.decode(path.read_bytes(), type=Code)
    except (OSError, msgspec.DecodeError):
        return None
    return code if code.digest == _digest(code.symbol, code.machine_code) else None


def _digest(symbol: str, machine_code: bytes) -> bytes:
    return hashlib.sha256(symbol.encode() + b"\0" + machine_code).digest()
