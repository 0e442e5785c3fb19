"""What the sandbox's processes see of the world: this machine, and no account of yours."""

import os
from pathlib import Path


def without_aws() -> dict[str, str]:
    """Return this process' environment without anything that could reach a real account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**kept, **nowhere, "AWS_EC2_METADATA_DISABLED": "true"}


def of_emulator(port: int, audit: Path) -> dict[str, str]:
    """Return the emulator's settings; the functions it runs inherit them."""
    # A PYTHONPATH would let a function find modules that its package lacks.
    inherited = {name: value for name, value in without_aws().items() if name != "PYTHONPATH"}
    return {
        **inherited,
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",  # these two would listen on every address
        "SFTP_ENABLED": "0",
        "LAMBDA_ACCOUNT_CONCURRENCY": "20",  # each concurrent call is a process of 50 MB
        "LOG_LEVEL": "WARNING",
        "SANDBOX_AUDIT": str(audit),
    }
