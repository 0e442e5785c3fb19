"""What each package may import. `CONTRIBUTING.md` shows the same tables."""

PURE = ("pydantic", "pydantic_core")
"""What a decision may import besides the standard library."""

AWS = ("boto3", "botocore", "aws_lambda_powertools", "mypy_boto3")
"""What only `rollout.aws` may import; `mypy_boto3` stands for the type stubs of every service."""

LIBRARIES = {"dashboard": ("pygal",)}
"""What only one package of the layer may import: pygal draws the charts of the dashboard."""

LAYER: dict[str, tuple[str, ...]] = {
    "domain": (),
    "policy": ("domain",),
    "evidence": ("domain",),
    "state": ("domain", "policy"),
    "judging": ("domain", "policy", "evidence", "state"),
    "auto": ("domain", "policy", "evidence", "state", "judging"),
    "lifecycle": ("domain", "policy", "state", "judging"),
    "log_findings": ("domain", "state", "judging", "lifecycle"),
    "admission": ("domain", "policy", "state", "judging", "auto"),
    "telemetry": ("domain", "policy", "state", "lifecycle"),
    "notifications": ("domain", "state", "judging", "lifecycle"),
    "dry_run": ("domain", "policy", "state", "judging", "log_findings", "auto", "admission"),
    "dashboard": ("domain", "policy", "state", "lifecycle", "notifications"),
    "doctor": ("domain", "state"),
    "schema": ("policy", "notifications"),
    "aws": (
        "domain",
        "policy",
        "evidence",
        "state",
        "judging",
        "log_findings",
        "auto",
        "admission",
        "telemetry",
        "notifications",
        "doctor",
    ),
    "tasks": (
        "domain",
        "policy",
        "state",
        "judging",
        "log_findings",
        "auto",
        "lifecycle",
        "admission",
        "telemetry",
        "notifications",
        "dry_run",
        "dashboard",
        "doctor",
        "aws",
    ),
}
"""The packages of the layer, from the bottom up, each with the packages above which it stands."""

REPOSITORY: dict[str, tuple[str, ...]] = {
    "layers/rollout/rollout": ("rollout", *PURE, *AWS, "pygal"),
    "functions": ("rollout",),
    "sandbox": (
        "sandbox",
        "boto3",
        "botocore",
        "ministack",
        "hypercorn",
        "click",
        "rich",
        "matplotlib",
        "nh3",
        "markdown_it",
        "selenium",
    ),
    "installing": ("installing", "sandbox", "rollout", *AWS, "samcli", "click", "rich"),
    "report": ("report", "rollout", *AWS, "click"),
    "simulator": ("simulator", "rollout", *PURE, *AWS, "click", "rich", "matplotlib", "numpy", "yaml"),
    "statemachine": (),
    "benchmarks": (
        "benchmarks",
        "rollout",
        "simulator",
        "sandbox",
        "boto3",
        "pydantic",
        "click",
        "rich",
        "matplotlib",
        "numpy",
        "scipy",
    ),
    "docs/examples": ("aws_lambda_powertools", "boto3"),
    "stress": ("stress", "sandbox", "boto3", "botocore", "click", "rich"),
}
"""The folders that hold programs, each with what its files may import besides the standard library."""

IMPURE = {"os", "time", "random", "secrets", "uuid", "socket", "subprocess", "threading", "urllib", "http", "pathlib"}
"""Modules of the standard library that no decision may import."""

SEEDED = {"random.Random"}
"""The one exception: a generator with a seed that is passed in draws the same each time."""

CLOCKS = {"now", "utcnow", "today"}
"""Methods that read the clock."""
