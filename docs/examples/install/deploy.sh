aws cloudformation deploy --template-file packaged.yaml --stack-name lambda-rollouts --s3-bucket "$BUCKET" \
  --capabilities CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND
