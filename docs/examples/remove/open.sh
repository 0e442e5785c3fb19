# Each lock in the ledger: an alias that a rollout has not left yet. Empty is what the next step needs.
aws dynamodb query --table-name "$LEDGER_TABLE" --index-name open --key-condition-expression '#open = :lock' \
  --expression-attribute-names '{"#open": "open"}' --expression-attribute-values '{":lock": {"S": "lock"}}' \
  --query 'Items[].target.S' --output text
