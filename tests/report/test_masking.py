from __future__ import annotations

import pytest

from turnstile.report.masking import MASK, hiding, is_secret, masked, masked_line


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
