"""Reads what the examination of a stack needs. Each method may raise AwsUnavailableError or AwsRefusedError."""
