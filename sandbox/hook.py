"""A hook to call: it tries the version that it receives, or answers as it is configured."""

import io
import json
import zipfile
from pathlib import Path

from sandbox.shop import Account, Shop

SMOKE_TEST = "smoke-test"
_SOURCE = Path(__file__).parent / "functions" / "hook" / "app.py"
_MAY_CALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}],
}


class Hook:
    """A function with the tag that lets rollouts call it, by default in the stack's account."""

    def __init__(self, owner: Account, name: str = SMOKE_TEST, account: str | None = None) -> None:
        self.name = name
        self._shop = Shop(owner, name, account=account)
        self._lambda, self._iam = owner.client("lambda", account), owner.client("iam", account)

    def create(self, answer: str = "tries", **variables: object) -> None:
        """Create the function.

        `answer` is `tries`, `raises`, `hangs`, `decides late`, `is too large`, or JSON that it returns.
        """
        role = self._shop.role()
        policy = json.dumps(_MAY_CALL)
        self._iam.put_role_policy(RoleName=role.rpartition("/")[2], PolicyName="call", PolicyDocument=policy)
        names = {"ANSWER": answer, **{name.upper(): str(value) for name, value in variables.items()}}
        self._lambda.create_function(
            FunctionName=self.name,
            Runtime="python3.13",
            Handler="app.handler",
            Role=role,
            Timeout=60,
            Code={"ZipFile": _package()},
            Environment={"Variables": names},
            Tags={"rollout:hook": "true"},
        )

    def delete(self) -> None:
        """Delete the function, as a tool does that does not know that a rollout calls it."""
        self._lambda.delete_function(FunctionName=self.name)

    def untag(self) -> None:
        """Remove the tag, as a tool does that removes tags it does not know."""
        self._shop.untag("rollout:hook")


def _package() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.write(_SOURCE, "app.py")
    return archive.getvalue()
