"""What a person acknowledges who installs the template."""

from typing import Any

_RESOURCE_POLICIES = {"AWS::Events::EventBusPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"}
"""As the Serverless Application Repository lists them."""


def needed_capabilities(template: dict[str, Any]) -> set[str]:
    """Return the capabilities that a template needs: named roles, a transform, resource policies."""
    resources = template["Resources"].values()
    named = any("RoleName" in each["Properties"] for each in resources if each["Type"] == "AWS::IAM::Role")
    policies = any(each["Type"] in _RESOURCE_POLICIES for each in resources)
    found = {
        "CAPABILITY_NAMED_IAM": named,
        "CAPABILITY_AUTO_EXPAND": "Transform" in template,
        "CAPABILITY_RESOURCE_POLICY": policies,
    }
    return {name for name, is_needed in found.items() if is_needed}
