"""A first scenario that runs, written from history: every number with its mark and where it comes from."""

import json
from pathlib import Path

from calibration.history.first_numbers import STAFF_SAFETY, WAIT_LIFT, First, Series, first_numbers
from calibration.history.tables import History
from twin.errors import InputError, ScenarioError
from twin.scenario.load import load

PER_LINE = 8
_TALK_CV = 0.9
_BROWN = "lognormal: Brown et al. (2005), JASA 100; its spread is not in a report"


def new_file(name: str) -> Path:
    """The file to write, which must not be there."""
    path = Path(name)
    if path.suffix != ".toml":
        raise InputError(f"--out is {name!r}, must be a file that ends in .toml")
    if path.exists():
        raise InputError(f"--out is {name!r}, which exists, must be a new file")
    return path


def scenario_toml(history: History, source: str) -> str:
    """The scenario's text.

    Parameters
    ----------
    source : str
        Names of the files, as the numbers' source.

    Raises
    ------
    InputError
        If the history holds no intervals or calls, or too few.
    """
    first = first_numbers(history)
    period = f"{first.first:%Y-%m-%d} to {first.last:%Y-%m-%d}"
    blocks = [_head(first, source, period), _demand(first, source)]
    busiest = max(first.series, key=lambda one: one.recorded.get("offered a day", 0.0))
    blocks += ["\n".join(["[patience]", 'law = "exponential"', f"mean = {_patience(busiest, source)}"])]
    blocks += [_intent(one, source, len(first.series) > 1) for one in first.series]
    blocks += [_staff(one, first, source) for one in first.series]
    return "\n\n".join(blocks) + "\n"


def check_runs(path: Path) -> None:
    """Load the written scenario, so that nobody is handed one that does not."""
    try:
        load(path)
    except ScenarioError as error:
        raise InputError(f"init: the history makes no scenario that loads: {error.problems[0]}") from None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _clock(seconds: int) -> str:
    return f'"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"'


def _list(values: list[str], indent: str = "    ") -> str:
    lines = [", ".join(values[i : i + PER_LINE]) for i in range(0, len(values), PER_LINE)]
    return "[\n" + "".join(f"{indent}{line},\n" for line in lines) + "]"


def _head(first: First, source: str, period: str) -> str:
    recorded = []
    for one in first.series:
        told = ", ".join(f"{name} {value:.4g}" for name, value in one.recorded.items())
        recorded.append(f"# Recorded, {_plain(one.title)}: {told}.")
    warm_up = 1 if first.closes_s - first.opens_s >= 86400 else 0
    days = ", ".join(f'"{day}"' for day in first.days)
    left_out = f" {first.n_unusual} unusual days are left out." if first.n_unusual else ""
    if first.shut_share > 0.00005:
        left_out += f" {100 * first.shut_share:.2g} % of the contacts came when hardly anybody calls, and are left out."
    words = f"Means of the recorded weeks, {period}.{left_out} Each queue has operators of its own."
    return "\n".join(
        [
            f"# Written by twin init from {_plain(source)}, {period}.",
            "# A start, not a fit: compare a run with what was recorded.",
            *recorded,
            f"title = {_quoted(f'First scenario from {source}')}",
            f"description = {_quoted(words)}",
            "",
            "[run]",
            f'interval = "{first.period_s // 60} min"',
            "days = 7",
            f"warm_up = {warm_up}",
            f"start = {_monday(first)}",
            "",
            "[opening]",
            f"opens = {_clock(first.opens_s)}",
            f"closes = {_clock(first.closes_s)}",
            f"days = [{days}]",
        ]
    )


def _plain(text: str) -> str:
    """Text for a comment: one line, no control characters."""
    return "".join(char if char.isprintable() else " " for char in text)


def _monday(first: First) -> str:
    monday = first.last.to_period("W").start_time
    return f"{monday:%Y-%m-%d}"


def _demand(first: First, source: str) -> str:
    dates = ", ".join(f"{n} {day}" for day, n in first.n_dates.items())
    lines = [
        "[demand]",
        'kind = "rates"',
        f'period = "{first.period_s // 60} min"',
        'mark = "D"',
        f"source = {_quoted(f'{source}: mean of the recorded dates ({dates}), redials included')}",
    ]
    if first.day_cv > 0:
        lines.append(f"noise.day_cv = {first.day_cv:g}  # beyond Poisson, after the weekday")
    total = sum(first.n_dates.values())
    lines += ["", "[demand.rates]  # mean of all recorded dates; the weekdays below have their own"]
    for one in first.series:
        days = one.rates.items()
        mean = [
            sum(first.n_dates[day] * of[i] for day, of in days) / total
            for i in range(len(next(iter(one.rates.values()))))
        ]
        lines.append(f"{one.key} = {_list(_rates(mean))}")
    for day in first.days:
        lines += ["", f"[demand.weekday_rates.{day}]"]
        lines += [f"{one.key} = {_list(_rates(one.rates[day]))}" for one in first.series]
    return "\n".join(lines)


