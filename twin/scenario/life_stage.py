"""A scenario in a stage of the supplier's life: what the stage says is written into demand, lives, intents and groups.

This is done once, when the scenario is loaded; whoever reads it later finds the numbers of the stage.
"""

from twin.scenario.demand_schema import CustomerDemand
from twin.scenario.lives_schema import ByTier, Customers
from twin.scenario.schema import Group, Intent, Migration, Scenario
from twin.scenario.stage_schema import StagePreset

OFF_SHORE = " off-shore"
"""Added to the name of a group for its operators who work off-shore."""


def in_stage(scenario: Scenario) -> Scenario:
    """The scenario with the numbers of its stage; itself if it names none."""
    life = scenario.life_stage
    if life is None:
        return scenario
    stage = life.stages[life.stage]
    changes: dict[str, object] = {
        "clusters": {
            name: cluster.model_copy(update={"foc": cluster.foc * stage.foc})
            for name, cluster in scenario.clusters.items()
        },
        "intents": {name: _intent(intent, stage) for name, intent in scenario.intents.items()},
    }
    if isinstance(scenario.demand, CustomerDemand):
        noise = scenario.demand.noise.model_copy(update={"day_cv": stage.forecast_error})
        changes["demand"] = scenario.demand.model_copy(update={"noise": noise})
    if scenario.customers is not None:
        changes["customers"] = _customers(scenario.customers, stage)
    changes["groups"] = groups = _groups(scenario.groups, stage, life.off_shore_site)
    if scenario.migration is not None:
        changes["migration"] = _migration(scenario.migration, groups)
    return scenario.model_copy(update=changes)


def _intent(intent: Intent, stage: StagePreset) -> Intent:
    if intent.channel == "outbound":
        return intent
    return intent.model_copy(update={"fcr": min(max(intent.fcr + stage.fcr, 0.0), 1.0)})


def _customers(customers: Customers, stage: StagePreset) -> Customers:
    churn, lives = customers.churn, customers.lives
    tiers = {name: value * stage.churn for name, value in churn.by_tier.model_dump().items()}
    churn = churn.model_copy(update={"by_tier": ByTier(**tiers), "nursery": churn.nursery * stage.churn})
    leads = stage.gross_adds / (lives.sale_closed * (1.0 - lives.orders.failed))
    return customers.model_copy(update={"churn": churn, "lives": lives.model_copy(update={"leads": leads})})


def _groups(groups: dict[str, Group], stage: StagePreset, site: str | None) -> dict[str, Group]:
    """Each group in two: those who stay, and those who work off-shore. Groups by head count stay as they are."""
    found: dict[str, Group] = {}
    for name, group in groups.items():
        if group.head_count is not None:
            found[name] = group
            continue
        count = round(group.count * stage.staff)
        away = 0 if site is None else round(count * stage.off_shore)
        found[name] = group.model_copy(update={"count": count - away})
        if away > 0:
            title = (group.title or name) + ", off-shore"
            found[name + OFF_SHORE] = group.model_copy(update={"count": away, "site": site, "title": title})
    return found


def _migration(plan: Migration, groups: dict[str, Group]) -> Migration:
    away = {name + OFF_SHORE: moves for name, moves in plan.moves.items() if name + OFF_SHORE in groups}
    return plan.model_copy(update={"moves": plan.moves | away})
