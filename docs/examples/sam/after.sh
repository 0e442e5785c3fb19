sam build
sam deploy --stack-name sam-shop --resolve-s3 --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset
aws lambda publish-version --function-name sam-shop
