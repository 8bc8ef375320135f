"""`twin compare BASE B C ...`: run, keep what was counted, print and write the page."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from experiments.compare.fitted import Named, load_sides
from experiments.compare.folder import COUNTS, REPORT, TABLE, default_folder, print_folder
from experiments.compare.many import Many, ManyPlan, run_many
from experiments.compare.many_screen import print_many
from experiments.compare.many_words import overall
from experiments.compare.posterior import many_with_posterior, spreads
from experiments.compare.screen import WIDTH
from twin.console import wide_console
from twin.errors import InputError, RunError
from twin.output import MANIFEST, as_json, manifest, open_output, write_json, write_parquet, write_text

COLUMNS = ("b", "difference", "half_width", "variance_ratio", "verdict")


def refuse_with_many(**given: Any) -> None:
    """Raise InputError if one of these options, which are for two scenarios, was given."""
    wrong = next((name for name, value in given.items() if value), None)
    if wrong:
        raise InputError(f"--{wrong.replace('_', '-')}: is for two scenarios, must not be given with three or more")


def many_command(
    names: Sequence[str],
    days: int | None,
    replications: int,
    seed: int,
    both: Sequence[str],
    a: Sequence[str],
    out: str | None,
    workers: int | None,
    json_wanted: bool,
    until: Sequence[str],
    posterior: str | None = None,
) -> None:
    """`twin compare BASE B C ...`; values of `a` are set over the base only."""
    sides = load_sides(Named(names[0], [*both, *a], a), *[Named(name, both) for name in names[1:]])
    plan = ManyPlan.of(sides, days, seed, replications, until)
    if posterior is not None:
        plan = many_with_posterior(plan, posterior)
    folder = open_output(out or default_folder(plan.base.scenario.name, str(len(plan.others))))
    many = run_and_write_many(plan, folder, workers)
    if json_wanted:
        print(as_json(as_dict(many)))
        return
    console = wide_console(WIDTH)
    print_many(many, console, max(WIDTH, console.width))
    print_folder(folder, console)


def run_and_write_many(plan: ManyPlan, folder: Path, workers: int | None = None) -> Many:
    """Run, and leave everything in the folder; counts are there as soon as a run is finished."""
    from experiments.compare.many_html import many_html

    scenarios = [side.resolved for side in plan.sides]
    write_json(manifest(scenarios, **plan.facts(plan.replications)), folder / MANIFEST)
    (folder / COUNTS).mkdir(exist_ok=True)
    many = run_many(plan, folder, workers)
    record = {**manifest(scenarios, **plan.facts(many.replications)), "digest": many.digest}
    write_parquet(many.table, folder / TABLE)
    write_json(record, folder / MANIFEST)
    write_text(many_html(many, {**record, "folder": str(folder)}), folder / REPORT)
    return many


def repeat_many(recorded: dict[str, Any], out: str | None, workers: int | None, json_wanted: bool) -> None:
    """Run a comparison of several scenarios again, confirm that the numbers are the same."""
    plan = ManyPlan.from_manifest(recorded)
    if recorded.get("digest") is None:
        raise InputError("--repeat: the comparison was not finished, there are no numbers to confirm")
    many = run_and_write_many(plan, open_output(out), workers) if out else run_many(plan, None, workers)
    if many.digest != recorded["digest"]:
        raise RunError("the numbers are not the same as recorded")
    n = int(many.table[["a", "b", "difference"]].notna().sum().sum())
    if json_wanted:
        print(as_json({"identical": True, "numbers": n, **as_dict(many)}))
    else:
        print(f"identical to the last bit: {n:,} numbers of {', '.join(plan.labels)}")


def as_dict(many: Many) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "base": many.plan.base.label,
        "scenarios": [side.label for side in many.plan.others],
        "days": many.plan.days,
        "seed": many.plan.seed,
        "replications": many.replications,
        "intervals": "95 %, for all scenarios of a KPI together (Bonferroni)",
        "kpis": {name: _kpi(many, name) for name in overall(many)},
        "who": {
            side.label: {balance.group: balance.word for balance in found}
            for side, found in zip(many.plan.others, many.balances(), strict=True)
        },
        **({} if many.plan.posterior is None else {"spread": _spread(many)}),
    }


def _spread(many: Many) -> dict[str, list[dict[str, Any]]]:
    return {pair.b.label: [asdict(spread) for spread in spreads(pair)] for pair in many.pairs}


def _kpi(many: Many, name: str) -> dict[str, Any]:
    rows = many.rows(name)
    labels = many.plan.labels
    best = many.best(name)
    told: dict[str, Any] = {
        "base": rows[0].a,
        "scenarios": {
            label: {("value" if column == "b" else column): getattr(row, column) for column in COLUMNS}
            for label, row in zip(labels[1:], rows, strict=True)
        },
    }
    if best is not None:
        told["best"] = {
            "scenario": labels[best.place],
            "confidence": best.confidence,
            "may_be_best": [labels[place] for place in best.may_be_best],
            "to_the_best_of_the_others": {
                label: [low, high] for label, low, high in zip(labels, best.low, best.high, strict=True)
            },
        }
    return told
