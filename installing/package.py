"""`python -m installing.package`: writes one packaged template for the release, and its artifacts."""

import os
import shutil
from pathlib import Path

import click

from installing.publication import check_publishable
from installing.release import Release
from sandbox.server import Sandbox, SandboxError, free_port, running

LOCAL_BUCKET = "lambda-rollouts-artifacts"
"""The bucket that the template names where no bucket is given; `upload.sh` of docs/installing.md replaces it."""


def package_locally(release: Release, sandbox: Sandbox, settings: dict[str, str]) -> None:
    """Package a release with the bucket of a local AWS, and download the artifacts; raises DeployError."""
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket=LOCAL_BUCKET)
    release.package(LOCAL_BUCKET, {**sandbox.environment, **settings})
    shutil.rmtree(release.artifacts, ignore_errors=True)
    release.artifacts.mkdir()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=LOCAL_BUCKET, Prefix=release.prefix):
        for item in page["Contents"]:
            s3.download_file(LOCAL_BUCKET, item["Key"], str(release.artifacts / Path(item["Key"]).name))


@click.command()
@click.option("--bucket", default="", help="A bucket of yours, in the region of the stack; without it, only files.")
def main(bucket: str) -> None:
    """Write dist/VERSION/template.yaml, which installs this release, and check it as `sam publish` does."""
    release = Release()
    try:
        if bucket:
            release.package(bucket, os.environ)
        else:
            with running(free_port(), "package") as sandbox:
                package_locally(release, sandbox, {})
        check_publishable(release.template)
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    click.secho(f"Version {release.version}: {release.template}", fg="green")


if __name__ == "__main__":
    main(prog_name="python -m installing.package")
