"""The environment of every test: the credentials of no real account, and the settings that the template sets."""

import gc
import os
from functools import cache

import botocore.session
from hypothesis import HealthCheck, settings

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",  # noqa: S106 - moto's, of no real account
    AWS_DEFAULT_REGION="eu-west-1",
    POWERTOOLS_SERVICE_NAME="rollouts",
    POWERTOOLS_METRICS_NAMESPACE="LambdaRollouts",
)

# The same examples in every run, and no deadline: a slow machine must not fail a property test.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

# Each session would read and parse the service models again. A loader keeps nothing else, and no test changes a model.
botocore.session.create_loader = cache(botocore.session.create_loader)


def pytest_collection_finish():
    """Let no garbage collection look again at the modules and the tests, which stay to the end."""
    gc.collect()
    gc.freeze()
