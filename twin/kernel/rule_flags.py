"""The row of options as the kernel's functions see it: a rare rule is off where an entry was compiled without them.

A flag of a rare rule is read from the row and joined (by "and") with `HAS_RARE_RULES`, a constant that each entry
brings (`jit.py`). Where it is false, LLVM drops all that only the rare rules need.
"""

from llvmlite import ir
from numba import types
from numba.core.datamodel.models import RecordModel
from numba.core.imputils import lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import signature as typing_signature
from numba.extending import register_model

from twin.kernel.jit import HAS_RARE_RULES
from twin.kernel.rule_tables import RARE_RULES


class OptionsRow(types.Record):
    """The one row of OPTIONS."""

    def __init__(self, record: types.Record):
        self.record = record
        super().__init__([(name, at._asdict()) for name, at in record.fields.items()], record.size, record.aligned)


register_model(OptionsRow)(RecordModel)


@lower_getattr_generic(OptionsRow)
def _read(context, builder, row_type, row, name):
    value = context.get_getattr(row_type.record, name)(context, builder, row_type.record, row, name)
    return builder.and_(value, _has_rare_rules(builder)) if name in RARE_RULES else value


@lower_setattr_generic(OptionsRow)
def _write(context, builder, signature, arguments, name):
    plain = typing_signature(types.void, signature.args[0].record, signature.args[1])
    return context.get_setattr(name, plain)(builder, arguments)


def _has_rare_rules(builder):
    """The constant, whose value is known when the entry is put together."""
    if HAS_RARE_RULES not in builder.module.globals:
        constant = ir.GlobalVariable(builder.module, ir.IntType(1), HAS_RARE_RULES)
        constant.global_constant = True
    return builder.load(builder.module.globals[HAS_RARE_RULES])
