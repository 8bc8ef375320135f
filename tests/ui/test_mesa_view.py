"""The model that SolaraViz shows."""

import pytest

pytest.importorskip("solara")
mesa_view = pytest.importorskip("twin.ui.mesa_view")


def test_table_that_plots_read_does_not_change_under_them():
    model = mesa_view.WatchedCentre(seed=2, scenario="erlang-a", changes=())
    before = model.datacollector.get_model_vars_dataframe()
    assert list(before) == ["waiting", "talking", "idle"]
    assert len(before) == 1
    model.step()
    assert len(before) == 1
    after = model.datacollector.get_model_vars_dataframe()
    assert len(after) == 2
    assert (after.talking + after.idle <= 14).all()
    model.close()
