"""The world as one pointer: what the compiled handlers are given.

A tuple of forty arrays is copied, and each array's reference count touched, at every call of a compiled function.
`pack` puts the tuple on the stack once and hands on its address; ``world.contacts`` then reads the array's descriptor
from there. Handlers are compiled without reference counting (see ``jit.py``): the caller of `pack` holds the arrays;
they neither move nor grow while the kernel runs. Without the compiler the tuple itself serves, so the same handlers
run as plain Python.
"""

import hashlib
import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed, lower_builtin, lower_getattr, lower_getattr_generic
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global
from numba.core.typing.templates import signature as typing_signature
from numba.extending import intrinsic, models, register_model

from twin.kernel.jit import entry
from twin.kernel.memory import CACHE_LINE
from twin.kernel.rule_flags import RowOfRules
from twin.kernel.rule_tables import RARE_COLUMNS

_I32 = ir.IntType(32)
_INTP = ir.IntType(64)


def short_name(kind: types.Type) -> str:
    """A hash in place of a type's name of many pages, which every symbol would repeat."""
    return hashlib.blake2b(kind.name.encode(), digest_size=8).hexdigest()


class WorldPointer(types.Type):
    """Address of a tuple of arrays. They are read as tables if nothing writes there while the function runs."""

    def __init__(self, tuple_type: types.NamedTuple, has_tables: bool):
        self.tuple_type = tuple_type
        self.has_tables = has_tables
        super().__init__(name=f"WorldPointer({short_name(tuple_type)}, {has_tables})")


@register_model(WorldPointer)
class _PointerModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, dmm.lookup(fe_type.tuple_type).get_value_type().as_pointer())


class Table(types.Type):
    """Address of the descriptor of a C-contiguous array of `array_type` in a constant world.

    Rows are read without looking whether an index counts from the end: in the kernel none does.
    """

    def __init__(self, array_type: types.Array, name: str):
        self.array_type = array_type
        self.row_type = RowOfRules(array_type.dtype, name) if name in RARE_COLUMNS else array_type.dtype
        super().__init__(name=f"Table({short_name(array_type)}, {short_name(self.row_type)})")


@register_model(Table)
class _TableModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, dmm.lookup(fe_type.array_type).get_value_type().as_pointer())


@infer_getattr
class _Fields(AttributeTemplate):
    key = WorldPointer

    def generic_resolve(self, world: WorldPointer, name: str) -> types.Type | None:
        fields = world.tuple_type.fields
        if name not in fields:
            return None
        array_type = world.tuple_type.types[fields.index(name)]
        return Table(array_type, name) if world.has_tables else array_type


@lower_getattr_generic(WorldPointer)
def _load_field(context, builder, world_type, world, name):
    """One array's descriptor, or its address if it is a table."""
    index = world_type.tuple_type.fields.index(name)
    field = builder.gep(world, [_I32(0), _I32(index)], inbounds=True)
    if world_type.has_tables:
        return field
    return impl_ret_borrowed(context, builder, world_type.tuple_type.types[index], builder.load(field))


def _load_constant(builder, pointer):
    """Load what does not change while the kernel runs, which LLVM is told."""
    value = builder.load(pointer)
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def _part_of(context, builder, table_type, table, name, *axis):
    """The descriptor's `data`, or `shape` of an axis."""
    position = context.data_model_manager[table_type.array_type].get_field_position(name)
    return _load_constant(builder, builder.gep(table, [_I32(0), _I32(position), *map(_I32, axis)], inbounds=True))


def _address(context, builder, signature, arguments):
    """Address of the item at an index, or at as many as there are axes."""
    table_type, index_type = signature.args[:2]
    table, index = arguments[:2]
    if isinstance(index_type, types.BaseTuple):
        kinds, indices = list(index_type), cgutils.unpack_tuple(builder, index)
    else:
        kinds, indices = [index_type], [index]
    indices = [context.cast(builder, i, kind, types.intp) for i, kind in zip(indices, kinds, strict=True)]
    position = indices[0]
    for axis, step in enumerate(indices[1:], 1):
        length = _part_of(context, builder, table_type, table, "shape", axis)
        position = builder.add(builder.mul(position, length), step)
    data = _part_of(context, builder, table_type, table, "data")
    return builder.gep(data, [position], inbounds=True)


