"""Layers, unpacked once and shared by every worker, as the file system of a layer is read only on AWS."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import hashlib
import io
import os
import tempfile
import threading
import zipfile
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from sandbox.emulator.seams import Original, Record, extends

LAYERS = "_LAMBDA_LAYERS_DIRS"
"""The variable with the folders of layers, which MiniStack's Python worker reads."""
_lock = threading.Lock()
_folders: dict[str, str] = {}
"""The folder of each layer that was unpacked, by the digest of its content."""


@extends(lambda_runtime.Worker, "_spawn")
def _share_layers(original: Original, worker: Any) -> object:  # noqa: ANN401 - MiniStack's worker, which has no types
    """MiniStack unpacks each layer for each worker, and each worker compiles it again: a second per cold start."""
    own, folders = worker.config, _unpacked(worker.config)
    if folders:
        worker.config = _with_variable(own, os.pathsep.join(folders))
    try:
        return original(worker)
    finally:
        worker.config = own


def _with_variable(config: Record, folders: str) -> Record:
    variables = {**config.get("Environment", {}).get("Variables", {}), LAYERS: folders}
    return {**config, "Layers": [], "Environment": {**config.get("Environment", {}), "Variables": variables}}


def _unpacked(config: Record) -> list[str]:
    """Return the folders of a Python function's layers."""
    if not config.get("Runtime", "").startswith("python"):
        return []
    with _lock:
        return [folder for layer in config.get("Layers", []) if (folder := _unpack(layer))]


def _unpack(layer: Record | str) -> str | None:
    content = lambda_svc._resolve_layer_zip(layer)
    if not content:
        return None
    digest = hashlib.sha256(content).hexdigest()
    if digest not in _folders:
        folder = tempfile.mkdtemp(prefix="layer-")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder)
        _folders[digest] = folder
    return _folders[digest]
