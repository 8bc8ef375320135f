"""A comparison as a whole: two scenarios, how they were run, and the table of differences."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from experiments.compare.draws import Draws
from experiments.compare.findings import Findings
from experiments.compare.paired import ALL, BETTER, COLUMNS, WORSE
from experiments.compare.side import Side, sides_of
from experiments.compare.variants import Pairs
from twin.errors import InputError
from twin.scenario.schema import Scenario

TWENTY = 20.0  # [s] of the KPI `sl20`


@dataclass(frozen=True)
class FurtherRuns:
    """What is run beyond the comparison itself."""

    assumptions: int = 0
    """So many of the assumptions that move the result most are run at the ends of their ranges."""
    vary: tuple[str, ...] = ()
    """Keys to run at the ends of their ranges, whatever they move."""
    transition: bool = False
    """B by months since the move."""
    directions: bool = False
    """What some of the expected directions need."""

    @property
    def has_ends(self) -> bool:
        return self.assumptions > 0 or bool(self.vary)

    @property
    def is_any(self) -> bool:
        return self.has_ends or self.transition or self.directions


@dataclass(frozen=True)
class Plan:
    """What is run: enough to run it again."""

    a: Side
    b: Side
    days: int
    seed: int
    replications: int
    further: FurtherRuns = FurtherRuns()
    posterior: Draws | None = None
    """Values of calibrated keys, other ones for each pair of runs."""
    until: Mapping[str, float] = field(default_factory=dict)
    """Half-widths by KPI: pairs are run until all are met; then `replications` is how many there were."""

    @classmethod
    def of(
        cls, a: Side, b: Side, days: int | None, seed: int, replications: int, further: FurtherRuns = FurtherRuns()
    ) -> "Plan":
        """Check that the two can be compared."""
        if a.label == b.label:
            raise InputError(
                f"compare: A and B are both {a.label!r}, must differ (--set-a and --set-b change one side only)"
            )
        if days is None:
            days_a, days_b = a.scenario.run.days, b.scenario.run.days
            if days_a != days_b:
                raise InputError(f"compare: run.days is {days_a} in {a.label} and {days_b} in {b.label}, give --days")
            days = days_a
        return cls(a, b, days, seed, replications, further)

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> "Plan":
        """The plan that a manifest records."""
        try:
            a, b = sides_of(manifest)
            asked = manifest.get("further", {})
            further = FurtherRuns(**{**asked, "vary": tuple(asked.get("vary", ()))})
            draws = Draws.from_manifest(manifest["posterior"]) if "posterior" in manifest else None
            numbers = manifest["days"], manifest["seed"], manifest["replications"]
            return cls(a, b, *numbers, further, draws)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"--repeat: the file is not the manifest of a comparison ({error})") from None

    def facts(self) -> dict[str, Any]:
        """What a manifest must hold beside the scenarios."""
        return {
            "command": "compare",
            "labels": [self.a.label, self.b.label],
            "days": self.days,
            "seed": self.seed,
            "replications": self.replications,
            "numbers": [list(self.a.numbers), list(self.b.numbers)],
            "further": asdict(self.further),
            **({} if self.posterior is None else {"posterior": self.posterior.as_dict()}),
        }

    def scenarios(self, replication: int) -> tuple[Scenario, Scenario]:
        """What A and B are in a pair of runs."""
        if self.posterior is None:
            return self.a.scenario, self.b.scenario
        a, b = self.posterior.scenarios(replication, self.a, self.b)
        return a, b


@dataclass(frozen=True)
class Comparison:
    """The finished comparison."""

    plan: Plan
    table: pd.DataFrame
    """See `paired.compare_summaries`."""
    replications: int
    facts: dict[str, Any] = field(default_factory=dict)
    pairs: Pairs = field(default=((), ()), repr=False)
    """The runs themselves, of A and of B."""
    further: Findings | None = None
    """What further runs have shown, where they were asked for."""
    _rows: dict[tuple[str, str, str], Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        rows: list[Any] = list(self.table.itertuples(index=False))
        self._rows.update({(row.by, row.group, row.kpi): row for row in rows})

    @property
    def a(self) -> Side:
        return self.plan.a

    @property
    def b(self) -> Side:
        return self.plan.b

    def row(self, kpi: str, by: str = ALL, group: str = ALL) -> Any:
        """One row of the table, None where there is no such thing to compare."""
        return self._rows.get((by, group, kpi))

    def rows(self, kpi: str, by: str) -> list[Any]:
        """The rows of one KPI, one for each group."""
        return [row for (row_by, _, row_kpi), row in self._rows.items() if (row_by, row_kpi) == (by, kpi)]

    def groups(self, by: str) -> list[str]:
        """Names of the groups in the order of the scenarios."""
        return list(dict.fromkeys(group for row_by, group, _ in self._rows if row_by == by))

    def has(self, kpi: str, by: str = ALL) -> bool:
        """Whether a KPI says anything: it is there and not 0 everywhere on both sides."""
        return any(row.a != 0 or row.b != 0 for row in self.rows(kpi, by))

    def title(self, by: str, group: str) -> str:
        """The name a reader knows a cluster, an intent or a queue by."""
        parts = {"cluster": "clusters", "intent": "intents", "queue": "queues"}
        for side in (self.b, self.a):
            known = getattr(side.scenario, parts.get(by, ""), {})
            if group in known:
                return known[group].title or group
            members = [name.title for name in side.scenario.intents.values() if by == "intent" and name.group == group]
            if members and members[0]:
                return members[0] + (", …" if len(members) > 1 else "")
        return group

    @property
    def size(self) -> str:
        """At which size the models ran, if there is more than one."""
        scales = {(side.scenario.scale.size, side.scenario.factor) for side in (self.a, self.b)}
        return ", ".join(f"size {name} (x {factor:g})" for name, factor in sorted(scales) if factor != 1)

    @property
    def has_other_targets(self) -> bool:
        """Whether the two promise different target waits, so that "within target" is another measure on each side."""
        return _targets(self.a.scenario) != _targets(self.b.scenario)

    @property
    def felt(self) -> tuple[str, ...]:
        """What a customer feels, measured alike on both sides: decides which clusters win and which pay."""
        measures = ("sl20" if self.has_other_targets else "in_target", "mean_wait", "fcr", "csi")
        return tuple(name for name in measures if self.has(name, "cluster"))

    def known(self, measures: Sequence[str], by: str) -> list[str]:
        """Those measures that say something; "within target" only where it is not just "within 20 s"."""
        known = [name for name in measures if self.has(name, by)]
        all_targets = {target for side in (self.a, self.b) for _, target in _targets(side.scenario)}
        if all_targets == {TWENTY} and {"sl20", "in_target"} <= set(known):
            known.remove("in_target")
        return known


def _targets(scenario: Scenario) -> set[tuple[str, float]]:
    """Target waits by whom they are promised to: a cluster, or whoever waits in some queue."""
    own = {(name, cluster.target) for name, cluster in scenario.clusters.items() if cluster.target is not None}
    own |= {(name, rule.target) for name, rule in scenario.priorities.items() if rule.target is not None}
    if len({name for name, _ in own} & set(scenario.clusters)) == len(scenario.clusters):
        return own
    return own | {("", queue.target) for queue in scenario.queues.values()}


@dataclass(frozen=True)
class Balance:
    """What a cluster feels of the change: measures shown better, shown worse."""

    group: str
    better: tuple[str, ...]
    worse: tuple[str, ...]

    @property
    def word(self) -> str:
        if self.better and self.worse:
            return "mixed"
        return "wins" if self.better else "pays" if self.worse else "no difference shown"


def balances(comparison: Comparison) -> list[Balance]:
    """For each cluster which of the measures that customers feel are shown to be better or worse."""
    result = []
    for group in comparison.groups("cluster"):
        verdicts = {name: getattr(comparison.row(name, "cluster", group), "verdict", "") for name in comparison.felt}
        better, worse = (tuple(n for n, v in verdicts.items() if v == word) for word in (BETTER, WORSE))
        result.append(Balance(group, better, worse))
    return result


def digest(table: pd.DataFrame, columns: Sequence[str] = COLUMNS) -> str:
    """Hash of all numbers of a comparison, to the last bit."""
    text = table[list(columns)].to_csv(index=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
