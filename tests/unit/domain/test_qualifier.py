"""Versions and aliases are read as Lambda accepts them; an invalid one is refused with the rule."""

import pytest

from rollout.domain.lambda_names import is_alias_name, read_alias, read_version, version_text


@pytest.mark.parametrize(("value", "text"), [(7, "7"), (7.0, "7"), ("7", "7"), (0, "0")])
def test_whole_number_becomes_the_text_of_a_version(value, text):
    assert version_text(value) == text


@pytest.mark.parametrize("value", [True, 7.5, None, [7], "seven"])
def test_other_value_stays_unchanged(value):
    assert version_text(value) is value


@pytest.mark.parametrize("text", ["1", "7", "123456789012345678"])
def test_published_version_is_a_number(text):
    assert read_version(text) == text


@pytest.mark.parametrize("text", ["", "0", "07", "-1", "1.0", " 7", "7\n", "$LATEST", "$LATEST.PUBLISHED", "1" * 19])
def test_invalid_version_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write the number of a published version, such as 7"):
        read_version(text)


@pytest.mark.parametrize("text", ["live", "LIVE", "2live", "_", "-", "a" * 128])
def test_alias_name_is_accepted(text):
    assert (is_alias_name(text), read_alias(text)) == (True, text)


@pytest.mark.parametrize("text", ["", "7", "$LATEST", "my live", "live:2", "live\n", "a" * 129])
def test_invalid_alias_name_is_refused_with_the_rule(text):
    assert not is_alias_name(text)
    with pytest.raises(ValueError, match="an alias name has letters, digits"):
        read_alias(text)
