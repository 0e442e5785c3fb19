"""The help of the widget, in Markdown, as CloudWatch asks for it with `describe`."""

HELP = """## Rollouts

Shows the live rollouts of Lambda Rollouts: which version serves, whether the canary goes well, and what happens next.
Below them are the last endings with their reasons. **Details** shows every evaluation of a rollout.

### Widget parameters
Parameter | Description
---|---
**function** | Show only rollouts whose function or alias contains this text
**state** | Show only live rollouts in this state, such as `awaiting approval`, `paused`, `frozen`, `shifting` or `bake`

### Example parameters
```yaml
function: checkout
state: awaiting approval
```

The widget reads the ledger only. A command needs `lambda:InvokeFunction` on the function TakeCommand.
"""
