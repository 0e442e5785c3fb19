"""From CloudWatch datapoints to a verdict with its reason."""
