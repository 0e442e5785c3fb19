"""The accounts of the sandbox. A caller whose access key has twelve digits is the root of that account."""

HOME = "111111111111"
"""An account to deploy the stack into that differs from the emulator's default account."""
MEMBER = "222222222222"
OUTSIDER = "333333333333"
"""An account that is neither in the organization nor a member account."""
OTHER_REGION = "eu-west-1"
"""A region other than the stack's."""
ORGANIZATION = "o-thesandbox"
ORGANIZATION_ACCOUNTS = frozenset({"000000000000", HOME, MEMBER})
