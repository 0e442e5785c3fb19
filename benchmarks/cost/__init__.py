"""What a rollout uses and costs, counted in a local AWS, beside the deployer of aws-samples and CodeDeploy."""
