"""How kernel functions are compiled. The first two do no reference counting: they neither make nor return arrays.

Numba would optimise each function together with all that it calls, and translate it to machine code, once for every
function: most of a minute, for code that only `entry` functions run. So functions of the kernel are kept as parts, to
be linked into an entry and optimised there, once.
"""

from numba import njit
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


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


compiled = njit(nogil=True, _nrt=False, pipeline_class=_PartCompiler)
"""An ordinary function of the kernel."""

inlined = njit(nogil=True, _nrt=False, forceinline=True, pipeline_class=_PartCompiler)
"""Merged into its callers: for small functions, and for larger ones that are called from one place."""

entry = njit(cache=True, nogil=True)
"""What Python calls, or both Python and the kernel."""
