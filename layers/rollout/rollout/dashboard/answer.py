"""The answer to a button: whether the command was taken, and why not."""

from enum import StrEnum

from rollout.domain.models import Value


class Answered(StrEnum):
    """How a command that was given by a button ended."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class ButtonAnswer(Value):
    """The answer to a button."""

    answered: Answered
    sentence: str
    """What the rollout does from now on, or why the command was refused, or what went wrong."""
    stated_giver: str = ""
    """Who gave the command, as the ledger keeps it; empty where none was taken."""


DESCRIPTION = """\
## TakeCommand
Gives a command to the live rollout of an alias. The buttons of the dashboard of Lambda Rollouts call it, and it is no
widget of its own. A user with permission to invoke it through its alias `buttons` can command every rollout.

```json
{
  "function": "my-api",
  "alias": "live",
  "command": "pause",
  "widgetContext": {"forms": {"all": {"reason": "the database is slow", "given_by": "Anna Lee"}}}
}
```
`command` is pause, resume, approve, promote, abort, freeze or release. `reason` and `given_by` are required.
"""
"""The answer to `{"describe": true}`, which CloudWatch shows in the editor of a widget."""
