aws cloudformation delete-stack --stack-name lambda-rollouts
aws cloudformation wait stack-delete-complete --stack-name lambda-rollouts
