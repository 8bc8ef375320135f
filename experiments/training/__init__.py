"""Who should learn what: gaps by skill, a plan of courses within a budget of hours, and what it changes."""
