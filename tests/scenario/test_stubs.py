"""Stubs of services in scenario files: what is taken, and what is a fault at its line."""

import pytest

from turnstile.faults import Rejected
from turnstile.scenario.load import load
from turnstile.world.answers import Raised

SMALL = """version: 1
name: small
accounts:
  home:
    id: '111122223333'
    roles:
      Runner:
        trust:
          Version: '2012-10-17'
          Statement: {Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: states.amazonaws.com}}
    stubs:
      STUB
state_machines:
  Echo:
    account: home
    role: Runner
    definition: {StartAt: Echo, States: {Echo: {Type: Pass, End: true}}}
cases:
  - name: one
    expect: {status: SUCCEEDED}
"""
STUB_LINE = 12
JOB = "{Job: {Role: r, Settings: {}, Id: '1', Status: COMPLETE, CreatedAt: '2026-01-31T08:00:00Z'}}"


@pytest.fixture
def stubs(tmp_path):
    """The scripts of a scenario whose account has these stubs."""

    def read(text):
        path = tmp_path / "small.scenario.yaml"
        path.write_text(SMALL.replace("STUB", text.replace("\n", "\n      ")))
        (account,) = load(path).cases[0].declarations.accounts
        return account.stubs

    return read


@pytest.mark.parametrize(
    "stub",
    [
        "mwaa:CreateCliToken: {returns: {CliToken: abc, WebServerHostname: x.example.com}}",
        "mwaa:CreateCliToken: {raises: {code: ResourceNotFoundException, message: no such environment}}",
        "databrew:StartJobRun: [{returns: {RunId: db_1}}, {raises: {code: ThrottlingException}}]",
        f"mediaconvert:GetJob: {{when: {{Id: 'a*'}}, returns: {JOB}}}",
        "translate:TranslateText: {returns: {TranslatedText: Hallo, SourceLanguageCode: en, TargetLanguageCode: de}}",
        "sagemaker:CreateLabelingJob: {returns: {LabelingJobArn: '${home/role/Runner}'}}",
        "bedrock-runtime:InvokeModel: {returns: {body: '{}', contentType: application/json}}",
        "mwaa:GetEnvironment: {returns: {Environment: {Name: flows, Status: AVAILABLE}}}",
        "ec2:StopInstances: {raises: {code: IncorrectInstanceState}}",
        "sqs:SendMessage: {raises: {code: QueueDoesNotExist}}",
        "databrew:DeleteJob: {raises: {code: AccessDenied}}",
        "mwaa:DeleteEnvironment: {returns: null}",
        "bedrock-agentcore:InvokeHarness: {returns: {stream: [{messageStop: {stopReason: end_turn}}]}}",
        "http:invoke: {when: {ApiEndpoint: 'https://a/*'}, returns: {StatusCode: 200, ResponseBody: true}}",
        "http:invoke: {raises: {code: States.Http.Socket, message: gone}}",
        "eks:call: {when: {Method: GET, Path: '/api/*'}, returns: {ResponseBody: {items: []}}}",
    ],
)
def test_stubs_of_any_service_are_read(stubs, stub):
    """Also of services that are emulated, and with references in them."""
    found = stubs(stub)
    assert list(found) == [stub.partition(": ")[0]]
    outcome = found[stub.partition(": ")[0]].rules[0].outcome
    assert isinstance(outcome, Raised) or "${" not in str(outcome.document)


@pytest.mark.parametrize(
    ("stub", "code", "message", "remedy"),
    [
        ("mwa:CreateCliToken: {returns: {}}", "unknown-service", "no service `mwa`", "`mwaa`"),
        ("mwaa:CreateCliTokens: {returns: {}}", "unknown-operation", "`CreateCliTokens`", "`CreateCliToken`"),
        ("CreateCliToken: {returns: {}}", "unknown-operation", "does not name", "mwaa:CreateCliToken"),
        ("mwaa:CreateCliToken: {returns: {ClToken: a}}", "answer-shape", "`ClToken`", "`CliToken`"),
        ("mwaa:CreateCliToken: {returns: {CliToken: 3}}", "answer-shape", "`CliToken` must be text", "reference"),
        ("databrew:StartJobRun: {returns: {}}", "answer-shape", "`RunId` is missing", "add `RunId:`"),
        (
            "mwaa:GetEnvironment: {returns: {Environment: {Status: AVAILABEL}}}",
            "answer-shape",
            "never `AVAILABEL`",
            "`AVAILABLE`",
        ),
        (
            "mwaa:GetEnvironment: {returns: {Environment: {CreatedAt: yesterday}}}",
            "answer-shape",
            "must be a time",
            "reference",
        ),
        ("mwaa:GetEnvironment: {returns: [1]}", "answer-shape", "the answer must be a mapping", "reference"),
        (
            "mwaa:CreateCliToken: {raises: {code: ResourceNotFound}}",
            "unknown-error",
            "raises no `ResourceNotFound`",
            "`ResourceNotFoundException`",
        ),
        ("sqs:PurgeQueue: {returns: {Sent: 1}}", "answer-shape", "returns nothing", "returns: {}"),
        ("sts:AssumeRole: {returns: {}}", "no-stub", "cannot be a stub", "trust policies"),
        ("lambda:Invoke: {returns: {}}", "no-stub", "cannot be a stub", "function"),
        ("http:invoke: {returns: {Status: 200}}", "answer-shape", "no member `Status`", "`StatusCode`"),
        ("http:invoke: {returns: {StatusCode: '200'}}", "answer-shape", "a whole number", "`StatusCode: 200`"),
        ("eks:call: {returns: [1]}", "answer-shape", "must be a mapping", "ResponseBody"),
        (
            "bedrock-agentcore:InvokeHarness: {returns: {stream: [{messageEnd: {}}]}}",
            "answer-shape",
            "`messageEnd`",
            "",
        ),
        ("bedrock-agentcore:InvokeHarness: {returns: {stream: {}}}", "answer-shape", "a list of events", "reference"),
        ("mwaa:CreateCliToken: {}", "wrong-answer", "neither", "say what"),
        ("mwaa:CreateCliToken: {returns: {CliToken: '${home/role/None}'}}", "unknown-reference", "None", ""),
    ],
)
def test_what_no_service_would_answer_is_a_fault(stubs, stub, code, message, remedy):
    """With its line and the nearest spelling."""
    with pytest.raises(Rejected) as caught:
        stubs(stub)
    (fault,) = caught.value.faults
    assert (fault.code, fault.where.line) == (code, STUB_LINE)
    assert message in fault.message
    assert remedy in fault.help


def test_the_fault_stands_at_the_member(stubs):
    """Deep in the answer, in a list of answers."""
    stub = "mwaa:GetEnvironment:\n  - returns: {}\n  - returns:\n      Environment:\n        Nam: flows"
    with pytest.raises(Rejected) as caught:
        stubs(stub)
    (fault,) = caught.value.faults
    assert (fault.where.line, fault.help) == (STUB_LINE + 4, "did you mean `Name`?")


def test_a_role_says_how_long_its_sessions_last(tmp_path):
    """From an hour to twelve."""
    path = tmp_path / "small.scenario.yaml"
    plain = SMALL.replace("STUB", "{}")
    path.write_text(plain.replace("      Runner:\n", "      Runner:\n        max_session: 7200\n"))
    (account,) = load(path).cases[0].declarations.accounts
    assert account.roles[0].max_session == 7200
    path.write_text(plain.replace("      Runner:\n", "      Runner:\n        max_session: 60\n"))
    with pytest.raises(Rejected, match="must be at least 3600"):
        load(path)
