"""How the parts of the compiled races are made: each one is inlined where it is called.

They take plain pointers. Views of arrays count references, and of pointers that are known not to overlap a
loop needs no proof at run time before it may become wide.
"""

from typing import Any

import numba
import numpy as np
from numba.cpython.unsafe.numbers import leading_zeros, trailing_zeros

_njit: Any = numba.njit
leaf: Any = _njit(
    error_model="numpy",
    boundscheck=False,
    nogil=True,
    forceinline=True,
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
    _nrt=False,
)

FAR = np.float32(1e7)
ZERO, ONE, TWO, HALF = np.float32(0.0), np.float32(1.0), np.float32(2.0), np.float32(0.5)
NOBODY, BIT, LAST = np.uint64(0), np.uint64(1), np.uint64(63)
"""Of masks, a bit a lane; the number of the last bit."""
_zeros: Any = trailing_zeros
_leading_zeros: Any = leading_zeros


@leaf  # type: ignore[untyped-decorator]
def lowest(mask: Any) -> Any:
    """The first lane of a mask that is not empty."""
    return numba.int64(_zeros(mask))


@leaf  # type: ignore[untyped-decorator]
def highest(mask: Any) -> Any:
    """The last bit of a mask that is not empty."""
    return numba.int64(63) - numba.int64(_leading_zeros(mask))
