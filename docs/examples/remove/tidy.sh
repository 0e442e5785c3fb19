aws ssm delete-parameter --name /rollouts/freeze
aws dynamodb delete-table --table-name "$LEDGER_TABLE"
