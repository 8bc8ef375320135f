"""The cheapest staffing, skill mix and shifts that hold given service targets, found by programs and simulation."""
