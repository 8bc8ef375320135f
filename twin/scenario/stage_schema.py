"""The stages of a supplier's life: launch, consolidation, maturity (S2), as presets over a scenario of a mature one."""

from pydantic import Field

from twin.scenario.laws import Strict
from twin.scenario.units import Share


class StagePreset(Strict):
    """What a supplier in this stage does differently from a mature one."""

    title: str = ""
    foc: float = Field(gt=0)
    """Multiplies the needs a customer-year of every cluster."""
    churn: float = Field(gt=0)
    """Multiplies the churn of every tier, and of new customers."""
    forecast_error: Share
    """Coefficient of variation of a day's volume about the planned one, in place of `demand.noise.day_cv`."""
    fcr: float = Field(ge=-1, le=1)
    """Added to the share of every intent that is resolved at the first contact."""
    gross_adds: float = Field(gt=0, le=1)
    """Lines activated a year over the base: sets the leads."""
    staff: float = Field(1.0, gt=0)
    """Multiplies the operators of every group that is not given by head count."""
    off_shore: Share
    """Share of every group's operators who work off-shore."""


class LifeStage(Strict):
    """The supplier's stage, chosen by name."""

    stage: str
    stages: dict[str, StagePreset] = Field(min_length=1)
    off_shore_site: str | None = None
    """Site of those who work off-shore."""
