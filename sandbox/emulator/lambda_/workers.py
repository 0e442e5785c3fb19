"""The start, the exceptions and the logs of Python functions."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import threading
import time
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from sandbox.emulator.lambda_.log_end import END, lines_until_end
from sandbox.emulator.seams import Original, Record, SeamMissingError, extends

RAISED = "sandbox raised"
LINE_BREAK = "\ue000"
"""Stands for a line break inside an event until the event is stored: MiniStack makes an event of each line."""
_AS_SHIPPED = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
# Reported as a success, so that MiniStack keeps the worker: on AWS, an exception does not end the environment.
_WITH_ERROR_TYPE = (
    '{"status": "ok", "result": {"' + RAISED + '": {"errorMessage": str(e), "errorType": type(e).__name__, '
    '"stackTrace": traceback.format_tb(e.__traceback__)}}}'
)
_INSTALLED = "    _ms_install_invoke_depth()\n"
_INSTALLED_LATER = (
    "    _ms_install_invoke_depth() if 'botocore' in sys.modules else sys.meta_path.insert(0, _BeforeSessions())\n"
)
_BEFORE_SESSIONS = """
class _BeforeSessions:
    def find_spec(self, name, *_):
        if name == "botocore.session":
            sys.meta_path.remove(self)
            _ms_install_invoke_depth()

"""
_LAST_FLUSH = "        _real_stdout.flush()\n\nrun()\n"
_WITH_LOG_END = f"        sys.stderr.flush()\n        os.write(2, {(END + chr(10)).encode()!r})\n{_LAST_FLUSH}"
_LOG_SECONDS = 10
"""How long the end of a log can be late: longer only if the function has closed its standard error."""
_closed = threading.Event()
_initialised: ContextVar[float] = ContextVar("initialised", default=0.0)


def _install_error_types() -> None:
    _replace(_AS_SHIPPED, _WITH_ERROR_TYPE, "reports exceptions")


def _install_late_botocore() -> None:
    """MiniStack imports botocore, a third of a second of CPU, in every function that does not have it from its fork."""
    _replace(_INSTALLED, _INSTALLED_LATER, "counts nested calls")
    lambda_runtime._PYTHON_WORKER_SCRIPT = _BEFORE_SESSIONS + lambda_runtime._PYTHON_WORKER_SCRIPT


def _replace(shipped: str, ours: str, purpose: str) -> None:
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if shipped not in script:
        raise SeamMissingError(f"such line in its Python worker, which {purpose}")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(shipped, ours)


def _install_log_end() -> None:
    """MiniStack waits 50 ms for log lines: too long where a function logs nothing, too short on a busy machine."""
    _replace(_LAST_FLUSH, _WITH_LOG_END, "ends an invocation")


@extends(lambda_runtime.Worker, "_drain_stderr_bounded")
def _read_log(original: Original, worker: Any, *args: object, **kw: object) -> str:  # noqa: ANN401 - a private class
    if not worker.config.get("Runtime", "").startswith("python"):
        return str(original(worker, *args, **kw))
    if worker._proc is None:  # its process has ended, and wrote no end
        worker._stderr_thread.join(_LOG_SECONDS)
        return str(worker._drain_stderr())
    return "\n".join(lines_until_end(worker._stderr_queue, _LOG_SECONDS))


@extends(lambda_svc, "_execute_function_warm")
def _report_exception(original: Original, *args: object) -> Record:
    _initialised.set(0.0)
    result: Record = original(*args)
    body = result.get("body")
    if not isinstance(body, dict) or RAISED not in body:
        return result
    raised = body[RAISED]
    log = "\n".join(filter(None, [result.get("log"), _format_raised(raised)]))
    return {"body": raised, "error": True, "log": log}


def _format_raised(raised: Record) -> str:
    """Return the report of an exception as Lambda's Python runtime logs it: one event with several lines."""
    lines = [f"[ERROR] {raised['errorType']}: {raised['errorMessage']}", "Traceback (most recent call last):"]
    return LINE_BREAK.join("\n".join([*lines, *raised["stackTrace"]]).splitlines())


@extends(lambda_runtime.Worker, "_spawn")
def _time_initialisation(original: Original, worker: object) -> object:
    """AWS does not count the start of an environment in Duration, so a new version is not slower at first."""
    if _closed.is_set():
        raise RuntimeError("The sandbox is stopping, so no function starts.")
    started = time.time()
    result = original(worker)
    _initialised.set(time.time() - started)
    return result


def close() -> None:
    """End every worker, and prevent the start of others."""
    _closed.set()
    lambda_runtime.reset()


def duration_milliseconds(started: float) -> float:
    return max(0.0, time.time() - started - _initialised.get()) * 1000


_install_error_types()
_install_late_botocore()
_install_log_end()
