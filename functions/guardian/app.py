"""Guardian: repairs aliases of ended executions, names who moved, commanded and started, and starts missed versions."""

from datetime import UTC, datetime

from rollout.aws.powertools import LambdaContext, internal_errors, logger, write_metrics
from rollout.lifecycle.guardian.event import read_guardian_event
from rollout.tasks.guardian.callers import name_callers
from rollout.tasks.guardian.open_rollouts import measure_open_rollouts
from rollout.tasks.guardian.queued_versions import remove_ended_from_queue
from rollout.tasks.guardian.recover import repair
from rollout.tasks.guardian.release_groups import treat_releases
from rollout.tasks.guardian.sweep import start_missed_versions
from rollout.tasks.guardian.target_sweep import TargetSweep


@logger.inject_lambda_context
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    with internal_errors(context, "the next sweep tries again"):
        now, trigger = datetime.now(UTC), read_guardian_event(event)
        sweep = TargetSweep(context.get_remaining_time_in_millis)
        repaired = [result.document() for result in repair(sweep, now, trigger.execution_arn)]
        of_releases = treat_releases(sweep, trigger, now)
        unqueued = [*remove_ended_from_queue(sweep, trigger.execution_arn)]
        named = [*name_callers(sweep, now)] if trigger.sweeps_aliases else []
        started = [*start_missed_versions(sweep, trigger.member_account, now)] if trigger.sweeps_versions else []
        found = measure_open_rollouts(sweep, now) if trigger.sweeps_aliases else {}
        write_metrics(sweep.counts(repaired=len(repaired), started=len(started)) | found)
        answer = sweep.report(repaired=repaired, unqueued=unqueued, named=named, started=started, **of_releases)
        logger.info("Guardian finished", **answer)
        return answer
