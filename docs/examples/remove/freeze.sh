# No rollout begins from now on, and live ones go on.
aws ssm put-parameter --name /rollouts/freeze --type String --overwrite \
  --value '{"reason": "Lambda Rollouts is being removed", "mode": "no_new"}'
