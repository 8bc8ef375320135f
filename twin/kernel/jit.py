"""How kernel functions are compiled. The first two do no reference counting: they neither make nor return arrays.

Numba would optimise each function together with all that it calls, and translate it to machine code, once for every
function: most of a minute, for code that only `entry` functions run. So functions of the kernel are kept as parts, to
be linked into an entry and optimised there, once. For the same reason they are compiled for integers of 64 bits alone:
callers hold rows in 32 bits here and in 64 there, and Numba would compile them for every mixture.

Nobody but its entry sees the parts linked into it. LLVM is told so, and drops what no caller needs: arguments, results,
the status that Numba hands back from every call. No part raises: divisions are looked at only with NUMBA_BOUNDSCHECK.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from llvmlite.binding import Linkage, parse_assembly
from numba import config, types
from numba.core.caching import FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import CPUDispatcher
from numba.core.runtime import rtsys

from twin.kernel import CACHE, cache_of

_OPTIONS = {"nogil": True, "error_model": "python" if config.BOUNDSCHECK else "numpy"}


HAS_RARE_RULES = "twin.has_rare_rules"
"""A constant of the compiled code (`rule_flags.py`), which every entry defines."""


class _EntryLibrary(JITCodeLibrary):
    """Machine code of an entry and of all parts that it needs, which no other code calls."""

    has_rare_rules = True
    _linking_libraries: list[JITCodeLibrary]

    def finalize(self):
        self._linking_libraries = _with_what_they_need(self._linking_libraries)
        super().finalize()

    def _optimize_final_module(self):
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                function.linkage = Linkage.internal
        if any(constant.name == HAS_RARE_RULES for constant in self._final_module.global_variables):
            value = str(self.has_rare_rules).lower()
            self._final_module.link_in(parse_assembly(f"@{HAS_RARE_RULES} = constant i1 {value}"))
            self._final_module.get_global_variable(HAS_RARE_RULES).linkage = Linkage.internal
        passes, builder = self._codegen._module_pass_manager()
        passes.run(self._final_module, builder)


class _LeanEntryLibrary(_EntryLibrary):
    """The same without the rare rules."""

    has_rare_rules = False


class _EntryCompiler(Compiler):
    """Compiles a function for Python, and for others to call."""

    library_class = _EntryLibrary

    def define_pipelines(self):
        state = self.state
        state.library = self.library_class(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return super().define_pipelines()


class _LeanEntryCompiler(_EntryCompiler):
    library_class = _LeanEntryLibrary


class _PartLibrary(JITCodeLibrary):
    """One function, to be linked into an entry; has no machine code, and nothing of what it calls."""

    def finalize(self):
        self._raise_if_finalized()
        self._finalize_dynamic_globals()
        self._finalized = True


def _with_what_they_need(libraries: list[JITCodeLibrary]) -> list[JITCodeLibrary]:
    """These and all that their parts call, each once."""
    found: dict[JITCodeLibrary, None] = {}
    left = list(reversed(libraries))
    while left:
        library = left.pop()
        if library in found:
            continue
        found[library] = None
        if isinstance(library, _PartLibrary):
            left.extend(reversed(library._linking_libraries))
    return list(found)


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
    """The type for which a function is compiled when others call it with this one."""
    kind = types.unliteral(kind)
    is_narrow = isinstance(kind, types.Integer) and not isinstance(kind, types.IntEnumMember) and kind.bitwidth < 64
    return types.int64 if is_narrow else kind


class _Widening(CPUDispatcher):
    """A function as its callers in compiled code see it."""

    def get_call_template(self, args, kws):
        _, args = self._compiler.fold_argument_types(args, kws)
        return super().get_call_template(tuple(_widened(kind) for kind in args), {})


def _part(**options: bool) -> Callable[[Callable], Any]:
    def decorate(function: Callable) -> Any:
        if config.DISABLE_JIT:
            return function
        targetoptions = {"nopython": True, "_nrt": False, **_OPTIONS, **options}
        return _Widening(function, targetoptions=targetoptions, pipeline_class=_PartCompiler)

    return decorate


compiled = _part()
"""An ordinary function of the kernel."""

inlined = _part(forceinline=True)
"""Merged into its callers: for small functions, and for larger ones that are called from one place."""


class _ReadyCache(FunctionCache):
    """Machine code of an earlier process, without what only the compiler needs.

    Numba would first read all that it knows about compiling, SciPy's linear algebra with it: half a second. Machine
    code needs its runtime alone, and who compiles later has the rest read then.
    """

    def load_overload(self, sig, target_context):
        try:
            rtsys.initialize(target_context)
            with self._guard_against_spurious_io_errors():
                return self._load_overload(sig, target_context)
        except Exception:  # another version of Numba may need more than the runtime
            return super().load_overload(sig, target_context)


def _entry(compiler: type[Compiler]) -> Callable[[Callable], Any]:
    def decorate(function: Callable) -> Any:
        if config.DISABLE_JIT:
            return function
        config.CACHE_DIR = cache_of(Path(function.__code__.co_filename).parent)  # read once, by the decorator
        try:
            dispatcher = _Widening(function, targetoptions={"nopython": True, **_OPTIONS}, pipeline_class=compiler)
            dispatcher._cache = _ReadyCache(function)  # as `enable_caching` does
            return dispatcher
        finally:
            config.CACHE_DIR = str(CACHE)

    return decorate


entry = _entry(_EntryCompiler)
"""What Python calls, or both Python and the kernel; kept on disk."""

lean_entry = _entry(_LeanEntryCompiler)
"""The same without what the rare rules need: for scenarios that have none of them."""
