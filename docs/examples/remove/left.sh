# For each function that was opted in: an alias that is split, and the stable alias of a rollout.
for function in $(aws resourcegroupstaggingapi get-resources --resource-type-filters lambda:function \
  --tag-filters Key=rollout:alias --query 'ResourceTagMappingList[].ResourceARN' --output text); do
  aws lambda list-aliases --function-name "$function" --output text --query \
    "Aliases[?RoutingConfig.AdditionalVersionWeights || starts_with(Name, 'rollout-stable-')].[AliasArn,FunctionVersion]"
done