@infer_getattr
class _Shape(AttributeTemplate):
    key = Table

    def resolve_shape(self, table: Table) -> types.Type:
        return types.UniTuple(types.intp, table.array_type.ndim)


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, arguments, keywords):
        table, index = arguments
        if isinstance(table, Table) and _is_whole(table, index):
            return typing_signature(table.row_type, table, index)
        return None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, arguments, keywords):
        table, index, _ = arguments
        if isinstance(table, Table) and _is_whole(table, index):
            return typing_signature(types.none, table, index, table.array_type.dtype)
        return None


@infer_global(len)
class _Length(AbstractTemplate):
    def generic(self, arguments, keywords):
        return typing_signature(types.intp, *arguments) if isinstance(arguments[0], Table) else None


def _is_whole(table, index):
    """Whether an index names one item, by integers."""
    kinds = list(index) if isinstance(index, types.BaseTuple) else [index]
    are_whole = all(isinstance(kind, types.Integer | types.IntEnumMember) for kind in kinds)
    return are_whole and len(kinds) == table.array_type.ndim


@lower_builtin(operator.getitem, Table, types.Any)
def _get_item(context, builder, signature, arguments):
    address = _address(context, builder, signature, arguments)
    kind = signature.return_type
    value = address if isinstance(kind, types.Record) else context.unpack_value(builder, kind, address)
    return impl_ret_borrowed(context, builder, kind, value)


@lower_builtin(operator.setitem, Table, types.Any, types.Any)
def _set_item(context, builder, signature, arguments):
    address = _address(context, builder, signature, arguments)
    context.pack_value(builder, signature.args[2], arguments[2], address)
    return context.get_dummy_value()


@lower_getattr(Table, "shape")
def _shape(context, builder, table_type, table):
    return _part_of(context, builder, table_type, table, "shape")


@lower_builtin(len, Table)
def _length(context, builder, signature, arguments):
    return _part_of(context, builder, signature.args[0], arguments[0], "shape", 0)


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

    return WorldPointer(world, not config.BOUNDSCHECK)(world, buffer), point


def _as_it_is(world, buffer=None):
    return world


pack: Any = _as_it_is if config.DISABLE_JIT else _on_stack
"""What compiled functions work on: `pack(rows)`, for any named tuple, as long as the caller lasts."""

packed: Any = _as_it_is if config.DISABLE_JIT else _in_buffer
"""The same for a world whose descriptors `write` has put into a buffer before: constant, which LLVM is told."""


@intrinsic
def _prefetch(typing_context, table, row):
    kind = table.array_type if isinstance(table, Table) else table

    def ask(context, builder, signature, arguments):
        byte = ir.IntType(8).as_pointer()
        function_type = ir.FunctionType(ir.VoidType(), [byte, _I32, _I32, _I32])
        function = cgutils.get_or_insert_function(builder.module, function_type, "llvm.prefetch.p0i8")
        place = [arguments[1]] + [_INTP(0)] * (kind.ndim - 1)
        if kind is table:
            array = context.make_array(kind)(context, builder, arguments[0])
            first = cgutils.get_item_pointer(context, builder, kind, array, place)
        else:
            index = types.UniTuple(types.intp, kind.ndim)
            parts = arguments[0], context.make_tuple(builder, index, place)
            first = _address(context, builder, typing_signature(types.none, table, index), parts)
        first = builder.bitcast(first, byte)
        size = context.get_abi_sizeof(context.get_data_type(kind.dtype)) if kind.ndim == 1 else CACHE_LINE
        for offset in range(0, size, CACHE_LINE):
            to_write, to_keep, data = _I32(1), _I32(3), _I32(1)
            builder.call(function, [builder.gep(first, [_I32(offset)]), to_write, to_keep, data])
        return context.get_dummy_value()

    return types.none(table, types.intp), ask


def _nothing(table, row):
    pass


prefetch: Any = _nothing if config.DISABLE_JIT else _prefetch
"""Ask the processor for a row of a table before it is needed: a record, or the first cache line of a row of numbers."""


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
