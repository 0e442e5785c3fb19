"""A release: its version, its folder, and the build of its template."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from sandbox.deploy import build
from sandbox.run_folders import own_folder
from sandbox.sam import run_sam
from sandbox.server import ROOT

PREFIX = "lambda-rollouts"
"""The folder of a bucket that holds the artifacts of every release."""


class Release:
    """The release of this repository, in its folder `dist/VERSION`."""

    def __init__(self, folder: Path = ROOT / "dist") -> None:
        self.version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
        self.folder = folder / self.version

    @property
    def template(self) -> Path:
        """The packaged template."""
        return Path(self.folder, "template.yaml")

    @property
    def artifacts(self) -> Path:
        """The code of the functions, the layer, the definitions of the state machines, the licence and the README."""
        return Path(self.folder, "artifacts")

    @property
    def prefix(self) -> str:
        """The folder of a bucket that holds the artifacts of this release."""
        return f"{PREFIX}/{self.version}"

    def package(self, bucket: str, environment: Mapping[str, str]) -> None:
        """Build the stack, upload its artifacts to a bucket and write the packaged template; raises DeployError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        where = ["--s3-bucket", bucket, "--s3-prefix", self.prefix, "--output-template-file", str(self.template)]
        with own_folder("package-build") as folder:
            built = build(folder, environment)
            run_sam(["package", "--template-file", str(built), *where], environment)
