cdk deploy --require-approval never
