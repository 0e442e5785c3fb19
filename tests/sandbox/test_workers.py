"""What a function of the sandbox loads before its own code asks for it."""

import io
import json
import zipfile

from sandbox.shop import Shop

CODE = """
import sys

def handler(event, context):
    loaded = "botocore" in sys.modules
    import botocore.session
    from botocore.handlers import BUILTIN_HANDLERS
    request = {"headers": {}}
    for event, hook, *_ in BUILTIN_HANDLERS:
        if event == "before-call" and "depth" in hook.__name__:
            hook(params=request)
    return {"loaded": loaded, "sent": list(request["headers"])}
"""


def test_function_loads_botocore_only_when_it_uses_it_and_its_calls_carry_their_depth(emulator):
    """MiniStack ends a loop of functions that invoke each other by the depth that each call carries."""
    shop, package = Shop(emulator, "late-botocore"), io.BytesIO()
    shop.create()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", CODE)
    functions = emulator.client("lambda")
    functions.update_function_code(FunctionName=shop.name, ZipFile=package.getvalue())
    functions.get_waiter("function_updated_v2").wait(FunctionName=shop.name, WaiterConfig={"Delay": 0.1})
    answer = json.loads(functions.invoke(FunctionName=shop.name)["Payload"].read())
    assert answer["loaded"] is False
    assert "X-Ministack-Invoke-Depth" in answer["sent"]
