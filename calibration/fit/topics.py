"""Which keys of a scenario hold what history tells of a topic: arrivals, service, patience, redials, recalls, presence.

Rates are brought to the scenario's own hours and periods, counts to its size.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from calibration.estimate.arrivals import ArrivalEstimates
from calibration.estimate.estimates import Setting, number, per_second, plain_number, seconds
from calibration.estimate.everything import Estimates
from calibration.estimate.patience import PatienceEstimates
from calibration.history.tables import History
from twin.scenario.days import WEEKDAYS
from twin.scenario.demand_schema import CustomerDemand, Rates, Trace, Volume
from twin.scenario.load import Loaded
from twin.scenario.schema import Scenario

LEAST_INSIDE = 0.98
"""Share of the contacts that must come within the scenario's hours, for their arrivals to be written."""
REPLAYED = "the scenario replays what was recorded"


class NoPlace(Exception):
    """Why a topic's keys cannot be written."""


def writers(estimates: Estimates, named: History, loaded: Loaded) -> dict[str, Callable[[], list[Setting]]]:
    """Topic -> what writes its keys, which raises NoPlace where the scenario cannot hold them.

    `named`: the history whose types are the scenario's intents.
    """
    own = loaded.scenario
    return {
        "arrivals": lambda: _arrivals(estimates, own),
        "service": lambda: _service(estimates, loaded),
        "patience": lambda: _patience(estimates, own),
        "redial": lambda: _redial(estimates, own),
        "recall": lambda: _recall(estimates, own),
        "frequency": lambda: _frequency(estimates, own),
        "presence": lambda: _presence(estimates, named, own),
        "months": lambda: _months(estimates, own),
    }


def _arrivals(found: Estimates, scenario: Scenario) -> list[Setting]:
    arrivals, demand = found.arrivals, scenario.demand
    if arrivals is None:
        return []
    if isinstance(demand, Trace):
        raise NoPlace(REPLAYED)
    if isinstance(demand, Rates):
        fresh = found.fresh_share() if scenario.redial is not None else None
        return _rates(arrivals, scenario, demand, fresh.value if fresh else 1.0)
    factors = _factors(arrivals, scenario, isinstance(demand, CustomerDemand))
    if isinstance(demand, Volume):
        level = arrivals.days.level
        factors.append(number(("demand", "a_day"), replace(level, value=level.value / scenario.factor)))
    return factors


def _rates(arrivals: ArrivalEstimates, scenario: Scenario, demand: Rates, fresh: float) -> list[Setting]:
    """Rates by the scenario's own periods: of a mean day, and the profile of each weekday."""
    places, opens, closes = _types_of(arrivals, demand.rates), scenario.opening.opens, scenario.opening.closes
    inside = _inside(arrivals, opens, closes)
    if inside < LEAST_INSIDE:
        raise NoPlace(f"{1 - inside:.0%} of the contacts come outside the scenario's hours")
    level = arrivals.days.level
    doubt = f"se {level.se / level.value:.2g} of the level, {arrivals.noise.day_cv.n} days"
    edges = np.append(np.arange(opens, closes - 1e-6, demand.period), closes)
    settings = []
    mixes = {kind: arrivals.types[kind][0].value * arrivals.types[kind][1].shares for kind in places}
    total = np.sum(list(mixes.values()), axis=0)

    def listed(path: tuple[str, ...], shares: np.ndarray) -> Setting:
        rates = fresh * level.value * _regrid(shares, arrivals.starts, arrivals.length_s, edges)
        return Setting(path, [per_second(rate) for rate in rates], note=doubt)

    for kind, mix in mixes.items():
        settings.append(listed(("demand", "rates", kind), mix))
    for day, profile in arrivals.profiles.items():
        for kind, mix in mixes.items():
            part = np.divide(mix, total, out=np.zeros_like(total), where=total > 0)
            settings.append(listed(("demand", "weekday_rates", WEEKDAYS[day], kind), profile.shares * part))
    return settings + _noise(arrivals)


def _types_of(arrivals: ArrivalEstimates, rates: Mapping[str, Any]) -> list[str]:
    others = [kind for kind in arrivals.types if kind not in rates]
    missing = [name for name in rates if name not in arrivals.types]
    if others or missing:
        what = f"the history's type {others[0]} has no" if others else f"the history has no type {missing[0]} for the"
        raise NoPlace(f"{what} rate of the scenario")
    return list(arrivals.types)


