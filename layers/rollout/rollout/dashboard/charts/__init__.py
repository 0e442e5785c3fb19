"""Charts as SVG, drawn by pygal. Only the detail imports this package, because pygal takes a tenth of a second."""
