"""EventBridge and CloudTrail."""
