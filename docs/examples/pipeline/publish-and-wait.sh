set -euo pipefail
version=$(aws lambda publish-version --function-name "$FUNCTION" --query Version --output text)
echo "version=$version" >> "${GITHUB_OUTPUT:-/dev/null}" # for later steps, where GitHub Actions runs this
aws events put-events --query FailedEntryCount --entries \
  "Source=rollouts,DetailType='Version Published',Detail='{\"function\": \"$FUNCTION\", \"version\": \"$version\"}'"

name="${FUNCTION:0:$((66 - ${#version}))}-$version-" # and twelve more characters, at most 80 in all
started="executions[?starts_with(name, '$name') && length(name) == \`$((${#name} + 12))\`].executionArn | [0]"
for _ in {1..60}; do
  execution=$(aws stepfunctions list-executions --state-machine-arn "$STATE_MACHINE_ARN" \
    --no-paginate --max-results 1000 --query "$started" --output text)
  if [[ $execution == arn:* ]]; then break; fi
  sleep 5
done
if [[ $execution != arn:* ]]; then echo "Version $version is not rolled out: has $FUNCTION its tag rollout:alias?"; exit 1; fi

until said=$(aws stepfunctions describe-execution --execution-arn "$execution" --query '[status, error, cause]' --output text); [[ $said != RUNNING* ]]; do sleep 10; done; echo "$said"
aws stepfunctions describe-execution --execution-arn "$execution" --query output --output text | grep -oE '"(reason|Cause)": *"[^"]*"' | tail -1 || true; [[ $said == SUCCEEDED* ]]
