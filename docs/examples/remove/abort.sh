# Stops every live rollout; the guardian then restores each alias to its stable version, within seconds.
for execution in $(aws stepfunctions list-executions --state-machine-arn "$STATE_MACHINE_ARN" --status-filter RUNNING \
  --query 'executions[].executionArn' --output text); do
  aws stepfunctions stop-execution --execution-arn "$execution" --error RolloutAborted --cause "the stack is being removed"
done
