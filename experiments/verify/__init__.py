"""Published cases and theory, run again: case, measure, published value, ours, standard errors, verdict."""
