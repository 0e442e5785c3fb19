"""The Serverless Application Repository takes the metadata of the template, which has the version of the release."""

import gzip
import json
import re
from pathlib import Path

import botocore
import pytest
import yaml

from installing.publication import NotPublishableError, check_publishable
from installing.release import Release
from sandbox.server import ROOT

MODEL = next((Path(botocore.__file__).parent / "data" / "serverlessrepo").glob("*/service-2.json.gz"))
MEMBERS = json.loads(gzip.decompress(MODEL.read_bytes()))["shapes"]["CreateApplicationRequest"]["members"]
TEXT = (ROOT / "template.yaml").read_text()


@pytest.fixture(scope="module")
def request_sent():
    return check_publishable(ROOT / "template.yaml")


def test_template_has_the_version_of_the_release(request_sent):
    assert request_sent["SemanticVersion"] == Release().version


def test_changelog_begins_with_the_version_of_the_release():
    (newest, *_) = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest == Release().version


@pytest.mark.parametrize("field", ["Author", "Name", "Labels"])
def test_field_fits_the_pattern_of_the_api_model(request_sent, field):
    (pattern,) = re.findall(r'Pattern:? ?"(.+?)"', MEMBERS[field]["documentation"].replace("\\\\", "\\"))
    values = request_sent[field] if field == "Labels" else [request_sent[field]]
    assert [value for value in values if not re.fullmatch(pattern.strip("^$"), value)] == []


@pytest.mark.parametrize("field", ["Author", "Name", "Description"])
def test_field_is_no_longer_than_the_api_model_allows(request_sent, field):
    (most,) = re.findall(r"Maximum length=(\d+)", MEMBERS[field]["documentation"])
    assert 1 <= len(request_sent[field]) <= int(most)


def test_files_that_the_metadata_names_exist(request_sent):
    assert (ROOT / request_sent["LicenseUrl"]).read_text().startswith("MIT License")
    assert (ROOT / request_sent["ReadmeUrl"]).is_file()


@pytest.mark.parametrize("field", ["Author", "Description", "Name"])
def test_template_without_a_required_field_is_refused(tmp_path, field):
    changed = re.sub(rf"^    {field}: (.+\n)(?:      .+\n)*", "", TEXT, count=1, flags=re.MULTILINE)
    (tmp_path / "template.yaml").write_text(changed)
    with pytest.raises(NotPublishableError, match=f"{field.lower()} properties not provided"):
        check_publishable(tmp_path / "template.yaml")


def test_template_that_is_published_has_no_metadata_of_its_own(request_sent):
    """The repository keeps the metadata beside the template."""
    published = yaml.load(request_sent["TemplateBody"], yaml.BaseLoader)  # noqa: S506 - BaseLoader makes no objects
    assert "Metadata" not in published
    assert "Resources" in published
