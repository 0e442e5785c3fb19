set -euo pipefail
aws lambda invoke --function-name "$SHOW_ROLLOUTS" --cli-binary-format raw-in-base64-out --query FunctionError \
  --payload "{\"view\": \"summary\", \"function\": \"$FUNCTION\", \"version\": \"$VERSION\"}" summary.json
jq -r '.markdown // .errorMessage' summary.json > summary.md
cat summary.md >> "$GITHUB_STEP_SUMMARY"
pull_request=$(gh api "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls" --jq '.[0].number // empty')
if [[ $pull_request ]]; then gh pr comment "$pull_request" --repo "$GITHUB_REPOSITORY" --body-file summary.md; fi
