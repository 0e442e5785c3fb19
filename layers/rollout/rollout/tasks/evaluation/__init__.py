"""One evaluation: what it observes, what it finds beside the metrics, and what it decides."""
