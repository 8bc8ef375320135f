"""What months usually tell: the parameters that are fitted if none are given."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from calibration.fit.parameters import Box, Parameter, standing_keys
from twin.errors import InputError

_WAITS = ("in_time", "service_level", "asa")
EVERY: tuple[tuple[Parameter, tuple[tuple[str, ...], ...]], ...] = (
    (Parameter("volume", ("clusters.*.foc", "demand.rates.*", "demand.weekday_rates.*.*", "demand.a_day"), 0.5, 2.0,
               1.0, how="multiply", is_log=True, title="Fresh contacts, over the scenario's"), (("offered", "foc"),)),
    (Parameter("heads", ("groups.*.count", "groups.*.head_count"), 0.7, 1.4, 1.0, how="multiply", is_log=True,
               is_whole=True, title="Operators, over the scenario's"), (_WAITS,)),
    (Parameter("patience", ("patience.mean", "intents.*.patience.mean"), 0.3, 3.0, 1.0, how="multiply", is_log=True,
               title="Mean patience, over the scenario's"), (("abandonment",), _WAITS)),
    (Parameter("hazard", ("patience.rates", "intents.*.patience.rates"), 0.3, 3.0, 1.0, how="multiply", is_log=True,
               title="Hazard of giving up, over the scenario's"), (("abandonment",), _WAITS)),
    (Parameter("planning", ("groups.*.follows",), 0.0, 1.0,
               title="How far operators are planned after the month's contacts: 0 not at all, 1 in proportion"),
     (("offered",), ("abandonment",), _WAITS)),
    (Parameter("talk", ("intents.*.talk.mean",), 0.5, 2.0, 1.0, how="multiply", is_log=True,
               title="Mean talk time, over the scenario's"), (("aht",),)),
    (Parameter("redial", ("redial.share",), 0.05, 0.9, title="Share of those who gave up who call again"),
     (("redial",),)),
    (Parameter("fcr", ("intents.*.fcr",), 0.7, 1.12, 1.0, how="multiply", is_log=True,
               title="First-contact resolution, over the scenario's"), (("recall", "fcr"),)),
    (Parameter("csi", ("satisfaction.accuracy_resolved", "satisfaction.accuracy_unresolved",
                       "satisfaction.ability_base", "satisfaction.courtesy_base"), 0.8, 1.08, 1.0, how="multiply",
               is_log=True, title="Scale of the items of satisfaction, over the scenario's"), (("csi",),)),
    (Parameter("churn", ("customers.churn.by_tier.*", "customers.churn.nursery"), 0.4, 2.5, 1.0, how="multiply",
               is_log=True, title="Churn of customers whom nothing annoys, over the scenario's"), (("churn",),)),
    (Parameter("churn after contacts", ("customers.churn.contact_effect",), 0.0, 1.0,
               title="How far unresolved contacts make customers leave: 0 not at all"),
     (("churn",), ("csi",), ("recall", "fcr"))),
    (Parameter("turnover", ("careers.turnover.a_year.*",), 0.2, 5.0, 1.0, how="multiply", is_log=True,
               title="Turnover of operators, over the scenario's"), (("turnover",),)),
)  # fmt: skip
"""With what must be known: one KPI of each tuple. Ranges are assumptions (A). What a month's contacts do to waits tells
`planning`, from four months on."""


def usual_monthly(resolved: Mapping[str, Any], kpis: Sequence[str]) -> Box:
    """The parameters of which the scenario has the keys and the months a KPI.

    `volume` of a scenario of rates is fitted only where redials or recalls come on top: the months give the rest.
    """
    comes_again = resolved.get("redial") is not None or resolved.get("recall") is not None
    has_own_volume = resolved.get("demand", {}).get("kind") == "customers"
    kept = []
    for parameter, needs in EVERY:
        keys = standing_keys(resolved, parameter)
        is_told = all(set(one) & set(kpis) for one in needs)
        if parameter.name == "volume" and not (comes_again or has_own_volume):
            continue
        if keys and is_told:
            kept.append(replace(parameter, keys=keys))
    if not kept:
        raise InputError(f"the months ({', '.join(kpis)}) tell no parameter of this scenario; name some: --parameters")
    return Box(tuple(kept))
