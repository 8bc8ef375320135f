"""Rows as the kernel's functions see them: what only rare rules set is unset where an entry was compiled without them.

Such a column is read from the row and joined (by "and" or "or") with `HAS_RARE_RULES`, a constant that each entry
brings (`jit.py`). Where it is false, LLVM drops all that only the rare rules need.
"""

from llvmlite import ir
from numba import types
from numba.core.datamodel.models import RecordModel
from numba.core.imputils import lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import signature as typing_signature
from numba.extending import register_model

from twin.kernel.jit import HAS_RARE_RULES
from twin.kernel.rule_tables import RARE_COLUMNS


class RowOfRules(types.Record):
    """A row of a table that has such columns."""

    def __init__(self, record: types.Record, table: str):
        self.record, self.unset = record, RARE_COLUMNS[table]
        super().__init__([(name, at._asdict()) for name, at in record.fields.items()], record.size, record.aligned)


register_model(RowOfRules)(RecordModel)


@lower_getattr_generic(RowOfRules)
def _read(context, builder, row_type, row, name):
    value = context.get_getattr(row_type.record, name)(context, builder, row_type.record, row, name)
    if name not in row_type.unset:
        return value
    has_rules = _has_rare_rules(builder)
    every_bit = has_rules if value.type == has_rules.type else builder.sext(has_rules, value.type)
    return builder.or_(value, builder.not_(every_bit)) if row_type.unset[name] else builder.and_(value, every_bit)


@lower_setattr_generic(RowOfRules)
def _write(context, builder, signature, arguments, name):
    plain = typing_signature(types.void, signature.args[0].record, signature.args[1])
    return context.get_setattr(name, plain)(builder, arguments)


def _has_rare_rules(builder):
    """The constant, whose value is known when the entry is put together."""
    if HAS_RARE_RULES not in builder.module.globals:
        constant = ir.GlobalVariable(builder.module, ir.IntType(1), HAS_RARE_RULES)
        constant.global_constant = True
    return builder.load(builder.module.globals[HAS_RARE_RULES])
