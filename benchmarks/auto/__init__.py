"""`steps: Auto` at four traffics, beside CodeDeploy's Canary10Percent5Minutes with an alarm."""
