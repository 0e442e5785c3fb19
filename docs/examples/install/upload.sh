# In the folder of the release. BUCKET is a bucket of yours in the region of the stack.
release=lambda-rollouts/0.1.0
aws s3 cp --recursive artifacts "s3://$BUCKET/$release/"
sed "s#s3://lambda-rollouts-artifacts/#s3://$BUCKET/#" template.yaml > packaged.yaml
aws s3 cp packaged.yaml "s3://$BUCKET/$release/template.yaml"
