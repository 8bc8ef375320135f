"""Which of many uncertain values move the results: Morris screening, Sobol indices, tornado charts."""
