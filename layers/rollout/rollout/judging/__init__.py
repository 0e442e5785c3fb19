"""From CloudWatch datapoints to a verdict with its sentence."""
