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
    "name split by a colour": ("pass\x1b[1;31mword\x1b[0m=hunter2", "hunter2"),
    "short name": ("DB_PASS=hunter2", "hunter2"),
    "name in another language": ("passwört=hunter2", "hunter2"),
    "arrow": ("password -> hunter2", "hunter2"),
    "wide sign": ("password\uff1dhunter2", "hunter2"),
    "encoded sign": ("GET /x?password%3Dhunter2", "hunter2"),
    "escaped quote": (r'{"password": "hun\"ter2"}', "ter2"),
    "escaped quote in JSON in JSON": (r"{\"password\":\"hun\\\"ter2\",\"order\":1}", "ter2"),
    "backticks": ("password=`correct horse`", "horse"),
    "list": ('{"passwords": ["hunter1", "hunter2"]}', "hunter2"),
    "object": ('{"password": {"value": "hunter2"}}', "hunter2"),
    "object in object": ('{"token": {"a": {"b": "x"}, "c": "hunter2"}}', "hunter2"),
    "index": ("config['password'] = 'hunter2'", "hunter2"),
    "pair": ("('password', 'hunter2')", "hunter2"),
    "key and value in JSON": ('{"Key": "password", "Value": "hunter2"}', "hunter2"),
    "XML": ("<Password>hunter2</Password>", "hunter2"),
    "XML with attributes": ('<db:password enc="no">hunter2</db:password>', "hunter2"),
    "YAML block": ("password: >-\n  hunter2", "hunter2"),
    "connection string": ("Server=db;User Id=bob;Pwd=correct horse;Timeout=3", "horse"),
    "option": ("mysql --user bob --password hunter2", "hunter2"),
    "user option": ("curl -u bob:hunter2 https://api", "hunter2"),
    "cookies": ("Cookie: theme=dark; session=hunter2; lang=en", "hunter2"),
    "session": ("PHPSESSID=hunter2", "hunter2"),
    "signed cookie": ("connect.sid=s%3Ahunter2", "hunter2"),
    "signed URL": ("https://x.blob.example/c?sv=2019&sig=hunter2%3D&se=1", "hunter2"),
    "code in a URL": ("GET /callback?code=hunter2&state=1", "hunter2"),
    "key in a URL": ("GET /maps?key=hunter2", "hunter2"),
    "URL with signs in the password": ("https://bob:hun@ter2@host/", "ter2"),
    "URL with a slash in the password": ("postgres://bob:hun/ter2@db/orders", "ter2"),
    "webhook": ("POST https://hooks.slack.com/services/T000/B000/hunterhunter failed", "hunterhunter"),
    "webhook key": ("whsec_abcdefgh1234", "abcdefgh"),
    "key with hyphens": ("Incorrect API key provided: sk-proj-abcdefghijkl", "abcdefgh"),
    "map key": ("AIzaSyD-9tSrke72PouQMnMX-a7", "SyD-9tS"),
    "access token": ("ya29.a0AfH6SMBx", "a0AfH6"),
    "client secret": ("GOCSPX-abcdEFGHijkl", "abcdEFGH"),
    "mail key": ("SG.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf", "ngeVf"),
    "package token": ("pypi-AgEIcHlwaS5vcmcCJ", "EIcHlw"),
    "vault token": ("hvs.CAESIAbcdEFGHijkl", "CAESI"),
    "base32": ("seed JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "JBSWY3"),
    "encoded e-mail": ("GET /?user=anna%40example.com", "anna"),
    "quoted e-mail": ('no user "anna smith"@example.com', "smith"),
    "card with dots": ("card 4111.1111.1111.1111", "4111"),
    "card behind a word": ("card_4111111111111111", "4111"),
    "bank account": ("from DE89 3704 0044 0532 0130 00 to", "3704"),
    "social security": ("no person 078-05-1120", "078-05"),
    "option without a space": ("mysqldump -h db -u bob -phunter2 shop", "hunter2"),
    "option of one letter": ("mysql -pX", "X"),
    "option in a list": ("Command '['mysql', '-u', 'bob', '-phunter2']' returned non-zero exit status 1.", "hunter2"),
    "option of a command": ("sshpass -p hunter2 ssh bob@host", "hunter2"),
    "option of another command": ("redis-cli -h cache -a hunter2", "hunter2"),
    "sentence": ("password is hunter2", "hunter2"),
    "sentence without a verb": ("The password hunter2 was wrong", "hunter2"),
    "sentence with quotes": ("the password 'hunter' was wrong", "hunter"),
    "sentence with a user": ("Password for user bob was hunter2.", "hunter2"),
    "sentence with commas": ("the password you entered, hunter2, is wrong", "hunter2"),
    "sentence with brackets": ("wrong password (hunter2)", "hunter2"),
    "sentence that changes it": ("password of bob now set to Hunt&er", "Hunt"),
    "sentence with a number": ("password is 1234", "1234"),
    "sentence with another name": ("token was abc1", "abc1"),
    "telephone": ("call +49 170 1234567", "1234567"),
}
PLAIN = (
    "KeyError: 'customer'",
    "Unexpected token < in JSON at position 0",
    "The payment service does not respond.",
    "ExpiredTokenException: The security token included in the request is expired",
    'duplicate key value violates unique constraint "pk_customer_orders"',
    "https://api.example.com:8443/orders?id=17&page=2 returned 503 at 2026-03-01T12:00:00+01:00",
    "request 8f5a2c1e-6d0b-4b57-9a3e-2f9d0c7b1a44",
    'File "/var/task/app/handlers/customer_orders_handler_v2.py", line 30, in handler',
    "The password is wrong, or was too short: it must have at least 8 characters",
    "password authentication failed for user bob17",
    "the password for user bob17 is required",
    "password hashed with bcrypt2, policy v2: password is case-sensitive!",
    "password sha256 mismatch; password base64 is not valid; the password is 100% wrong",
    "pass 2 of 3 failed, with 5 passwords",
    "Unexpected token p17x in JSON; the key is missing",
    "mysql: [Warning] no connection on port 3306",
    "cp -p17 a b; docker run -p8080:80",
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
    [
        "a",
        "=",
        "a=",
        "password",
        "mysql -p",
        "mysql ",
        "password for ",
        "password is ",
        "password of a is ",
        '"',
        '\\"',
        "1 ",
        "://",
        "a.",
        "@a.",
        "aA1/",
        "-----BEGIN KEY",
        'token="',
        "eyJaaa.",
    ],
)
def test_repetitive_text_is_masked(part):
    """A pattern that backtracks would never return."""
    assert len(mask(part * 1_000)) <= LONGEST


@pytest.mark.parametrize(
    "part",
    [
        "sig=a ",
        "token=[",
        "token={{",
        "token={}",
        "mysql -pa ",
        "password a111 ",
        "password is 1234, ",
        "<pass ",
        "--pass ",
        'token","a":',
    ],
)
def test_repetitive_text_with_short_secrets_is_masked(part):
    """The mask may be longer than a secret."""
    assert len(mask(part * 1_000)) <= 2 * LONGEST


@pytest.mark.parametrize("part", ["://a:@", '"a', "DE89 ", "+1 ", "\x1b[0", "A1", "x@a-", "SG.", "`", '\\\\"'])
def test_repetitive_text_without_a_name_is_masked(part):
    assert len(mask(part * 1_000)) <= LONGEST
