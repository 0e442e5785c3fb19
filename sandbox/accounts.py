"""The accounts of the sandbox: whoever calls with twelve digits as access key is the root of that account."""

HOME = "111111111111"
"""Where the stack can live, so that it differs from what nobody chose."""
MEMBER = "222222222222"
STRANGER = "333333333333"
ELSEWHERE = "eu-west-1"
"""Another region than the stack's."""
ORGANIZATION = "o-thesandbox"
ORGANIZED = frozenset({"000000000000", HOME, MEMBER})
"""The accounts of the organization; every other is a stranger to it."""
