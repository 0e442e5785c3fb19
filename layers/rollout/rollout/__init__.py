"""Rolls out a version of a Lambda function: pure decisions here, everything that speaks to AWS in `aws`."""
