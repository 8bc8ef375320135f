"""A scenario as one side of a comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.scenario.load import Overrides, load, scenario_from_dict
from twin.scenario.schema import Scenario


@dataclass(frozen=True)
class Side:
    """A scenario that is compared, with where its numbers come from."""

    label: str
    scenario: Scenario
    resolved: dict[str, Any]
    numbers: tuple[dict[str, Any], ...]
    """Each stated value: key, value, and mark, range, source, note, file where stated."""

    @classmethod
    def load(cls, name: str, overrides: Overrides, label_overrides: Sequence[str] = ()) -> "Side":
        """A scenario of the library or a file; overrides that only this side has become part of its label."""
        loaded = load(name, overrides)
        origins = loaded.provenance.as_dict()
        numbers = tuple(
            {"key": key, "value": loaded.provenance.value_of(key, loaded.resolved), **origin}
            for key, origin in origins.items()
        )
        label = loaded.scenario.name + (f" with {', '.join(label_overrides)}" if label_overrides else "")
        return cls(label, loaded.scenario, loaded.resolved, numbers)

    @classmethod
    def from_manifest(cls, label: str, resolved: dict[str, Any], numbers: Sequence[dict[str, Any]]) -> "Side":
        return cls(label, scenario_from_dict(resolved), resolved, tuple(numbers))


def sides_of(manifest: Mapping[str, Any]) -> tuple[Side, ...]:
    """The sides that the manifest of a comparison records."""
    recorded = zip(manifest["labels"], manifest["scenario"], manifest["numbers"], strict=True)
    return tuple(Side.from_manifest(*one) for one in recorded)
