aws lambda update-function-code --function-name cli-shop --zip-file fileb://shop.zip
aws lambda wait function-updated-v2 --function-name cli-shop
aws lambda publish-version --function-name cli-shop
