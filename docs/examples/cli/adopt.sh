arn=$(aws lambda get-function --function-name cli-shop --query Configuration.FunctionArn --output text)
aws lambda tag-resource --resource "$arn" --tags rollout:alias=live
