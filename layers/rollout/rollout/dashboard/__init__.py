"""The pages of the CloudWatch dashboard: HTML from values, with every text escaped."""
