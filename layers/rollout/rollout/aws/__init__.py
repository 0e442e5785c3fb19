"""Adapters: the only package that imports boto3, botocore and Powertools."""
