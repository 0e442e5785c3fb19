"""What every room of tests builds on: an account that is nobody's, and settings as the template gives them."""

import os

from hypothesis import HealthCheck, settings

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",  # noqa: S106 - moto's, and nobody's
    AWS_DEFAULT_REGION="eu-west-1",
    POWERTOOLS_SERVICE_NAME="rollouts",
    POWERTOOLS_METRICS_NAMESPACE="LambdaRollouts",
)

# The same examples each time, and no stopwatch: a busy machine is no broken promise.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
