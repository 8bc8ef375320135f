"""Laws for times, as a scenario writes them: ``{ law = "lognormal", mean = "470 s", cv = 0.9 }``."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from twin.scenario.units import PositiveTime, Rate, Share, Time


class Strict(BaseModel):
    """Base of all scenario models: frozen, unknown keys refused, no text or truth value taken for a number."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=False, defer_build=True
    )


class Mass(Strict):
    """A share of the draws that fall evenly between `low` and `high` instead (balking, broken calls)."""

    share: Share
    low: Time = 0.0
    high: Time = 0.0

    @model_validator(mode="after")
    def _ordered(self) -> "Mass":
        if self.high < self.low:
            raise ValueError(f"high is {self.high:g} s, must not be below low, {self.low:g} s")
        return self


class _Law(Strict):
    mass: Mass | None = None


class Exponential(_Law):
    law: Literal["exponential"]
    mean: PositiveTime


class Lognormal(_Law):
    """Either `mean` and `cv`, or `mu` and `sigma` of the logarithm of seconds."""

    law: Literal["lognormal"]
    mean: PositiveTime | None = None
    cv: float | None = Field(None, gt=0)
    mu: float | None = None
    sigma: float | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _one_pair(self) -> "Lognormal":
        given = {name for name in ("mean", "cv", "mu", "sigma") if getattr(self, name) is not None}
        if given not in ({"mean", "cv"}, {"mu", "sigma"}):
            raise ValueError("needs mean and cv, or mu and sigma (of the logarithm of seconds)")
        return self


class Gamma(_Law):
    law: Literal["gamma"]
    mean: PositiveTime
    shape: float = Field(gt=0)


class Erlang(_Law):
    law: Literal["erlang"]
    mean: PositiveTime
    k: int = Field(ge=1)


class Weibull(_Law):
    law: Literal["weibull"]
    mean: PositiveTime
    shape: float = Field(gt=0)


class Hyperexponential(_Law):
    law: Literal["hyperexponential"]
    means: list[PositiveTime] = Field(min_length=1)
    shares: list[Share]

    @model_validator(mode="after")
    def _matched(self) -> "Hyperexponential":
        if len(self.shares) != len(self.means):
            raise ValueError(f"has {len(self.means)} means and {len(self.shares)} shares, needs as many of each")
        if abs(sum(self.shares) - 1) > 1e-6:
            raise ValueError(f"has shares that sum to {sum(self.shares):g}, must sum to 1")
        return self


class Uniform(_Law):
    law: Literal["uniform"]
    low: Time
    high: Time

    @model_validator(mode="after")
    def _ordered(self) -> "Uniform":
        if self.high < self.low:
            raise ValueError(f"high is {self.high:g} s, must not be below low, {self.low:g} s")
        return self


class Triangular(_Law):
    law: Literal["triangular"]
    low: Time
    mode: Time
    high: Time

    @model_validator(mode="after")
    def _ordered(self) -> "Triangular":
        if not self.low <= self.mode <= self.high or self.low == self.high:
            raise ValueError("needs low <= mode <= high, and low below high")
        return self


class Constant(_Law):
    law: Literal["constant"]
    value: Time


class Empirical(_Law):
    """Quantiles read off data: `values` at `levels` (evenly from 0 to 1 unless given), straight lines between."""

    law: Literal["empirical"]
    values: list[Time] = Field(min_length=2)
    levels: list[Share] | None = None

    @model_validator(mode="after")
    def _rising(self) -> "Empirical":
        if sorted(self.values) != self.values:
            raise ValueError("has values that do not rise")
        if self.levels is not None:
            if len(self.levels) != len(self.values):
                raise ValueError(f"has {len(self.values)} values and {len(self.levels)} levels, needs as many of each")
            if self.levels[0] != 0 or self.levels[-1] != 1 or sorted(set(self.levels)) != self.levels:
                raise ValueError("has levels that do not rise from 0 to 1")
        return self


class Hazard(_Law):
    """Piecewise constant hazard: `rates[i]` holds from `edges[i]` to the next edge, the last one for ever."""

    law: Literal["hazard"]
    edges: list[Time] = Field(min_length=1)
    rates: list[Rate]

    @model_validator(mode="after")
    def _matched(self) -> "Hazard":
        if len(self.edges) != len(self.rates):
            raise ValueError(f"has {len(self.edges)} edges and {len(self.rates)} rates, needs as many of each")
        if self.edges[0] != 0 or sorted(set(self.edges)) != self.edges:
            raise ValueError("has edges that do not rise from '0 s'")
        if self.rates[-1] <= 0:
            raise ValueError("has a last rate of 0, must be above 0 so that patience ends")
        return self


Law = Annotated[
    Exponential
    | Lognormal
    | Gamma
    | Erlang
    | Weibull
    | Hyperexponential
    | Uniform
    | Triangular
    | Constant
    | Empirical
    | Hazard,
    Field(discriminator="law"),
]
