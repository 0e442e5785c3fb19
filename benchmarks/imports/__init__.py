"""How long importing a handler takes, beside importing boto3 and Powertools' Logger."""
