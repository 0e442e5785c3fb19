"""A stand-in for the stack, in the shared emulator: a dashboard with a widget, and the functions of its two users."""

import json

import pytest

from sandbox.dashboard.server import find_dashboard, serving
from tests.sandbox.dashboard.stand_in import CODE, COMMANDS, NAME, WIDGET, body


@pytest.fixture(scope="session")
def dashboard(emulator):
    functions = emulator.client("lambda")
    emulator.client("iam").create_role(RoleName="stand-in", AssumeRolePolicyDocument='{"Statement": []}')
    arns = {}
    for name in (WIDGET, COMMANDS):
        created = functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="app.handler",
            Role=f"arn:aws:iam::{emulator.account}:role/stand-in",
            Code={"ZipFile": CODE},
        )
        arns[name] = created["FunctionArn"]
        functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.1})
    document = json.dumps(body(arns[WIDGET]))
    emulator.client("cloudwatch").put_dashboard(DashboardName=NAME, DashboardBody=document)
    return find_dashboard(emulator, {"DashboardName": NAME, "TakeCommandButtonsArn": arns[COMMANDS]})


@pytest.fixture(scope="session")
def address(dashboard):
    with serving(dashboard) as address:
        yield address
