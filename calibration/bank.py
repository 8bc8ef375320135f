"""The anonymous-bank-1999 log: recorded days and estimates for the scenario `bank-1999`.

Only derived tables and parameters are written; the raw log stays where the user keeps it (source: ACKNOWLEDGEMENT).

A caller asks for an operator when he leaves the voice-response unit (VRU): ``at_s = arrival_s + vru_s``.
This is `queue_start_s` for all but 12 callers who queued, and gives `intervals-30min.csv.gz` exactly.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = Path("../shared/data/anonymous-bank-1999")
CALM_DAYS, CROWDED_DAYS = ("1999-02-28", "1999-05-31", "1999-06-22"), ("1999-05-23", "1999-07-04")
SHIPPED_DAYS = tuple(sorted(CALM_DAYS + CROWDED_DAYS))
FIT_MONTHS = ("1999-01", "1999-02", "1999-03", "1999-04", "1999-05")
SURGE_DAY, SURGE_FROM = "1999-05-23", 73800  # [s] 20:30; the surge had other callers: estimated apart
TYPES = ("PS", "PE", "NE", "NW", "TT", "IN")
ARRIVAL_INTERVAL, INTERVAL, DAY = 360, 1800, 86400  # [s]
TALK_RANGE = (11, 3600)  # [s] talks fitted; the shorter ones are an old trick of operators to rest (data README)
LINE_HANDLE = {"PS": 290.0, "NE": 410.0, "NW": 205.0}
"""[s] Talk and wrap-up of a line in `bank-1999`: times the place in the queue over operators the expected wait."""
GAP_LIMITS = (600, 1800)  # [s] 1800: a longer gap counts as absence in the estimate of presence
PATIENCE_EDGES = (0, 5, 10, 15, 20, 40, 60, 65, 90, 180, 240, 360, 600, np.inf)  # [s]
PATIENCE_GROUPS = ("PS_regular", "PS_high", "NE_regular", "NE_high", "NW")
# Fitted by simulation to 23 weekdays of January to May (every fourth): medians of the posterior, with 90 % intervals
# (`python -m calibration.proof.bank --mode log --runs 240 --every 4`). `over_waiting`, `at_most_s`: control.wrap.
WRAP = {
    "law": "hyperexponential", "means_s": [6.0, 60.0, 465.0], "shares": [0.477, 0.315, 0.208],
    "share_long_90": [0.114, 0.279], "mean_long_s_90": [266.0, 750.0], "share_short_90": [0.124, 0.467],
    "over_waiting": 0.456, "over_waiting_90": [0.271, 0.747], "at_most_s": 43.9, "at_most_s_90": [14.2, 139.0],
    "source": "fit by simulation, January to May 1999",
}  # fmt: skip
ACKNOWLEDGEMENT = (
    'Data from the "Anonymous Bank" call centre, Technion, Service Enterprise Engineering (SEE) laboratory, '
    "organised by Ilan Guedj and Avi Mandelbaum. Study: Brown, Gans, Mandelbaum, Sakov, Shen, Zeltyn, Zhao (2005), "
    '"Statistical analysis of a telephone call center: a queueing-science perspective", JASA 100, 36-50.'
)


def find_folder(path: str | Path | None, folder: Path, pattern: str) -> Path | None:
    """Folder that holds files of this pattern: `path` if given, else ``TWIN_DATA``, else ../shared; None if absent."""
    if path is not None:
        places = [Path(path)]
    else:
        named = Path(os.environ.get("TWIN_DATA", folder))
        places = [named, named / folder.name, folder, PROJECT / folder]
    return next((place.resolve() for place in places if any(place.glob(pattern))), None)


def find_raw(path: str | Path | None = None) -> Path | None:
    """Folder that holds calls-1999-MM.csv.gz: `path` if given, else ``TWIN_DATA``, else ../shared; None if absent."""
    return find_folder(path, FOLDER, "calls-1999-??.csv.gz")


def read_calls(folder: Path, dates: Sequence[str] | None = None) -> pd.DataFrame:
    """All calls of the log but phantoms, with `at_s` [s after midnight], `group`, `is_offered`; all dates if None."""
    pattern = sorted({f"calls-{date[:7]}.csv.gz" for date in dates}) if dates is not None else ["calls-1999-??.csv.gz"]
    files = sorted(file for name in pattern for file in Path(folder).glob(name))
    if not files:
        raise ValueError(f"{folder}: no call files for {dates}; recorded days run from 1999-01-01 to 1999-07-31")
    calls = pd.concat([pd.read_csv(file, dtype={"flag": str, "agent": str}) for file in files], ignore_index=True)
    calls = calls[calls["outcome"] != "PHANTOM"]
    if dates is not None:
        _refuse_unknown(dates, calls["date"], folder)
        calls = calls[calls["date"].isin(dates)]
    return calls.assign(
        at_s=calls["arrival_s"] + calls["vru_s"],
        group=np.where(calls["type"] == "IN", "internet", "main"),
        is_offered=(calls["outcome"] == "AGENT") | calls["wait_s"].notna(),
    )


def _refuse_unknown(dates: Sequence[str], known: pd.Series, folder: Path) -> None:
    if missing := sorted(set(dates) - set(known)):
        raise ValueError(f"{folder}: no calls on {', '.join(missing)}; recorded days run from 1999-01-01 to 1999-07-31")


def read_trace(folder: Path, dates: Sequence[str] | None = None) -> pd.DataFrame:
    """Calls offered to operators, one row each, sorted by date and by the instant of asking for an operator.

    Returns
    -------
    DataFrame
        date, at_s [s after midnight], type, group (`internet` for type IN, else `main`),
        priority (`high`, `regular`, or `unrecorded`: the source drops identity and priority of callers who did
        not wait, so draw it with `high_share`), customer (pseudonym, -1 unknown),
        and as recorded wait_s [s] (0 if served at once), outcome (AGENT or HANG), service_s [s] (NaN if not served).
    """
    calls = read_calls(folder, dates)
    calls = calls[calls["is_offered"]].sort_values(["date", "at_s"], kind="stable")
    is_served = calls["outcome"] == "AGENT"
    is_lost = calls["wait_s"].isna() & calls["customer"].isna() & (calls["priority"] == 0)
    trace = calls[["date", "at_s", "type", "group"]].assign(
        priority=np.select([is_lost, calls["priority"] == 2], ["unrecorded", "high"], "regular"),
        customer=calls["customer"].fillna(-1).astype("int64"),
        wait_s=calls["wait_s"].fillna(0.0),
        outcome=calls["outcome"],
        service_s=calls["service_s"].where(is_served),
    )
    return trace.reset_index(drop=True)


def read_intervals(folder: Path, dates: Sequence[str] | None = None) -> pd.DataFrame:
    """Half hours of the main group, 48 a date in order, zeros where the file has no row."""
    table = pd.read_csv(Path(folder) / "intervals-30min.csv.gz")
    table = table[table["group"] == "main"].drop(columns="group")
    if dates is not None:
        _refuse_unknown(dates, table["date"], folder)
    days = sorted(set(dates if dates is not None else table["date"]))
    clock = table["start"].str.split(":", expand=True).astype(int)
    table = table.assign(start_s=clock[0] * 3600 + clock[1] * 60).drop(columns="start")
    grid = pd.MultiIndex.from_product([days, range(0, DAY, INTERVAL)], names=["date", "start_s"])
    return table.set_index(["date", "start_s"]).reindex(grid, fill_value=0).reset_index()


def read_staffing(folder: Path, dates: Sequence[str] | None = None) -> pd.DataFrame:
    """Per date and half hour: mean `operators` present (main group, estimated from talks) and `busy_s` [s] talking."""
    table = read_intervals(folder, dates)
    operators = (table["agents_on_s"] / INTERVAL).round(3)
    return table[["date", "start_s"]].assign(operators=operators, busy_s=table["busy_s"])


def recorded_kpis(folder: Path, dates: Sequence[str] | None = None) -> pd.DataFrame:
    """Per date and half hour of asking (main group): counts offered, abandoned, answered_20s and wait_sum_s of all."""
    table = read_intervals(folder, dates)
    table["wait_sum_s"] = table["wait_sum_answered_s"] + table["wait_sum_abandoned_s"]
    return table[["date", "start_s", "offered", "abandoned", "wait_sum_s", "answered_20s"]]


def arrival_counts(trace: pd.DataFrame) -> pd.DataFrame:
    """Main group's calls offered per date, six minutes, type and priority (`high`, `regular`, `unrecorded`)."""
    main = trace[trace["group"] == "main"]
    main = main.assign(start_s=main["at_s"] // ARRIVAL_INTERVAL * ARRIVAL_INTERVAL)
    return main.groupby(["date", "start_s", "type", "priority"]).size().rename("offered").reset_index()


def talk_times(calls: pd.DataFrame, contact_type: str | None = None) -> pd.Series:
    """Recorded talks of served calls [s], of one type or all; talks without a usable length are left out."""
    is_kept = (calls["outcome"] == "AGENT") & calls["service_s"].notna()
    if contact_type is not None:
        is_kept &= calls["type"] == contact_type
    return calls.loc[is_kept, "service_s"]


def fit_talk(talks: pd.Series) -> dict:
    """Lognormal of talks within TALK_RANGE (mu, sigma of log seconds, standard errors) and the share of talks <= 10 s.

    Maximum likelihood; Brown et al. (2005) found the lognormal on the same data. The law is that of the talks within
    the range, as if nothing had been cut (`fit_service(is_cut=False)`): June and July were scored with it, and another
    law would be another scoring.
    """
    from calibration.estimate.estimates import share_estimate  # loads SciPy's laws, which a replay does not need
    from calibration.estimate.service import lognormal

    mu, sigma = lognormal(talks[talks.between(*TALK_RANGE)].to_numpy(float))
    short = share_estimate("short", float((talks < TALK_RANGE[0]).sum()), len(talks), "share of talks")
    return {
        "mu": mu.value, "mu_se": mu.se, "sigma": sigma.value, "sigma_se": sigma.se, "n": mu.n,
        "mean_s": float(np.exp(mu.value + sigma.value**2 / 2)),
        "short_share": short.value, "short_share_se": short.se,
    }  # fmt: skip


def talk_hours(calls: pd.DataFrame, hours: Sequence[int] = range(6, 24), n_least: int = 200) -> dict:
    """Mean talk by clock hour of asking, over the mean of the call's type: factors, 1 where fewer than `n_least`."""
    served = calls[(calls["outcome"] == "AGENT") & calls["service_s"].notna()]
    ratio = served["service_s"] / served.groupby("type")["service_s"].transform("mean")
    found = ratio.groupby((served["at_s"] // 3600).astype(int)).agg(["mean", "std", "size"]).reindex(list(hours))
    is_known = found["size"] >= n_least
    return {
        "hours": list(hours), "factors": found["mean"].where(is_known, 1.0).round(3).tolist(),
        "se": (found["std"] / found["size"] ** 0.5).where(is_known, 0.0).tolist(),
    }  # fmt: skip


def talk_spread(calls: pd.DataFrame) -> dict:
    """How much a day's mean talk differs from the usual beyond chance [-], the types' mix taken out: a factor's SD."""
    served = calls[(calls["outcome"] == "AGENT") & calls["service_s"].notna()]
    ratio = served["service_s"] / served.groupby("type")["service_s"].transform("mean")
    days = ratio.groupby(served["date"]).agg(["mean", "var", "size"])
    days = days[days["size"] >= 200]
    return {"day_cv": float(max(days["mean"].var() - (days["var"] / days["size"]).mean(), 0.0) ** 0.5), "n": len(days)}


def patience_group(calls: pd.DataFrame) -> np.ndarray:
    """Name of the patience law of each call: PE and TT with PS; NW of either priority together."""
    kind = np.where(calls["type"] == "NE", "NE", "PS")
    level = np.where(calls["priority"].isin([2, "high"]), "high", "regular")
    names = np.char.add(np.char.add(kind.astype(str), "_"), level.astype(str))
    return np.where(calls["type"] == "NW", "NW", names)


def fit_patience(calls: pd.DataFrame, edges: Sequence[float] = PATIENCE_EDGES) -> dict:
    """Piecewise-constant hazard of giving up [1/s] over calls that waited: events / seconds exposed, per piece.

    Service censors the wait (as in Kaplan-Meier). A piece is ``edges[i] <= wait < edges[i + 1]``.
    """
    from calibration.estimate.patience import piecewise_hazard  # loads SciPy's laws, which a replay does not need

    waited = calls[calls["wait_s"].notna()]
    found = piecewise_hazard(waited["wait_s"].to_numpy(float), (waited["outcome"] == "HANG").to_numpy(), edges)
    return {
        "hazard_per_s": found.rates, "hazard_se": found.se,
        "abandoned": found.events, "exposure_s": found.exposure, "n": len(waited),
    }  # fmt: skip


def high_share(calls: pd.DataFrame) -> dict:
    """Share of priority 2 among callers who waited: the priority of those who did not wait was never recorded."""
    waited = calls[calls["wait_s"].notna()]
    share = float((waited["priority"] == 2).mean())
    return {"share": share, "se": (share * (1 - share) / len(waited)) ** 0.5, "n": len(waited)}


def call_again_share(calls: pd.DataFrame, outcome: str, within: Sequence[int] = (600, 3600, DAY)) -> dict:
    """Share of identified callers (HANG: gave up in queue; AGENT: served) who call again within so many seconds,
    from entry into the VRU to the next entry. Reported only: a replayed day already holds the recorded redials."""
    known = calls[calls["customer"].notna()]
    days = (pd.to_datetime(known["date"]) - pd.Timestamp("1999-01-01")).dt.days
    known = known.assign(entered=days * DAY + known["arrival_s"]).sort_values(["customer", "entered"], kind="stable")
    after = known.groupby("customer")["entered"].shift(-1) - known["entered"]
    after = after[(known["outcome"] == outcome) & known["is_offered"]]
    return {"n": len(after)} | {f"within_{limit}_s": float((after <= limit).mean()) for limit in within}


def gap_times(calls: pd.DataFrame, waited_over: float = 60) -> pd.Series:
    """Seconds between two talks of an operator on one date when the next caller had waited over `waited_over` s.

    Skilled waiting hides in it: some operators take no NE or no NW calls, and pause while such a caller waits.
    """
    from calibration.estimate.presence import gaps_before  # loads SciPy's laws, which a replay does not need

    talks = calls[calls["agent"].str.startswith("A", na=False) & (calls["outcome"] == "AGENT")]
    talks = talks.dropna(subset=["service_start_s", "service_s"])
    talks = talks.sort_values(["date", "agent", "service_start_s"], kind="stable")
    ended = talks["service_start_s"] + talks["service_s"]
    gap = gaps_before(talks.rename(columns={"agent": "operator", "service_start_s": "start_s"}).assign(end_s=ended))
    return gap[(talks["wait_s"] > waited_over) & (gap >= 0)]


def gap_quantiles(gaps: pd.Series, limit: float) -> dict:
    """Mean and quantiles [s] of the gaps up to `limit` seconds."""
    kept = gaps[gaps <= limit]
    quantiles = {f"q{100 * q:.0f}": float(kept.quantile(q)) for q in (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)}
    return {"limit_s": limit, "n": len(kept), "mean": kept.mean(), "mean_se": kept.std() / len(kept) ** 0.5} | quantiles


def operator_spread(calls: pd.DataFrame, n_least: int = 500) -> dict:
    """Spread of the log of the operators' mean PS talk [-], over operators with at least `n_least` such talks."""
    talks = talk_times(calls, "PS")
    table = talks[talks.between(*TALK_RANGE)].groupby(calls["agent"]).agg(["mean", "size"])
    means = table.loc[(table["size"] >= n_least) & table.index.str.startswith("A"), "mean"]
    return {"sd_log_mean": float(np.log(means).std()), "n": len(means), "least": means.min(), "most": means.max()}


def estimate(calls: pd.DataFrame) -> dict:
    """All parameters of the scenario from the calls of the fit months; see the functions above for units."""
    offered = calls[calls["is_offered"]]
    main = offered[offered["group"] == "main"]
    groups = patience_group(main)
    gaps = gap_times(offered)
    return {
        "acknowledgement": ACKNOWLEDGEMENT,
        "period": {"months": FIT_MONTHS, "left_out": [SURGE_DAY], "n_offered": len(main)},
        "talk": {kind: fit_talk(talk_times(offered, kind)) for kind in TYPES},
        "talk_hours": talk_hours(main),
        "talk_spread": talk_spread(main),
        "high_share": {kind: high_share(main[main["type"] == kind]) for kind in TYPES if kind != "IN"},
        "patience": {
            "edges_s": [edge for edge in PATIENCE_EDGES if edge < np.inf] + [None],
            "groups": {name: fit_patience(main[groups == name]) for name in PATIENCE_GROUPS},
        },
        "priority_credit_s": 90,
        "gap_next_waited_60s": [gap_quantiles(gaps, limit) for limit in GAP_LIMITS],
        "wrap": WRAP,
        "call_again": {"abandoned": call_again_share(calls, "HANG"), "served": call_again_share(calls, "AGENT")},
        "operators": operator_spread(offered),
    }


def estimate_surge(calls: pd.DataFrame) -> dict:
    """The callers of the surge, 23 May 1999 from 20:30, all types of the main group: short talks, little patience."""
    surge = calls[(calls["date"] == SURGE_DAY) & (calls["at_s"] >= SURGE_FROM) & (calls["group"] == "main")]
    surge = surge[surge["is_offered"]]
    period = {"date": SURGE_DAY, "from_s": SURGE_FROM, "n_offered": len(surge)}
    return period | {"talk": fit_talk(talk_times(surge)), "patience": fit_patience(surge)}
