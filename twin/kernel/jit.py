"""How kernel functions are compiled. The first two do no reference counting: they neither make nor return arrays.

Numba would optimise each function together with all that it calls, and translate it to machine code, once for every
function: most of a minute, for code that only `entry` functions run. So functions of the kernel are kept as parts, to
be linked into an entry and optimised there, once. For the same reason a part is compiled for integers of 64 bits alone:
callers hold rows in 32 bits here and in 64 there, and Numba would compile it for every mixture of them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import config, njit, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import CPUDispatcher

from twin.kernel import CACHE, cache_of


class _PartLibrary(JITCodeLibrary):
    """Code to be linked into that of others; has no machine code of its own."""

    def _optimize_final_module(self):
        pass

    def _finalize_final_module(self):
        self._finalize_dynamic_globals()
        self._finalized = True


class _PartCompiler(Compiler):
    """Compiles a function for others to call; Python cannot."""

    def define_pipelines(self):
        state = self.state
        state.flags.no_compile = state.flags.no_cpython_wrapper = state.flags.no_cfunc_wrapper = True
        state.library = _PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        return super().define_pipelines()

    def compile_extra(self, func):
        result = super().compile_extra(func)
        name = f"{func.__module__}.{func.__qualname__}"
        result = result._replace(entry_point=name.removeprefix)  # a key; raises TypeError if ever called
        self.state.targetctx.insert_user_function(result.entry_point, result.fndesc, [result.library])
        return result


def _widened(kind: types.Type) -> types.Type:
    """The type for which a part is compiled when it is called with this one."""
    kind = types.unliteral(kind)
    is_narrow = isinstance(kind, types.Integer) and not isinstance(kind, types.IntEnumMember) and kind.bitwidth < 64
    return types.int64 if is_narrow else kind


class _Part(CPUDispatcher):
    """A part as its callers see it."""

    def get_call_template(self, args, kws):
        _, args = self._compiler.fold_argument_types(args, kws)
        return super().get_call_template(tuple(_widened(kind) for kind in args), {})


def _part(**options: bool) -> Callable[[Callable], Any]:
    def decorate(function: Callable) -> Any:
        if config.DISABLE_JIT:
            return function
        targetoptions = {"nopython": True, "nogil": True, "_nrt": False, **options}
        return _Part(function, targetoptions=targetoptions, pipeline_class=_PartCompiler)

    return decorate


compiled = _part()
"""An ordinary function of the kernel."""

inlined = _part(forceinline=True)
"""Merged into its callers: for small functions, and for larger ones that are called from one place."""


def entry(function: Callable) -> Any:
    """What Python calls, or both Python and the kernel; kept on disk."""
    if config.DISABLE_JIT:
        return function
    config.CACHE_DIR = cache_of(Path(function.__code__.co_filename).parent)  # read once, by the decorator
    try:
        return njit(cache=True, nogil=True)(function)
    finally:
        config.CACHE_DIR = str(CACHE)
