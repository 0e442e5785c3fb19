"""The event that says a version was published, and the execution it starts."""

import hashlib
import json

from pydantic import BaseModel, Field

from rollout.function_name import read_function
from rollout.models import Target

_LONGEST_NAME = 80


class _Published(BaseModel):
    function_arn: str = Field(alias="functionArn")
    version: str


class _Detail(BaseModel):
    published: _Published = Field(alias="responseElements")


class VersionPublished(BaseModel):
    """CloudTrail's record of PublishVersion, UpdateFunctionCode or CreateFunction, as EventBridge delivers it.

    Account and region come from the envelope, which EventBridge writes; the detail is the caller's word.
    """

    account: str
    region: str
    detail: _Detail

    @property
    def function(self) -> str:
        """The function's name; the request's own spelling may be an ARN, so the answer's is taken."""
        return read_function(self.detail.published.function_arn).name

    @property
    def version(self) -> str:
        """The number of the version that was published."""
        return self.detail.published.version

    def target(self, alias: str) -> Target:
        """Return the alias that is to serve the version, in the account and region the event came from."""
        return Target(account=self.account, region=self.region, function=self.function, alias=alias)


def execution_name(target: Target, version: str) -> str:
    """Return the name of the one execution that may roll out this version, at most 80 characters.

    Step Functions takes a name once in 90 days, so an event that comes twice starts nothing the second time.
    """
    identity = f"{target.account}/{target.region}/{target.function}/{target.alias}/{version}"
    tail = f"-{version}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
    return target.function[: _LONGEST_NAME - len(tail)] + tail


def execution_input(target: Target, version: str) -> str:
    """Return the request an event makes, the same to the letter each time the event comes.

    It names account and region, so that an event from elsewhere is never taken for a function of the same name here.
    """
    arn = f"arn:aws:lambda:{target.region}:{target.account}:function:{target.function}"
    return json.dumps({"function": arn, "alias": target.alias, "version": version})
