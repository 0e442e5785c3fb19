"""S3: missing objects."""
