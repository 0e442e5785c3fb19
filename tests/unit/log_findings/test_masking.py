"""Nothing that looks like a secret or a personal detail leaves the log."""

import pytest

from rollout.log_findings.masking import LONGEST, mask, one_line

SECRETS = {
    "AWS key": ("AKIAIOSFODNN7EXAMPLE", "AKIA"),
    "AWS session key": ("key ASIAIOSFODNN7EXAMPLE.", "ASIA"),
    "AWS secret": ("signed with wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalr"),
    "JSON Web Token": ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_123", "eyJ"),
    "bearer": ("sent Bearer abcdef-123456", "abcdef"),
    "header": ("Authorization: Bearer abc.def.ghi more", "ghi"),
    "header of AWS": ("authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/x, Signature=abc", "abc"),
    "header in JSON": ('{"Authorization": "Basic dXNlcjpwYXNz"}', "dXNl"),
    "cookie": ("Cookie: session=hunter2", "hunter2"),
    "query string": ("GET /pay?user=bob&api_key=hunter2", "hunter2"),
    "key and value": ("connecting with password=hunter2", "hunter2"),
    "value in quotes": ("password: 'correct horse battery'", "horse"),
    "JSON": ('{"dbPassword": "correct horse, battery"}', "horse"),
    "JSON in JSON": (r"{\"secretToken\":\"correct horse\",\"order\":1}", "horse"),
    "cut JSON": ('{"client_secret": "correct hor', "correct"),
    "dictionary": ("{'apiKey': 'hunter2'}", "hunter2"),
    "URL": ("postgres://bob:hunter2@db/orders", "hunter2"),
    "private key": ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIE"),
    "cut private key": ("-----BEGIN PRIVATE KEY-----\nMIIEow", "MIIE"),
    "payment key": ("Invalid API key sk_live_abcdefgh1234", "abcdefgh"),
    "chat token": ("xoxb-1234567890-abc", "1234567890"),
    "hexadecimal": ("digest deadbeefdeadbeefdeadbeefdeadbeef", "deadbeef"),
    "base64": ("body VGhpcyBpcyBhIHNlY3JldCB0ZXh0IDEyMw==", "VGhp"),
    "card": ("card 4111 1111 1111 1111 was refused", "4111"),
    "card with dashes": ("card 4111-1111-1111-1111", "4111"),
    "e-mail": ("no user anna.smith@mail.example.com", "anna"),
    "name split by an invisible character": ("pass\u200bword=hunter2", "hunter2"),
}
PLAIN = (
    "KeyError: 'customer'",
    "Unexpected token < in JSON at position 0",
    "The payment service does not respond.",
    "request 8f5a2c1e-6d0b-4b57-9a3e-2f9d0c7b1a44",
    'File "/var/task/app/handlers/customer_orders_handler_v2.py", line 30, in handler',
    "User: arn:aws:sts::123456789012:assumed-role/api-role/api is not authorized to perform: dynamodb:GetItem",
)


@pytest.mark.parametrize(("text", "secret"), SECRETS.values(), ids=SECRETS)
def test_secret_is_masked(text, secret):
    assert secret in one_line(text)
    assert secret not in mask(text)


@pytest.mark.parametrize("text", PLAIN)
def test_text_without_secret_stays(text):
    assert mask(text) == text


def test_rest_of_the_line_stays():
    assert mask('{"password": "hunter2", "order": 17}') == '{"password": ***, "order": 17}'


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\u202e", "\u200b", "\ufeff", "\ud800"])
def test_control_characters_are_left_out(character):
    assert mask(f"a{character}b") == "ab"


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\t", "\u2028", "\x0b", "\x85", "\u3000"])
def test_text_is_one_line(break_):
    assert mask(f"a{break_}b") == "a b"


def test_secret_that_is_cut_by_the_length_is_left_out():
    text = f"{'word ' * (LONGEST // 5 - 1)}AKIAIOSFODNN7EXAMPLE"
    assert "AKIA" not in mask(text)
    assert len(mask(text)) <= LONGEST


@pytest.mark.parametrize(
    "part",
    ["a", "=", "a=", "password", '"', '\\"', "1 ", "://", "a.", "@a.", "aA1/", "-----BEGIN KEY", 'token="', "eyJaaa."],
)
def test_repetitive_text_is_masked(part):
    """A pattern that backtracks would never return."""
    assert len(mask(part * 1_000)) <= LONGEST
