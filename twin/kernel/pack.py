"""The world as one pointer: what the compiled handlers are given.

A tuple of forty arrays is copied, and each array's reference count touched, at every call of a compiled function.
`pack` puts the tuple on the stack once and hands on its address; ``world.contacts`` then reads the array's descriptor
from there. Handlers are compiled without reference counting (see ``jit.py``): the caller of `pack` holds the arrays;
they neither move nor grow while the kernel runs. Without the compiler the tuple itself serves, so the same handlers
run as plain Python.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, models, register_model

from twin.kernel.jit import entry


class WorldPointer(types.Type):
    """Address of a tuple of type `tuple_type`; `is_constant` if nothing writes there while the function runs."""

    def __init__(self, tuple_type: types.NamedTuple, is_constant: bool):
        self.tuple_type = tuple_type
        self.is_constant = is_constant
        super().__init__(name=f"WorldPointer({tuple_type.name}, {is_constant})")


@register_model(WorldPointer)
class _PointerModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, dmm.lookup(fe_type.tuple_type).get_value_type().as_pointer())


@infer_getattr
class _Fields(AttributeTemplate):
    key = WorldPointer

    def generic_resolve(self, world: WorldPointer, name: str) -> types.Type | None:
        fields = world.tuple_type.fields
        return world.tuple_type.types[fields.index(name)] if name in fields else None


@lower_getattr_generic(WorldPointer)
def _load_field(context, builder, world_type, world, name):
    """Read one array's descriptor."""
    index = world_type.tuple_type.fields.index(name)
    zero = ir.IntType(32)(0)
    field = builder.load(builder.gep(world, [zero, ir.IntType(32)(index)], inbounds=True))
    if world_type.is_constant:
        field.set_metadata("invariant.load", builder.module.add_metadata([]))
    return impl_ret_borrowed(context, builder, world_type.tuple_type.types[index], field)


def _buffer_pointer(context, builder, buffer_type, buffer, value_type):
    data = context.make_array(buffer_type)(context, builder, buffer).data
    return builder.bitcast(data, value_type.as_pointer())


@intrinsic
def _on_stack(typing_context, world):
    def place(context, builder, signature, arguments):
        slot = cgutils.alloca_once(builder, arguments[0].type)
        builder.store(arguments[0], slot)
        return slot

    return WorldPointer(world, False)(world), place


@intrinsic
def _write(typing_context, world, buffer):
    def store(context, builder, signature, arguments):
        target = _buffer_pointer(context, builder, signature.args[1], arguments[1], arguments[0].type)
        builder.store(arguments[0], target)
        return context.get_dummy_value()

    return types.none(world, buffer), store


@intrinsic
def _in_buffer(typing_context, world, buffer):
    def point(context, builder, signature, arguments):
        return _buffer_pointer(context, builder, signature.args[1], arguments[1], arguments[0].type)

    return WorldPointer(world, True)(world, buffer), point


def _as_it_is(world, buffer=None):
    return world


pack: Any = _as_it_is if config.DISABLE_JIT else _on_stack
"""What compiled functions work on: `pack(rows)`, for any named tuple, as long as the caller lasts."""

packed: Any = _as_it_is if config.DISABLE_JIT else _in_buffer
"""The same for a world whose descriptors `write` has put into a buffer before: constant, which LLVM is told."""


def buffer_for(world: Any) -> np.ndarray:
    """Memory for the descriptors of a tuple of arrays of at most 8 axes."""
    return np.zeros(8 * 32 * len(world), np.uint8)


@entry
def _write_descriptors(world, buffer):
    _write(world, buffer)


def write(world: Any, buffer: np.ndarray) -> None:
    """Put the world's descriptors into the buffer. To be called whenever an array of the world was replaced."""
    if not config.DISABLE_JIT:
        _write_descriptors(world, buffer)
