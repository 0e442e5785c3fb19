"""The packaged release in a local AWS: deployed by CloudFormation with the scripts of the documents."""

import pytest

from installing.package import package_locally
from installing.release import Release
from sandbox.sam import layer_settings
from sandbox.server import free_port, running
from tests.installing.installation import Installation
from tests.installing.later_release import later_template


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    with running(free_port(), "installing") as sandbox:
        release = Release(folder)
        package_locally(release, sandbox, layer_settings())
        installation = Installation(sandbox, release)
        installation.run("install/upload.sh", release.folder)
        installation.deploy(release.folder / "packaged.yaml", release.folder)
        yield installation


@pytest.fixture(scope="module")
def later(installation, tmp_path_factory):
    """The packaged template of a later release."""
    return later_template(installation.release, installation.sandbox, tmp_path_factory.mktemp("later"))
