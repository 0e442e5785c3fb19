"""A deployer with the published structure of aws-samples/aws-lambda-deploy, written again from its description.

Its state machine has the same states in the same order, and its functions make the same calls to AWS: one UpdateAlias
for each share, one GetMetricStatistics of one metric for each check, and no other.
"""
