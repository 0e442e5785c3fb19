"""Adapters to AWS. Only this package imports boto3, botocore and Powertools."""
