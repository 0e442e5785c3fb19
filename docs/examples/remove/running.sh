# Each rollout that is live or waits for its turn: its name, and since when. Empty is what the next step needs.
aws stepfunctions list-executions --state-machine-arn "$STATE_MACHINE_ARN" --status-filter RUNNING \
  --query 'executions[].[name,startDate]' --output text
