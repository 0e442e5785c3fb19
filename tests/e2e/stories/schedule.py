"""All stories, the longest first, so that none of them is left to run at the end by itself."""

from tests.e2e.stories.dry_run import dry_runs
from tests.e2e.stories.duplicate_events import events_arrive_twice
from tests.e2e.stories.judging import (
    alarm_turns_red,
    calls_become_slow,
    canary_has_no_calls,
    error_rate_doubles,
    errors_come_in_bursts,
    slow_calls_cannot_be_counted,
    slow_limit_is_learned,
)
from tests.e2e.stories.locks import (
    newer_version_supersedes,
    newer_versions_queue,
    outside_change_edits_weights,
    outside_change_moves_alias,
    stopped_in_bake,
    stopped_in_step,
)
from tests.e2e.stories.member_accounts import (
    external_id_differs,
    faulty_member_version,
    healthy_member_version,
    member_names_function_of_orchestrator,
    member_rollout_stopped,
    outside_change_moves_member_alias,
)
from tests.e2e.stories.refused_requests import requests_are_refused
from tests.e2e.stories.restore_alias import alias_is_restored, member_alias_is_restored
from tests.e2e.stories.starts import (
    alias_is_missing,
    faulty_version_published,
    healthy_version_published,
    operator_starts_rollout,
    other_role_fails_in_bake,
    other_role_is_promoted,
    pipeline_starts_rollout,
    tag_names_policy,
)

STORIES_AT_ONCE = 7
"""As many as two cores carry: the stories mostly wait."""

STORIES = (
    errors_come_in_bursts,
    newer_versions_queue,
    events_arrive_twice,
    error_rate_doubles,
    slow_calls_cannot_be_counted,
    alias_is_restored,
    member_alias_is_restored,
    healthy_member_version,
    healthy_version_published,
    operator_starts_rollout,
    newer_version_supersedes,
    tag_names_policy,
    pipeline_starts_rollout,
    other_role_is_promoted,
    stopped_in_bake,
    faulty_version_published,
    faulty_member_version,
    other_role_fails_in_bake,
    alarm_turns_red,
    calls_become_slow,
    slow_limit_is_learned,
    requests_are_refused,
    dry_runs,
    outside_change_moves_member_alias,
    outside_change_moves_alias,
    outside_change_edits_weights,
    canary_has_no_calls,
    alias_is_missing,
    stopped_in_step,
    member_rollout_stopped,
    member_names_function_of_orchestrator,
    external_id_differs,
)
