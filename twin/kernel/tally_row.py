"""A row of the tallies as the kernel's functions see it: its two parts joined, each measure found by its name."""

from typing import Any

from numba import config, types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.core.typing.templates import signature as typing_signature
from numba.extending import intrinsic, models, register_model

from twin.kernel.jit import inlined
from twin.kernel.pack import short_name
from twin.kernel.tallies import COMMON


class _RowType(types.Type):
    """The two rows of one cell in one interval."""

    def __init__(self, common: types.Record, rare: types.Record):
        self.rows = {"common": common, "rare": rare}
        super().__init__(name=f"TallyRow({short_name(common)}, {short_name(rare)})")

    def part_of(self, measure: str) -> str | None:
        return next((part for part, row in self.rows.items() if measure in row.fields), None)


@register_model(_RowType)
class _RowModel(models.StructModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, [(part, types.voidptr) for part in fe_type.rows])


@infer_getattr
class _Measures(AttributeTemplate):
    key = _RowType

    def generic_resolve(self, row: _RowType, measure: str) -> types.Type | None:
        part = row.part_of(measure)
        return row.rows[part].typeof(measure) if part else None


def _part(context, builder, row_type, row, measure):
    """The type and the address of the row in which the measure stands."""
    part = row_type.part_of(measure)
    address = getattr(cgutils.create_struct_proxy(row_type)(context, builder, value=row), part)
    return row_type.rows[part], builder.bitcast(address, context.get_value_type(row_type.rows[part]))


@lower_getattr_generic(_RowType)
def _read(context, builder, row_type, row, measure):
    kind, address = _part(context, builder, row_type, row, measure)
    value = context.get_getattr(kind, measure)(context, builder, kind, address, measure)
    return impl_ret_borrowed(context, builder, kind.typeof(measure), value)


@lower_setattr_generic(_RowType)
def _write(context, builder, signature, arguments, measure):
    kind, address = _part(context, builder, signature.args[0], arguments[0], measure)
    return context.get_setattr(measure, typing_signature(types.void, kind, signature.args[1]))(
        builder, (address, arguments[1])
    )


@intrinsic
def _join(typing_context, common, rare):
    def join(context, builder, signature, arguments):
        row = cgutils.create_struct_proxy(signature.return_type)(context, builder)
        row.common, row.rare = (builder.bitcast(address, cgutils.voidptr_t) for address in arguments)
        return row._getvalue()

    return _RowType(common, rare)(common, rare), join


class _PlainRow:
    """The same without the compiler."""

    def __init__(self, common: Any, rare: Any):
        self.__dict__.update(common=common, rare=rare)

    def _part(self, measure: str) -> Any:
        return self.common if measure in COMMON else self.rare

    def __getattr__(self, measure: str) -> Any:
        return getattr(self._part(measure), measure)

    def __setattr__(self, measure: str, value: Any) -> None:
        setattr(self._part(measure), measure, value)


_joined: Any = _PlainRow if config.DISABLE_JIT else _join


@inlined
def tallies_at(world, interval, cell):
    """The measures of a cell in an interval."""
    return _joined(world.common_tallies[interval, cell], world.rare_tallies[interval, cell])
