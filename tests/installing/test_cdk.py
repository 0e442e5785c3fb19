"""The example of the CDK nests the packaged template. `make adopting` installs the CDK."""

import json
import os
import shutil
import subprocess

import pytest

from installing.release import Release
from sandbox.server import ROOT
from tests.adopting.workshop import HERE as TOOLS

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not (TOOLS / "node_modules").exists(), reason="`make adopting` has not installed the CDK"),
]
APP = """import * as cdk from 'aws-cdk-lib';
import { LambdaRolloutsStack } from './install-stack';

new LambdaRolloutsStack(new cdk.App(), 'lambda-rollouts', 'my-bucket');
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cdk")
    (folder / "node_modules").symlink_to((TOOLS / "node_modules").resolve())
    (folder / "app.ts").write_text(APP)
    shutil.copy(ROOT / "docs/examples/install/install-stack.ts", folder)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "CDK_OUTDIR": str(folder / "out")}
    command = ["node_modules/.bin/tsx", "app.ts"]
    subprocess.run(command, cwd=folder, env=environment, check=True, timeout=120)  # noqa: S603 - the locked tool
    return json.loads((folder / "out" / "lambda-rollouts.template.json").read_text())


def test_stack_nests_the_packaged_template(template):
    assert template["Transform"] == "AWS::Serverless-2016-10-31"
    [nested] = [each for each in template["Resources"].values() if each["Type"] == "AWS::Serverless::Application"]
    assert nested["Properties"]["Parameters"] == {"AlarmEmail": "oncall@example.com"}
    parts = nested["Properties"]["Location"]["Fn::Join"][1]
    assert parts[0] == "https://my-bucket.s3."
    assert parts[-1] == f"/{Release().prefix}/template.yaml"


def test_stack_passes_on_the_state_machine(template):
    [output] = template["Outputs"].values()
    assert output["Value"]["Fn::GetAtt"][1] == "Outputs.StateMachineArn"
