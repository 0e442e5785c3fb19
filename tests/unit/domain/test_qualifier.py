"""Versions and aliases are taken as Lambda takes them, and what is no such thing is told how it looks."""

import pytest

from rollout.domain.lambda_names import is_alias_name, read_alias, read_version, version_text


@pytest.mark.parametrize(("written", "text"), [(7, "7"), (7.0, "7"), ("7", "7"), (0, "0")])
def test_a_whole_number_is_a_versions_text(written, text):
    assert version_text(written) == text


@pytest.mark.parametrize("written", [True, 7.5, None, [7], "seven"])
def test_anything_else_stays_as_it_is(written):
    assert version_text(written) is written


@pytest.mark.parametrize("text", ["1", "7", "123456789012345678"])
def test_a_published_version_has_a_number(text):
    assert read_version(text) == text


@pytest.mark.parametrize("text", ["", "0", "07", "-1", "1.0", " 7", "7\n", "$LATEST", "$LATEST.PUBLISHED", "1" * 19])
def test_what_is_no_published_version_is_told_how_one_looks(text):
    with pytest.raises(ValueError, match="write the number of a published version, such as 7"):
        read_version(text)


@pytest.mark.parametrize("text", ["live", "LIVE", "2live", "_", "-", "a" * 128])
def test_an_alias_has_a_name(text):
    assert (is_alias_name(text), read_alias(text)) == (True, text)


@pytest.mark.parametrize("text", ["", "7", "$LATEST", "my live", "live:2", "live\n", "a" * 129])
def test_what_is_no_aliass_name_is_told_how_one_looks(text):
    assert not is_alias_name(text)
    with pytest.raises(ValueError, match="an alias is made of letters, digits"):
        read_alias(text)
