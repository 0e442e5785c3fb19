"""A stand-in for the stack, in the shared emulator: a dashboard with a widget, and the functions of its two users."""

import json

import pytest

from sandbox.dashboard.server import Dashboard, serving
from sandbox.dashboard.users import COMMANDS, WIDGET, create_users
from tests.sandbox.dashboard.stand_in import CODE, NAME, body


@pytest.fixture(scope="session")
def dashboard(emulator):
    functions = emulator.client("lambda")
    emulator.client("iam").create_role(RoleName="stand-in", AssumeRolePolicyDocument='{"Statement": []}')
    arns = {}
    for logical_id in (WIDGET, COMMANDS):
        created = functions.create_function(
            FunctionName=logical_id,
            Runtime="python3.13",
            Handler="app.handler",
            Role=f"arn:aws:iam::{emulator.account}:role/stand-in",
            Code={"ZipFile": CODE},
        )
        arns[logical_id] = created["FunctionArn"]
        functions.get_waiter("function_active_v2").wait(FunctionName=logical_id, WaiterConfig={"Delay": 0.1})
    document = json.dumps(body(arns[WIDGET]))
    emulator.client("cloudwatch").put_dashboard(DashboardName=NAME, DashboardBody=document)
    users = create_users(emulator, {logical_id: logical_id for logical_id in arns})
    return Dashboard(NAME, emulator.account, users)


@pytest.fixture(scope="session")
def address(dashboard):
    with serving(dashboard) as address:
        yield address
