"""Every region that botocore knows, with its partition."""

import json
import re
from pathlib import Path

import botocore

_PARTITIONS = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())["partitions"]
REGIONS = {
    region: partition["id"]
    for partition in _PARTITIONS
    for region in partition["regions"]
    if re.match(partition["regionRegex"], region)  # leaves out aws-global and its like, which are no regions
}