def _inside(arrivals: ArrivalEstimates, opens: float, closes: float) -> float:
    starts = arrivals.starts
    return float(arrivals.common.shares[(starts >= opens) & (starts < closes)].sum())


def _regrid(shares: np.ndarray, starts: np.ndarray, length: float, edges: np.ndarray) -> np.ndarray:
    """Contacts a second in each period, of a day of one contact."""
    clock = np.append(starts, starts[-1] + length)
    total = np.interp(edges, clock, np.concatenate([[0.0], np.cumsum(shares)]))
    return np.diff(total) / np.diff(edges)


def _noise(arrivals: ArrivalEstimates) -> list[Setting]:
    wanted = {"weekday_factors", "noise"}
    return [setting for setting in arrivals.factor_settings() if setting.path[1] in wanted]


def _factors(arrivals: ArrivalEstimates, scenario: Scenario, has_months: bool) -> list[Setting]:
    """Shares of the hours within the scenario's opening, factors of weekdays, of months if all twelve were seen."""
    first, last = int(scenario.opening.opens // 3600), int(np.ceil(scenario.opening.closes / 3600))
    settings = arrivals.factor_settings()
    hours = {s.path[2]: s.value for s in settings if s.path[1] == "hour_shares" and first <= int(s.path[2]) < last}
    if sum(hours.values()) < LEAST_INSIDE:
        raise NoPlace(f"{1 - sum(hours.values()):.0%} of the contacts come outside the scenario's hours")
    total = sum(hours.values())
    hours = {hour: plain_number(share / total) for hour, share in hours.items()}
    for hour in range(first, last):
        hours.setdefault(f"{hour:02d}", 0.0)
    busiest = max(hours, key=lambda hour: hours[hour])
    hours[busiest] = round(hours[busiest] + 1 - sum(hours.values()), 9)
    keys = [Setting(("demand", "hour_shares", hour), share) for hour, share in sorted(hours.items())]
    keys += _noise(arrivals)
    if has_months and set(arrivals.days.months) >= set(range(1, 13)):
        keys += [setting for setting in settings if setting.path[1] == "month_factors"]
    return keys


def _service(found: Estimates, loaded: Loaded) -> list[Setting]:
    scenario = loaded.scenario
    if found.service is not None:
        settings = found.service.settings()
        if not loaded.resolved.get("abilities"):
            settings = [setting for setting in settings if setting.path[0] != "abilities"]
        return _of_intents(settings, scenario)
    settings = []
    for kind, (mean, _) in found.service_intervals.items():
        if kind not in scenario.intents:
            continue
        intent = scenario.intents[kind]
        if mean.name.startswith("handle time") and intent.wrap is not None:
            raise NoPlace("the report holds talk and wrap-up together, which the scenario tells apart")
        if not hasattr(intent.talk, "mean"):
            raise NoPlace(f"intents.{kind}.talk has no mean, and a report tells nothing else of its law")
        settings.append(number(("intents", kind, "talk", "mean"), mean, seconds))
    return settings


def _of_intents(settings: Sequence[Setting], scenario: Scenario) -> list[Setting]:
    return [s for s in settings if s.path[0] != "intents" or s.path[1] in scenario.intents]


def _patience(found: Estimates, scenario: Scenario) -> list[Setting]:
    if found.patience_intervals is None and not found.patience:
        return []
    if any(cluster.patience_factor != 1 for cluster in scenario.clusters.values()):
        raise NoPlace("it differs by cluster in the scenario, and history does not tell clusters")
    own = [name for name, intent in scenario.intents.items() if intent.patience is not None]
    places = [("intents", name, "patience") for name in own] if len(own) == len(scenario.intents) else [("patience",)]
    if found.patience_intervals is not None:
        mean = found.patience_intervals
        keys: list[Setting] = []
        for path in places if len(own) in (0, len(scenario.intents)) and len(places) == 1 else []:
            keys += [Setting((*path, "law"), "exponential"), number((*path, "mean"), mean, seconds)]
        if not keys:
            raise NoPlace("a report tells one mean for all, the scenario has several laws")
        return keys
    laws = dict(found.patience)
    if len(scenario.intents) == 1:
        laws = {**dict.fromkeys(scenario.intents, found.patience["all"]), "all": found.patience["all"]}
    keys = [] if len(own) == len(scenario.intents) else _law(laws["all"], ("patience",))
    for name in own:  # of too few calls the law of all
        keys += _law(laws.get(name, laws["all"]), ("intents", name, "patience"))
    return keys


def _law(found: PatienceEstimates, path: tuple[str, ...]) -> list[Setting]:
    """The piecewise hazard, with its events as the doubt."""
    lost = int(found.hazard.events.sum())
    note = f"relative se of each rate 1 / sqrt(events), {lost:,} gave up in all"
    settings = found.settings(path)
    return [replace(setting, note=note) if setting.path[-1] == "rates" else setting for setting in settings]


def _redial(found: Estimates, scenario: Scenario) -> list[Setting]:
    if found.redial is None:
        return []
    if scenario.redial is None:
        raise NoPlace(
            REPLAYED if isinstance(scenario.demand, Trace) else "the scenario has no redials, its rates hold them"
        )
    return found.redial.settings()


def _recall(found: Estimates, scenario: Scenario) -> list[Setting]:
    if found.recall is None:
        return []
    if scenario.recall is None:
        raise NoPlace("the scenario has no recalls, its rates hold them")
    fcr = {intent.fcr for intent in scenario.intents.values()}
    return found.recall.settings(fcr.pop() if len(fcr) == 1 and max(fcr) < 1 else None)


def _frequency(found: Estimates, scenario: Scenario) -> list[Setting]:
    if found.frequency is None:
        return []
    if not isinstance(scenario.demand, CustomerDemand) or len(scenario.clusters) != 1:
        raise NoPlace("only a scenario of customers of one cluster has one number of needs a year")
    return found.frequency.settings(next(iter(scenario.clusters)))


def _presence(found: Estimates, history: History, scenario: Scenario) -> list[Setting]:
    """Mean operators by period of the one group whose heads are counted, and the gap between talks as wrap-up."""
    present = None
    if found.presence is not None:
        present = found.presence.present
    elif history.intervals is not None and history.intervals["operators"].notna().any():
        present = history.intervals
    if present is None:
        return []
    if isinstance(scenario.demand, Trace):
        raise NoPlace(REPLAYED)
    counted = [name for name, group in scenario.groups.items() if group.head_count is not None]
    keys = _gaps(found, scenario)
    if len(counted) != 1:
        if keys:
            return keys
        raise NoPlace(f"the scenario counts the heads of {len(counted)} groups, the history those of all together")
    group = scenario.groups[counted[0]]
    heads, note = _heads(present, scenario, len(group.head_count or ()))
    if not any(heads):
        raise NoPlace("nobody is present within the scenario's hours")
    keys.append(Setting(("groups", counted[0], "head_count"), heads, note=note))
    if max(heads) > group.count:
        keys.append(Setting(("groups", counted[0], "count"), max(heads), note="most at once"))
    return keys


def _heads(present: pd.DataFrame, scenario: Scenario, n: int) -> tuple[list[int], str]:
    period = float(getattr(scenario.demand, "period", 3600.0))
    opens = scenario.opening.opens
    wide = present.pivot_table(index="date", columns="start_s", values="operators", aggfunc="sum").fillna(0.0)
    wide = wide[wide.sum(axis=1) > 0]
    place = ((wide.columns.to_numpy(float) - opens) // period).astype(int)
    inside = (place >= 0) & (place < n)
    means = wide.loc[:, inside].T.groupby(place[inside]).mean().T
    mean, se = means.mean(), means.std(ddof=1) / max(len(means), 1) ** 0.5
    doubt = float((se / mean.where(mean > 0)).median())
    return [round(float(mean.get(i, 0.0))) for i in range(n)], f"mean of {len(means)} days, median se {doubt:.2g} of it"


def _gaps(found: Estimates, scenario: Scenario) -> list[Setting]:
    """Wrap-up from the gaps under load, where the log has no wrap-up of its own and the scenario has one."""
    has_own = found.service is not None and any(item.wrap is not None for item in found.service.types.values())
    intents = [name for name, intent in scenario.intents.items() if intent.wrap is not None]
    if found.presence is None or has_own:
        return []
    return found.presence.settings(intents)


def _months(found: Estimates, scenario: Scenario) -> list[Setting]:
    if found.monthly is None:
        return []
    held = {"careers": scenario.careers is not None, "abilities": True}
    sites = {group.site for group in scenario.groups.values()}
    if len(sites) != 1:
        raise NoPlace("the scenario has several sites, the history is of all together")
    return [setting for setting in found.monthly.settings(next(iter(sites))) if held[setting.path[0]]]
