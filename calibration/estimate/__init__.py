"""Direct estimation: each number read off the history by a formula, with standard error and goodness of fit."""
