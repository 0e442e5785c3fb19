"""A later release of the stack: the packaged template with another layer, whose models have one more field."""

import io
import re
import zipfile
from pathlib import Path

from installing.package import LOCAL_BUCKET
from installing.release import Release
from sandbox.server import Sandbox

FIELD = "added_later"
_TEXT = f'    {FIELD}: str = "by a later release"\n'
_CHANGES = {
    "python/rollout/state/rollout.py": ('    reason: str = ""\n', _TEXT),
    "python/rollout/state/ending.py": ("    moved_revision: str = Field(\n", _TEXT),
    "python/rollout/policy/policy.py": ("    bake: Seconds = Field(", f"    {FIELD}: bool = False\n"),
}
"""For each file, the line before which a field is added, and the field."""


def later_template(release: Release, sandbox: Sandbox, folder: Path) -> Path:
    """Upload the layer of a later release, and return the packaged template that names it."""
    text = release.template.read_text()
    [key] = re.findall(rf"ContentUri: s3://{LOCAL_BUCKET}/(\S+)", text)
    s3 = sandbox.client("s3")
    layer = s3.get_object(Bucket=LOCAL_BUCKET, Key=key)["Body"].read()
    s3.put_object(Bucket=LOCAL_BUCKET, Key=f"{key}-later", Body=_changed(layer))
    template = folder / "later.yaml"
    template.write_text(text.replace(key, f"{key}-later"))
    return template


def _changed(layer: bytes) -> bytes:
    buffer, left = io.BytesIO(), dict(_CHANGES)
    with zipfile.ZipFile(io.BytesIO(layer)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename in left:
                content = _with_field(content.decode(), *left.pop(item.filename)).encode()
            new.writestr(item, content)
    assert not left, f"the layer has no {[*left]}"
    return buffer.getvalue()


def _with_field(source: str, before: str, field: str) -> str:
    assert source.count(before) == 1, f"{before!r} is there {source.count(before)} times"
    return source.replace(before, f"{field}{before}")
