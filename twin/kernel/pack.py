"""The world as one pointer: what the compiled handlers are given.

A tuple of forty arrays is copied, and each array's reference count touched, at every call of a compiled function.
`pack` puts the tuple on the stack once and hands on its address; ``world.contacts`` then reads the array's descriptor
from there. Handlers are compiled without reference counting (see ``jit.py``): the caller of `pack` holds the arrays;
they neither move nor grow while the kernel runs. Without the compiler the tuple itself serves, so the same handlers
run as plain Python.
"""

from typing import Any

from llvmlite import ir
from numba import config, types
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, models, register_model


class WorldPointer(types.Type):
    """Address of a `World` tuple of type `tuple_type`."""

    def __init__(self, tuple_type: types.NamedTuple):
        self.tuple_type = tuple_type
        super().__init__(name=f"WorldPointer({tuple_type.name})")


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
    return impl_ret_borrowed(context, builder, world_type.tuple_type.types[index], field)


@intrinsic
def _address_of(typing_context, world):
    if not isinstance(world, types.NamedTuple):
        return None

    def place(context, builder, signature, arguments):
        from numba.core import cgutils

        slot = cgutils.alloca_once(builder, arguments[0].type)
        builder.store(arguments[0], slot)
        return slot

    return WorldPointer(world)(world), place


def _as_it_is(world):
    return world


pack: Any = _as_it_is if config.DISABLE_JIT else _address_of
"""What handlers work on: `pack(world)`."""
