"""Many rollouts in one account and in a hundred: which limit of AWS is met first, how late, and at what price."""
