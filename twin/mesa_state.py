"""What Mesa keeps of a model, as state to be saved: counters, random generators, what was collected."""

from collections.abc import Mapping
from typing import Any

from twin.errors import InputError
from twin.mesa_import import mesa

_PLAIN = (bool, int, float, str, type(None))


def mesa_state(model: Any) -> dict[str, Any]:
    """All attributes of the model that are plain values, ours among them, and the state of its generators."""
    plain = {name: value for name, value in vars(model).items() if isinstance(value, _PLAIN)}
    return {
        "plain": plain,
        "random": model.random.getstate(),
        "rng": model.rng.bit_generator.state,
        "collected": None if model.datacollector is None else _collected(model.datacollector),
    }


def restore_mesa(model: Any, state: Mapping[str, Any]) -> None:
    """Into a model that has just been built."""
    for name, value in state["plain"].items():
        built = getattr(model, name, value)
        if not isinstance(value, type(built)) and value is not None and built is not None:
            raise ValueError(f"{name} is {value!r}, must be like {built!r}")
        setattr(model, name, value)
    version, words, gauss = state["random"]
    model.random.setstate((version, tuple(words), gauss))
    model.rng.bit_generator.state = state["rng"]
    model.datacollector = None


def _collected(collector: mesa.DataCollector) -> dict[str, Any]:
    if collector._agenttype_records:
        raise InputError("save: the datacollector has records by type of agent, which cannot be saved")
    agents = [[step, [list(row) for row in rows]] for step, rows in collector._agent_records.items()]
    return {"model_vars": collector.model_vars, "tables": collector.tables, "agent_records": agents}


def go_on_collecting(collector: mesa.DataCollector, collected: Mapping[str, Any] | None) -> mesa.DataCollector:
    """Give a new collector what the one of the saved model had collected under the same names."""
    if collected is None:
        return collector
    for kept, saved in ((collector.model_vars, collected["model_vars"]), (collector.tables, collected["tables"])):
        if kept.keys() != saved.keys():
            given, wanted = ", ".join(kept) or "nothing", ", ".join(saved) or "nothing"
            raise InputError(f"the datacollector has {given}, must have what was collected: {wanted}")
        kept.update(saved)
    collector._agent_records = {step: [tuple(row) for row in rows] for step, rows in collected["agent_records"]}
    return collector
