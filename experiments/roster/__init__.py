"""Rosters fitted to the demand: what is required, who starts when, and whether it holds when it is simulated."""
