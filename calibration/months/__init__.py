"""Fit and forecast by month: what is left when history holds monthly KPIs alone, and published figures as targets."""
