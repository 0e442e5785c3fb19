aws cloudformation describe-stack-resources --stack-name sam-shop --output text \
  --query "StackResources[?ResourceType=='AWS::Lambda::Version'].LogicalResourceId"
