from __future__ import annotations

import pytest

from turnstile.report.masking import MASK, is_secret, masked, masked_line


@pytest.mark.parametrize(
    "key",
    ["password", "DB_PASSWORD", "clientSecret", "apikey", "Api-Key", "x-api-key", "Authorization", "privateKey",
     "TaskToken", "sessionToken", "SecretAccessKey", "credentials", "pwd", "passphrase", "secret.value"],
)  # fmt: skip
def test_keys_that_look_secret(key):
    """However it is spelled, the key tells."""
    assert is_secret(key)


@pytest.mark.parametrize(
    "key", ["author", "compass", "SecretId", "secretArn", "tokenizer", "keyboard", "status", "TokenCount", ""]
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
