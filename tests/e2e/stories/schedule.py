"""All stories, the longest first, so that none of them is left to run at the end by itself."""

from tests.e2e.stories.approvals import approved, not_approved
from tests.e2e.stories.back import version_is_withdrawn
from tests.e2e.stories.buttons import aborted_by_button
from tests.e2e.stories.commands import (
    aborted,
    commands_name_functions_of_others,
    frozen_and_released,
    member_aborted,
    paused_and_promoted,
    roles_are_told_apart,
)
from tests.e2e.stories.dashboard import approved_on_the_page
from tests.e2e.stories.doctor import stack_is_examined
from tests.e2e.stories.dry_run import dry_runs
from tests.e2e.stories.duplicate_events import events_arrive_twice
from tests.e2e.stories.freezes import shops_before_a_freeze
from tests.e2e.stories.hooks import (
    hook_raises,
    hooks_return_no_verdict,
    member_hooks_are_healthy,
    version_is_stopped_before_traffic,
)
from tests.e2e.stories.judging import (
    alarm_turns_red,
    calls_become_slow,
    canary_answers_http_500,
    canary_cannot_be_invoked,
    canary_has_no_calls,
    error_rate_doubles,
    errors_come_in_bursts,
    member_canary_answers_http_500,
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
from tests.e2e.stories.other_writers import alias_is_created_again_and_then_moved
from tests.e2e.stories.pruning import other_role_fails_in_bake
from tests.e2e.stories.refused_requests import requests_are_refused
from tests.e2e.stories.releases import all_good, bad_in_bake, last_function_published, one_bad, releases_refused
from tests.e2e.stories.releases_of_members import listed_in_s3, member_is_bad
from tests.e2e.stories.report import faulty_version_reported
from tests.e2e.stories.restore_alias import alias_is_restored, member_alias_is_restored
from tests.e2e.stories.starts import (
    alias_is_missing,
    faulty_version_published,
    healthy_version_published,
    operator_starts_rollout,
    other_role_is_promoted,
    pipeline_starts_rollout,
    tag_names_policy,
    tasks_run_twice,
)
from tests.e2e.stories.vanished_tags import (
    member_tag_vanishes,
    member_tag_vanishes_and_rollback_cannot_run,
    member_tag_vanishes_and_rollout_is_stopped,
    tag_vanishes,
    tag_vanishes_and_rollback_cannot_run,
    tag_vanishes_and_rollout_is_stopped,
)

STORIES_AT_ONCE = 8
"""As many as two cores carry: the stories mostly wait."""

STORIES = (
    errors_come_in_bursts,
    newer_versions_queue,
    alias_is_created_again_and_then_moved,
    error_rate_doubles,
    slow_calls_cannot_be_counted,
    all_good,
    bad_in_bake,
    listed_in_s3,
    healthy_member_version,
    hooks_return_no_verdict,
    member_hooks_are_healthy,
    paused_and_promoted,
    frozen_and_released,
    approved,
    not_approved,
    approved_on_the_page,
    member_alias_is_restored,
    healthy_version_published,
    alias_is_restored,
    events_arrive_twice,
    operator_starts_rollout,
    tag_names_policy,
    tasks_run_twice,
    newer_version_supersedes,
    faulty_member_version,
    hook_raises,
    dry_runs,
    member_tag_vanishes_and_rollback_cannot_run,
    tag_vanishes_and_rollback_cannot_run,
    member_tag_vanishes,
    tag_vanishes,
    pipeline_starts_rollout,
    slow_limit_is_learned,
    faulty_version_published,
    faulty_version_reported,
    version_is_withdrawn,
    canary_answers_http_500,
    member_canary_answers_http_500,
    canary_has_no_calls,
    canary_cannot_be_invoked,
    stopped_in_bake,
    other_role_is_promoted,
    other_role_fails_in_bake,
    calls_become_slow,
    one_bad,
    member_is_bad,
    last_function_published,
    requests_are_refused,
    releases_refused,
    alarm_turns_red,
    outside_change_moves_alias,
    outside_change_edits_weights,
    outside_change_moves_member_alias,
    member_names_function_of_orchestrator,
    member_rollout_stopped,
    stopped_in_step,
    version_is_stopped_before_traffic,
    aborted,
    aborted_by_button,
    member_aborted,
    roles_are_told_apart,
    commands_name_functions_of_others,
    member_tag_vanishes_and_rollout_is_stopped,
    tag_vanishes_and_rollout_is_stopped,
    external_id_differs,
    alias_is_missing,
    stack_is_examined,
    shops_before_a_freeze,
)
