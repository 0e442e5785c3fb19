sam build
sam deploy --stack-name second-shop --resolve-s3 --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset
