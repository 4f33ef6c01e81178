"""Declared answers of services behind the gate."""

import json
from pathlib import Path

import pytest

from turnstile.backends.declared import Declared
from turnstile.backends.late import Late
from turnstile.backends.moto import Moto
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.gate.gate import Gate
from turnstile.source import unwritten
from turnstile.world.answers import Answers, read_script
from turnstile.world.caller import Session

REGION = "us-east-1"
CASES = json.loads((Path(__file__).parents[1] / "cases/backends/declared_calls.json").read_text())
TOKEN = {"CliToken": "abc", "WebServerHostname": "x.example.com"}


@pytest.fixture
def ask(accounts):
    """Calls by the session of the execution role, which may do everything unless its policy is replaced."""
    moto = Moto(accounts.world)
    others = Declared(accounts.world, Late(lambda: moto))
    gate = Gate(accounts.world, {}, lambda: others)

    async def call(service, operation, **parameters):
        role = accounts.execution
        session = f"arn:aws:sts::{role.account}:assumed-role/{role.name}/s"
        caller = Session(session, role.arn, role.id, role.account, "s", 0, 10**10, role.arn)
        return (await gate.call(Call(caller, service, operation, parameters, REGION))).output

    yield call
    moto.close()


@pytest.fixture
def stub(accounts):
    """Declares answers of an operation."""

    def declare(called, document, account=None):
        script = read_script(document, unwritten("<stub>"), [])
        (account or accounts.source).stubs[called] = Answers(script)

    return declare


async def test_a_service_that_is_not_emulated_answers_as_declared(ask, stub):
    """In order, by the request; an error comes with the status of the API's model."""
    stub("mwaa:CreateCliToken", [{"when": {"Name": "flow*"}, "times": 1, "returns": TOKEN}, {"raises": {"code": "ResourceNotFoundException", "message": "gone"}}])  # fmt: skip # noqa: E501 - one script
    assert await ask("mwaa", "CreateCliToken", Name="flows") == TOKEN
    with pytest.raises(ServiceError) as caught:
        await ask("mwaa", "CreateCliToken", Name="flows")
    assert (caught.value.code, caught.value.message, caught.value.status) == ("ResourceNotFoundException", "gone", 404)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["call"])
async def test_declared_calls_are_judged_like_any_other(accounts, write_policy, ask, stub, case):
    """By the action and the resource that IAM has for them."""
    stub(case["call"], {"returns": case["answer"]})
    role, resource = accounts.execution, f"arn:aws:{case['resource']}"
    allowed = {"Effect": "Allow", "Action": case["action"], "Resource": resource}
    accounts.role(accounts.source, role.name, role.trust, write_policy(allowed))
    assert await ask(*case["call"].split(":"), **case["parameters"]) == case["answer"]
    accounts.role(accounts.source, role.name, role.trust, write_policy({**allowed, "Resource": f"{resource}-other"}))
    with pytest.raises(AccessDenied, match="is not authorized to perform"):
        await ask(*case["call"].split(":"), **case["parameters"])


async def test_a_stub_goes_before_the_emulated_service_and_leaves_it_the_rest(ask, stub):
    """Requests that it does not match reach the service."""
    stub("sqs:CreateQueue", {"when": {"QueueName": "b*"}, "raises": {"code": "ThrottlingException", "message": "no"}})
    assert (await ask("sqs", "CreateQueue", QueueName="a"))["QueueUrl"].endswith("/a")
    with pytest.raises(ServiceError, match="ThrottlingException: no"):
        await ask("sqs", "CreateQueue", QueueName="b")


async def test_the_stub_of_the_owner_answers(accounts, ask, stub):
    """Not that of the caller's account."""
    stub("databrew:ListTagsForResource", {"returns": {"Tags": {"of": "mine"}}})
    stub("databrew:ListTagsForResource", {"returns": {"Tags": {"of": "theirs"}}}, accounts.target)
    tagged = f"arn:aws:databrew:us-east-1:{accounts.source.id}:job/j"
    assert await ask("databrew", "ListTagsForResource", ResourceArn=tagged) == {"Tags": {"of": "mine"}}
    accounts.world.judged = False
    other = tagged.replace(accounts.source.id, accounts.target.id)
    assert await ask("databrew", "ListTagsForResource", ResourceArn=other) == {"Tags": {"of": "theirs"}}


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (None, r"mwaa:CreateCliToken \(declare an answer under `stubs:` of account `source`\)"),
        ({"when": {"Name": "x"}, "returns": TOKEN}, r"declare an answer that matches the request under `stubs:`"),
    ],
)
async def test_what_nobody_answers_is_refused_with_the_remedy(ask, stub, declared, words):
    """Never made up."""
    if declared:
        stub("mwaa:CreateCliToken", declared)
    with pytest.raises(Unsupported, match=words):
        await ask("mwaa", "CreateCliToken", Name="flows")


async def test_the_request_is_held_against_the_model_first(ask, stub):
    """A parameter that is missing is refused before any answer is given."""
    stub("mwaa:CreateCliToken", [{"returns": TOKEN}, {"raises": {"code": "AccessDenied"}}])
    with pytest.raises(ServiceError, match="ValidationException"):
        await ask("mwaa", "CreateCliToken", Nam="flows")
    assert await ask("mwaa", "CreateCliToken", Name="flows") == TOKEN


async def test_tokens_against_doubled_requests_need_not_be_given(ask, stub):
    """Clients make them up where the model asks for them."""
    stub("translate:StartTextTranslationJob", {"returns": {"JobId": "1"}})
    given = {
        "InputDataConfig": {"S3Uri": "s3://a", "ContentType": "text/plain"},
        "OutputDataConfig": {"S3Uri": "s3://b"},
        "DataAccessRoleArn": "arn:aws:iam::111122223333:role/ExecutionRole",
        "SourceLanguageCode": "en",
        "TargetLanguageCodes": ["de"],
    }
    assert json.dumps(await ask("translate", "StartTextTranslationJob", **given)) == '{"JobId": "1"}'
