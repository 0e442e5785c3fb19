"""The benchmark of the missing share: how often a healthy canary is rolled back by it, and how soon a broken one."""
