"""Questions about functions, versions and aliases, asked of a function without traffic."""

import time

from botocore.exceptions import ClientError

from stress.verify_aws.behaviour import Answer, Probe
from stress.verify_aws.stories import Stage

_WEIGHT = 0.333333
_LONGEST_DELAY_SECONDS = 15
"""A quarter of a minute: as much of its share as a canary may lack in the first minute of a step."""


def _tags(stage: Stage) -> Answer:
    functions, name = stage.account.client("lambda"), stage.probed.name
    unqualified = functions.get_function(FunctionName=name)
    qualified = {q: functions.get_function(FunctionName=name, Qualifier=q) for q in ("$LATEST", "1")}
    shown = ", ".join(f"Qualifier={q}: {'tags' if 'Tags' in answer else 'no tags'}" for q, answer in qualified.items())
    return Answer(f"unqualified: {unqualified.get('Tags', 'no tags')}; {shown}", "Tags" in unqualified)


def _last_modified(stage: Stage) -> Answer:
    functions, name = stage.account.client("lambda"), stage.probed.name
    changed = functions.get_function(FunctionName=name)["Configuration"]["LastModified"]
    published = functions.publish_version(FunctionName=name)["LastModified"]
    return Answer(f"$LATEST was changed at {changed}, and its version says {published}", changed == published)


def _unchanged_publish(stage: Stage) -> Answer:
    functions, name = stage.account.client("lambda"), stage.probed.name
    numbers = [functions.publish_version(FunctionName=name)["Version"] for _ in range(2)]
    return Answer(f"published versions {' and '.join(numbers)}", numbers[0] == numbers[1])


def _revision_after_permission(stage: Stage) -> Answer:
    functions, shop = stage.account.client("lambda"), stage.probed
    before = shop.revision()
    functions.add_permission(
        FunctionName=shop.name,
        Qualifier=shop.alias,
        StatementId="probe",
        Action="lambda:InvokeFunction",
        Principal=stage.account.account,
    )
    changed = shop.revision() != before
    return Answer(f"the revision of the alias {'changed' if changed else 'stayed'}", changed)


def _revision_after_no_change(stage: Stage) -> Answer:
    before, shop = stage.probed.revision(), stage.probed
    shop.update_alias(FunctionVersion="1", RevisionId=before)
    changed = shop.revision() != before
    return Answer(f"the revision of the alias {'changed' if changed else 'stayed'}", changed)


def _stale_revision(stage: Stage) -> Answer:
    stale, shop = stage.probed.revision(), stage.probed
    shop.update_alias(Description="a newer revision")
    try:
        shop.update_alias(FunctionVersion="1", RevisionId=stale)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return Answer(f"refused: {code}", code == "PreconditionFailedException")
    return Answer("accepted", holds=False)


def _rounded_weight(stage: Stage) -> Answer:
    shop = stage.probed
    version = shop.publish()
    shop.update_alias(FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {version: _WEIGHT}})
    percent = shop.shares().get(version, 0.0)
    shop.update_alias(FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {}})
    return Answer(f"wrote {_WEIGHT}, read {percent / 100}", abs(percent / 100 - _WEIGHT) <= 1e-6)  # noqa: PLR2004


def _weight_delay(stage: Stage) -> Answer:
    functions, shop = stage.account.client("lambda"), stage.probed
    version = shop.publish()
    shop.update_alias(FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {version: 1.0}})
    started, served = time.monotonic(), ""
    while served != version and time.monotonic() < started + _LONGEST_DELAY_SECONDS:
        served = functions.invoke(FunctionName=f"{shop.name}:{shop.alias}", Payload=b"{}")["ExecutedVersion"]
    seconds = time.monotonic() - started
    shop.update_alias(FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {}})
    return Answer(f"version {served} served a call {seconds:.1f} s after its weight of 1", served == version)


def _aliased_version(stage: Stage) -> Answer:
    functions, name = stage.account.client("lambda"), stage.probed.name
    try:
        functions.delete_function(FunctionName=name, Qualifier="1")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return Answer(f"refused: {code}", code == "ResourceConflictException")
    return Answer("deleted a version that an alias serves", holds=False)


def _numbers_after_recreation(stage: Stage) -> Answer:
    shop = stage.probed
    shop.delete()
    first = shop.create(opted_in=False)
    return Answer(f"the first version of the function created again is {first}", first == "1")


LAMBDA_PROBES = (
    Probe("tags-of-get-function", "GetFunction returns tags without a qualifier, and only then", _tags),
    Probe("last-modified-of-a-version", "LastModified of a version is that of $LATEST's last change", _last_modified),
    Probe(
        "unchanged publish", "PublishVersion without a change returns the number it returned before", _unchanged_publish
    ),
    Probe("revision-after-a-permission", "AddPermission on an alias changes its revision", _revision_after_permission),
    Probe("revision-without-a-change", "UpdateAlias without a change changes the revision", _revision_after_no_change),
    Probe("stale-revision", "UpdateAlias with an earlier revision is refused", _stale_revision),
    Probe("rounded-weight", "a weight with six digits is read back as written", _rounded_weight),
    Probe("delay-of-a-weight", "a weight takes effect within seconds", _weight_delay),
    Probe("version-of-an-alias", "a version that an alias serves cannot be deleted", _aliased_version),
    Probe(
        "numbers-of-a-recreated-function", "the versions of a recreated function begin at 1", _numbers_after_recreation
    ),
)
"""In this order: the last one creates the function again."""
