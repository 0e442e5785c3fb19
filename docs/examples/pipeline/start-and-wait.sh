execution=$(aws stepfunctions start-execution --state-machine-arn "$STATE_MACHINE_ARN" --input "{\"function\": \"$FUNCTION\"}" --query executionArn --output text)
until said=$(aws stepfunctions describe-execution --execution-arn "$execution" --query '[status, error, cause]' --output text); [[ $said != RUNNING* ]]; do sleep 10; done; echo "$said"
aws stepfunctions describe-execution --execution-arn "$execution" --query output --output text | grep -oE '"(reason|Cause)": *"[^"]*"' | tail -1 || true; [[ $said == SUCCEEDED* ]]
