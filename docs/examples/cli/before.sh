aws lambda update-function-code --function-name cli-shop --zip-file fileb://shop.zip
aws lambda wait function-updated-v2 --function-name cli-shop
version=$(aws lambda publish-version --function-name cli-shop --query Version --output text)
aws lambda update-alias --function-name cli-shop --name live --function-version "$version"