def _rates(values: list[float]) -> list[str]:
    return [f'"{value:.4g} /h"' for value in values]


def _intent(one: Series, source: str, has_patience: bool) -> str:
    known = {
        "talk and wrap": "mean talk and mean wrap-up as reported",
        "AHT": "AHT as reported, taken as talk: the report does not part talk from wrap-up",
        "talk": "mean talk as reported; wrap-up is not in the history",
        "": "not in the history",
    }[one.times_from]
    mark, reach = ("D", "") if one.times_from else ("A", ', range = ["180 s", "600 s"]')
    mean = f'{{ value = "{one.talk_s:.1f} s", mark = "{mark}", source = {_quoted(f"{source}: {known}")}{reach} }}'
    cv = f'{{ value = {_TALK_CV}, mark = "A", source = {_quoted(_BROWN)}, range = [0.7, 1.3] }}'
    lines = [
        f"[intents.{one.key}]",
        f"title = {_quoted(one.title)}",
        "",
        f"[intents.{one.key}.talk]",
        'law = "lognormal"',
    ]
    lines += [f"mean = {mean}", f"cv = {cv}"]
    if one.wrap_s > 0:
        wrap = f'{{ value = "{one.wrap_s:.1f} s", mark = "D", source = {_quoted(f"{source}: {known}")} }}'
        lines += ["", f"[intents.{one.key}.wrap]", 'law = "exponential"', f"mean = {wrap}"]
    if has_patience:
        lines += ["", f"[intents.{one.key}.patience]", 'law = "exponential"', f"mean = {_patience(one, source)}"]
    return "\n".join(lines)


def _patience(one: Series, source: str) -> str:
    how = {
        "all waits": "seconds waited by all / abandoned (a start: the law is taken as exponential)",
        "answered waits": f"{WAIT_LIFT} x answered x ASA / abandoned (a start: the others' waits are not reported)",
        "": "not in the history",
    }[one.patience_from]
    value = f'value = "{one.patience_s:.0f} s"'
    if one.patience_from == "all waits":
        return f'{{ {value}, mark = "D", source = {_quoted(f"{source}: {how}")} }}'
    reach = f'["{one.patience_s / 2:.0f} s", "{one.patience_s * 2:.0f} s"]'
    return f'{{ {value}, mark = "A", source = {_quoted(f"{source}: {how}")}, range = {reach} }}'


def _staff(one: Series, first: First, source: str) -> str:
    patterns = _patterns(one, first)
    heads = sum(n for *_, n in patterns)
    told = (
        f"{source}: mean operators on duty by weekday and interval, rounded, at least 1 where contacts come"
        if one.has_operators
        else f"operators are not in the history: offered load + {STAFF_SAFETY:g} x its square root in each interval"
    )
    mark = "D" if one.has_operators else "A"
    reach = "" if one.has_operators else f", range = [{max(heads - heads // 5, 1)}, {heads + heads // 5 + 1}]"
    target = [f'target = "{one.within_s:g} s"'] if one.within_s else []
    lines = [
        f"[skills.{one.key}]", f"title = {_quoted(one.title)}", "",
        f"[queues.{one.key}]", f"title = {_quoted(one.title)}", *target, "",
        "[[routes]]", f'intents = ["{one.key}"]', f'queue = "{one.key}"', f'skills = ["{one.key}"]', "",
        f"[groups.{one.key}]  # one head for each stretch of duty of the week below, not for each person",
        f"title = {_quoted(one.title)}",
        f'count = {{ value = {heads}, mark = "{mark}", source = {_quoted(told)}{reach} }}',
        f'skills = {{ {one.key} = "primary" }}', f'shift = "{one.key}"', "",
        f"[shifts.{one.key}]", f'mark = "{mark}"', f"source = {_quoted(told)}",
        f'length = "{first.period_s // 60} min"',
    ]  # fmt: skip
    for day, start, length, n in patterns:
        lines += ["", f"[[shifts.{one.key}.patterns]]", f'days = ["{day}"]', f"start = {_clock(start)}"]
        lines += [f'length = "{length // 60} min"', f"heads = {n}"]
    return "\n".join(lines)


def _patterns(one: Series, first: First) -> list[tuple[str, int, int, int]]:
    """Stretches of duty (weekday, start, length, heads) that add up to the operators of each interval."""
    found: dict[tuple[str, int, int], int] = {}
    for day in first.days:
        levels = one.operators[day]
        for level in range(1, max(levels, default=0) + 1):
            begin: int | None = None
            for place, heads in enumerate([*levels, 0]):
                if heads >= level and begin is None:
                    begin = place
                elif heads < level and begin is not None:
                    key = (day, first.opens_s + begin * first.period_s, (place - begin) * first.period_s)
                    found[key] = found.get(key, 0) + 1
                    begin = None
    return [(*key, n) for key, n in found.items()]
