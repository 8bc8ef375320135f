"""The centre in SolaraViz, for who knows Mesa: ``solara run twin.ui.mesa_view``, or the page Mesa of `twin ui`.

Each reader has a model of his own. SolaraViz steps a model while its plots read what was collected, so the collector
hands out finished copies only; and Mesa 3.3 keeps every model for the life of the process unless it is closed.
"""

from typing import Any

import mesa
import numpy as np
import pandas as pd
import solara
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from mesa.visualization import Slider, SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from twin.kernel.codes import Activity
from twin.model import CallCentre
from twin.scenario.load import load_scenario

SCENARIO, CHANGES = "187-to-be", ("scale.size=tiny", "run.warm_up=0", "run.days=28")
COLOURS = {"waiting": "#d55e00", "talking": "#0072b2", "idle": "#009e73"}
STATES = {
    Activity.OFF: ("off duty", "#d9dedc"),
    Activity.IDLE: ("idle", "#009e73"),
    Activity.TALK: ("talking", "#0072b2"),
    Activity.WRAP: ("wrap-up", "#56b4e9"),
    Activity.BREAK: ("on a break", "#e69f00"),
}
TEAM = 10
"""Operators in a row of the picture."""


class WholeRows(mesa.DataCollector):
    """A collector whose table is only ever seen between two steps."""

    def __init__(self, **reporters: Any):
        super().__init__(model_reporters=reporters)
        self._seen = pd.DataFrame(columns=list(reporters))

    def collect(self, model: mesa.Model) -> None:
        super().collect(model)
        self._seen = super().get_model_vars_dataframe()

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """What was collected up to the last finished step."""
        return self._seen


class WatchedCentre(CallCentre):
    """A call centre that starts from what SolaraViz can ask for, and counts what the plots show."""

    def __init__(self, seed: int = 1, scenario: str = SCENARIO, changes: tuple[str, ...] = CHANGES):
        super().__init__(load_scenario(scenario, changes), seed=int(seed))
        self.datacollector = WholeRows(
            waiting=lambda model: model.n_waiting,
            talking=lambda model: model.count_operators("talk"),
            idle=lambda model: model.count_operators("idle"),
        )
        self.run_until("09:00")
        self.datacollector.collect(self)


@solara.component
def Operators(model: WatchedCentre):
    """A dot for each operator, coloured by what he does now."""
    update_counter.get()
    activity = np.array(model.world.operators.activity)
    place = np.arange(len(activity))
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    colours = [STATES.get(Activity(code), ("", "#7f8c8a"))[1] for code in activity]
    axes.scatter(place % TEAM, place // TEAM, c=colours, s=60)
    axes.set(xticks=[], yticks=[], title=f"{model.clock:%A %d %B, %H:%M}")
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.spines[:].set_visible(False)
    marks = [Line2D([], [], marker="o", ls="", color=colour, label=name) for name, colour in STATES.values()]
    figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), frameon=False, fontsize="small")
    solara.FigureMatplotlib(figure)


@solara.component
def Page():
    """SolaraViz with a model of this session alone."""
    model: solara.Reactive[WatchedCentre] = solara.use_reactive(solara.use_memo(WatchedCentre, []))
    solara.use_effect(lambda: model.value.close, [id(model.value)])  # also of the model that Reset has replaced
    SolaraViz(
        model,
        components=[(Operators, 0), make_plot_component(COLOURS)],
        model_params={"seed": Slider("Seed", value=1, min=1, max=100, step=1), "scenario": SCENARIO},
        name="Call centre in Mesa",
        play_interval=200,
    )
