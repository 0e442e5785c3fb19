python3 -m zipfile -c shop.zip src/app.py
aws s3 cp shop.zip "s3://$CODE_BUCKET/shop-$RELEASE.zip"
aws cloudformation deploy --stack-name cloudformation-shop --template-file template.yaml \
  --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset \
  --parameter-overrides "CodeBucket=$CODE_BUCKET" "CodeKey=shop-$RELEASE.zip"
