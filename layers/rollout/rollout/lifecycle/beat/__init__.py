"""How a rollout lets others make their calls, while many are live in its account and region.

Lambda allows an account 15 control-plane calls a second, and each read of an alias is one of them.
"""
