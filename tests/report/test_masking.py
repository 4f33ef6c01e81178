from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile.document import compact
from turnstile.report.masking import MASK, everywhere, hiding, is_secret, masked, masked_line, readable


@pytest.mark.parametrize(
    "key",
    ["password", "DB_PASSWORD", "clientSecret", "apikey", "Api-Key", "x-api-key", "Authorization", "privateKey",
     "TaskToken", "sessionToken", "SecretAccessKey", "credentials", "pwd", "passphrase", "secret.value"],
)  # fmt: skip
def test_keys_that_look_secret(key):
    """However it is spelled, the key tells."""
    assert is_secret(key)


@pytest.mark.parametrize(
    "key",
    [
        "author",
        "compass",
        "SecretId",
        "secretsmanager",
        "nextToken",
        "secretArn",
        "tokenizer",
        "keyboard",
        "status",
        "TokenCount",
        "",
    ],
)
def test_keys_that_do_not(key):
    """A name that only reminds of a secret, or names which one is meant, is left alone."""
    assert not is_secret(key)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"password": "x", "user": "me"}, {"password": MASK, "user": "me"}),
        ({"deep": [{"token": 5}]}, {"deep": [{"token": MASK}]}),
        ({"password": None, "secret": True, "token": ""}, {"password": None, "secret": True, "token": ""}),
        ({"credentials": {"key": "x", "n": [1]}}, {"credentials": {"key": MASK, "n": [MASK]}}),
        ({"taskCredentials": {"roleArn": "arn:aws:x"}}, {"taskCredentials": {"roleArn": "arn:aws:x"}}),
        ('{"password": "x"}', '{"password":"********"}'),
        ('{"user": "x"}', '{"user": "x"}'),
        ({"body": '[{"body":"{\\"token\\":\\"t\\"}"}]'}, {"body": '[{"body":"{\\"token\\":\\"********\\"}"}]'}),
        ("{not json", "{not json"),
        (None, None),
    ],
)  # fmt: skip
def test_masking_documents(value, shown):
    """Secret values go, at any depth and inside JSON texts; everything else stays as it is."""
    assert masked(value) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  password: hunter2  # mine", f"  password: {MASK}"),
        ('  "apiKey": "a,b",', f'  "apiKey": {MASK},'),
        ("output: {user: me, password: x}", f"output: {{user: me, password: {MASK}}}"),
        ("Action: secretsmanager:GetSecretValue", "Action: secretsmanager:GetSecretValue"),
        ("SecretString: arn:aws:secretsmanager:x", "SecretString: arn:aws:secretsmanager:x"),
        ("Credentials:", "Credentials:"),
        ('"Credentials": {"RoleArn": "x"}', '"Credentials": {"RoleArn": "x"}'),
    ],
)  # fmt: skip
def test_masking_source_lines(line, shown):
    """A source line is shown without the secrets in it, and policies stay readable."""
    assert masked_line(line) == shown


_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"text": f"Bearer {_TOKEN}"}, {"text": f"Bearer {MASK}"}),
        (_TOKEN, MASK),
        ({"SAMLAssertion": "PHNhbWw+"}, {"SAMLAssertion": MASK}),
        ({"Parameter": {"Type": "SecureString", "Value": "x"}}, {"Parameter": {"Type": "SecureString", "Value": MASK}}),
        ({"Parameter": {"Type": "String", "Value": "x"}}, {"Parameter": {"Type": "String", "Value": "x"}}),
        (["AWS_SESSION_TOKEN=FwoG", "AWS_REGION=us-east-1"], [f"AWS_SESSION_TOKEN={MASK}", "AWS_REGION=us-east-1"]),
        ("eyJ is how they begin", "eyJ is how they begin"),
    ],
)
def test_tokens_and_parameters_are_masked_wherever_they_stand(value, shown):
    """A web token is known by its form, an encrypted parameter by its type, a variable by its name."""
    assert masked(value) == shown


def test_what_the_user_calls_secret_is_masked_in_any_text():
    """Inside of longer texts where it is long enough not to be there by chance, and only for so long."""
    with hiding({"hunter2secret", "abc"}):
        assert masked({"a": "it is hunter2secret!", "b": "abc", "c": "abcd"}) == {
            "a": f"it is {MASK}!",
            "b": MASK,
            "c": "abcd",
        }
        assert masked_line("db: hunter2secret") == f"db: {MASK}"
    assert masked("hunter2secret") == "hunter2secret"


