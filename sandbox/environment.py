"""The environment of the sandbox's processes: it contains no credentials and no settings of a real AWS account."""

import os
from pathlib import Path


def without_aws() -> dict[str, str]:
    """Return this process's environment without the variables and files that could reach a real account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    no_files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**kept, **no_files, "AWS_EC2_METADATA_DISABLED": "true"}


def of_emulator(port: int, audit: Path) -> dict[str, str]:
    """Return the emulator's settings; the functions it runs inherit them."""
    # With PYTHONPATH, a function could import modules that its package lacks.
    inherited = {name: value for name, value in without_aws().items() if name != "PYTHONPATH"}
    return {
        **inherited,
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",  # by default, IoT and SFTP listen on every address
        "SFTP_ENABLED": "0",
        "LAMBDA_ACCOUNT_CONCURRENCY": "20",  # each concurrent call needs a process of 50 MB
        "LOG_LEVEL": "WARNING",
        "SANDBOX_AUDIT": str(audit),
    }