SECRET = "Tr0ub4dor-3"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://b/k?X-Amz-Credential=AKIA/2&X-Amz-Signature=abc&x=1",
         f"https://b/k?X-Amz-Credential={MASK}&X-Amz-Signature={MASK}&x=1"),
        ("https://b/k?AWSAccessKeyId=AKIA&Signature=abc%2F&Expires=1",
         f"https://b/k?AWSAccessKeyId=AKIA&Signature={MASK}&Expires=1"),
        ("https://b/c?sv=1&sig=abc", f"https://b/c?sv=1&sig={MASK}"),
        ("postgres://me:hunter2@db/x", f"postgres://me:{MASK}@db/x"),
        ("Authorization: Basic bWU6aHVudGVyMg==", f"Authorization: Basic {MASK}"),
        ("Authorization: Bearer abc123def", f"Authorization: Bearer {MASK}"),
        ("x-api-key: abc123", f"x-api-key: {MASK}"),
        ("no login, password=hunter2; user=me", f"no login, password={MASK}; user=me"),
        ("no login, password: hunter2.", f"no login, password: {MASK}"),
        ('DB_PASSWORD="my secret" x', f'DB_PASSWORD="{MASK}" x'),
        ('Error: {"password": "a\\"b", "user": "me"} at', f'Error: {{"password": "{MASK}", "user": "me"}} at'),
        ("{'password': 'x', 'user': 'me'}", f"{{'password': '{MASK}', 'user': 'me'}}"),
        ('Error: {\\"token\\": \\"x\\", \\"n\\": 1', f'Error: {{\\"token\\": \\"{MASK}\\", \\"n\\": 1'),
        ('cut {"secretCode": 1234, "x', f'cut {{"secretCode": "{MASK}", "x'),
        ("run --password hunter2 --user me", f"run --password {MASK} --user me"),
        ("run --password=hunter2", f"run --password={MASK}"),
        ("{AccessKeyId=ASIA, SecretAccessKey=abc/+, SessionToken=Fwo}",
         f"{{AccessKeyId=ASIA, SecretAccessKey={MASK}, SessionToken={MASK}}}"),
        ("<SecretAccessKey>abc</SecretAccessKey>", f"<SecretAccessKey>{MASK}</SecretAccessKey>"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
         f"-----BEGIN RSA PRIVATE KEY-----{MASK}-----END RSA PRIVATE KEY-----"),
    ],
)  # fmt: skip
def test_secrets_inside_of_texts(text, shown):
    """Addresses, headers, variables, options, JSON that is cut off, dictionaries and pairs as languages print them."""
    assert readable(text) == shown
    assert readable(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "User: arn:aws:sts::111122223333:assumed-role/A/b is not authorized to perform: sts:AssumeRole",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf",
        "The security token included in the request is expired",
        "Basic authentication is needed, bearer of bad news",
        "password: must not be empty",
        "SecretId=prod/db&MaxTokens=100",
        "secret=arn:aws:secretsmanager:us-east-1:1:secret:x",
        '{"Action": "secretsmanager:GetSecretValue", "tokens": 5}',
        "https://sqs.us-east-1.amazonaws.com/111122223333/jobs?x=1",
        "http://localhost:8080/a@b",
    ],
)
def test_ordinary_texts_stay(text):
    """ARNs, sentences of AWS, names of secrets and counts of tokens are not masked."""
    assert readable(text) == text
    assert masked({"cause": text}) == {"cause": text}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"Name": "DB_PASSWORD", "Value": "x"}, {"Name": "DB_PASSWORD", "Value": MASK}),
        ({"name": "Authorization", "value": ["x"]}, {"name": "Authorization", "value": [MASK]}),
        ({"Key": "team", "Value": "x"}, {"Key": "team", "Value": "x"}),
        ({"Cookie": "sid=1", "tokens": ["a"]}, {"Cookie": MASK, "tokens": [MASK]}),
        ({"tokens": 5, "pass": 3, "inputTokens": 7}, {"tokens": 5, "pass": 3, "inputTokens": 7}),
        ({"dbPass": "x", "bypass": "no", "pin": "1"}, {"dbPass": MASK, "bypass": "no", "pin": MASK}),
        ({"Plaintext": "x"}, {"Plaintext": MASK}),
        ({"NextToken": "a", "ClientToken": "b", "TaskToken": "c"},
         {"NextToken": "a", "ClientToken": "b", "TaskToken": MASK}),
        ({"PasswordLastUsed": "2020", "authorizationType": "NONE"},
         {"PasswordLastUsed": "2020", "authorizationType": "NONE"}),
        ({"TaskToken.$": "$$.Task.Token", "token": "{% $x.token %}"},
         {"TaskToken.$": "$$.Task.Token", "token": "{% $x.token %}"}),
        ({"Credentials": {"RoleArn": "${TaskRole}"}}, {"Credentials": {"RoleArn": "${TaskRole}"}}),
        ({"token": "{% 'literal' %}"}, {"token": MASK}),
        ({"secret": "arn:aws:x and more"}, {"secret": MASK}),
    ],
)  # fmt: skip
def test_pairs_short_words_and_references(value, shown):
    """Names listed beside their values count as keys; numbers, ages and paths are no secrets."""
    assert masked(value) == shown


def test_told_secrets_are_found_however_they_are_written():
    """Escaped as JSON once or twice, escaped in an address, as a number."""
    secret = 'a"b\\c/d é'
    with hiding({secret, "123456"}):
        for text in (secret, json.dumps(secret), json.dumps(json.dumps(secret)), quote(secret, "")):
            assert MASK in readable(f"x {text} y")
            assert "d" not in readable(text).replace(MASK, "")
        assert masked({"n": 123456, "m": '{"n": 123456}'}) == {"n": MASK, "m": compact({"n": MASK})}


def test_folders_of_this_machine_are_left_out(tmp_path, monkeypatch):
    """The folder one works in and one's home become a point, where a path begins with them."""
    monkeypatch.chdir(tmp_path)
    with hiding(()):
        assert readable(f"in {tmp_path}/a.py and {Path.home()}/b.py") == "in ./a.py and ./b.py"
        assert readable(f"s3://bucket{tmp_path}/a") == f"s3://bucket{tmp_path}/a"


@given(
    st.text(st.sampled_from("ab=:\"'\\{}/ ,-\n<>1?&"), max_size=40),
    st.sampled_from(["password", "apiKey", "X-Amz-Signature"]),
)
def test_json_stays_json(text, key):
    """Whatever is masked in a text that is JSON, it stays JSON, and nothing of the secret is left."""
    document = {
        "text": f"{text} {key}={SECRET}",
        "list": [{key: SECRET}],
        "inner": json.dumps({key: SECRET, "t": text}),
    }
    shown = masked(json.dumps(document))
    assert SECRET not in shown
    json.loads(shown)
    everywhere(document)
