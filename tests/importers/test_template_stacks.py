"""Stacks of several templates: exports, outputs, what is left out, and files beside a template."""

import time
from pathlib import Path

import pytest

from turnstile.faults import Rejected
from turnstile.importers.importing import import_stacks
from turnstile.importers.kinds import Draft, Stack
from turnstile.importers.resources import KINDS
from turnstile.importers.stacks import StackTemplate
from turnstile.importers.template import open_template, read_template
from turnstile.report.excerpt import written
from turnstile.source import Source

_CASES = Path(__file__).parents[1] / "cases/importers/dispatch"
_ONE = Stack("one", "111111111111", "us-east-1")
_TWO = Stack("two", "111111111111", "us-east-1")
_NOTHING = "Resources: {Q: {Type: AWS::SQS::Queue}}"
_EXPORTING = """
Parameters: {Stage: {Type: String, Default: dev}}
Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}}
Outputs: {Arn: {Value: !GetAtt Q.Arn, Export: {Name: !Sub '${Stage}-arn'}}}
"""
_IMPORTING = (
    "Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Select [5, !Split [':', !ImportValue dev-arn]]}}}"
)


def _templates(*pairs):
    return [StackTemplate(stack, read_template(Source(f"{stack.name}.yaml", text))) for stack, text in pairs]


def _faults(*pairs):
    with pytest.raises(Rejected) as refused:
        import_stacks(_templates(*pairs), KINDS)
    return [(fault.where.file, fault.code) for fault in refused.value.faults]


def test_a_stack_imports_what_another_exports():
    """Exports reach stacks of the same account and Region, in whichever order they are read."""
    importing, exporting = import_stacks(_templates((_ONE, _IMPORTING), (_TWO, _EXPORTING)), KINDS)
    assert importing.items[0].properties["TopicName"] == "orders"
    assert (exporting.outputs["Arn"].value, exporting.outputs["Arn"].export) == (
        "arn:aws:sqs:us-east-1:111111111111:orders",
        "dev-arn",
    )


@pytest.mark.parametrize("elsewhere", [("222222222222", "us-east-1"), ("111111111111", "eu-west-1")])
def test_exports_stay_in_their_account_and_region(elsewhere):
    """An export of another account or Region does not exist."""
    assert _faults((_ONE, _IMPORTING), (Stack("two", *elsewhere), _EXPORTING)) == [("one.yaml", "unknown-export")]


def test_two_exports_of_one_name_are_a_fault():
    """An account and Region has each export name once."""
    assert _faults((_ONE, _EXPORTING), (_TWO, _EXPORTING)) == [("two.yaml", "duplicate-export")]


def test_stacks_that_import_each_other_are_a_circle():
    """A circle through exports is found and named."""
    text = "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !ImportValue %s}}}\n"
    text += "Outputs: {O: {Value: !Ref Q, Export: {Name: %s}}}"
    assert [code for _, code in _faults((_ONE, text % ("b", "a")), (_TWO, text % ("a", "b")))] == ["circular-reference"]


def test_what_is_not_emulated_is_listed_with_its_dependents(stack_of):
    """A type without a kind is skipped by name; an output that needs it has no value and says why."""
    text = """
Resources:
  Odd: {Type: Custom::Odd}
  Other: {Type: Custom::Other, Properties: {Of: !Sub '${Odd.Name}'}}
  Queue: {Type: AWS::SQS::Queue, DependsOn: Odd}
Outputs: {O: {Value: !Ref Odd}}
"""
    stack = stack_of(text)
    assert [(each.type, each.logical_id, each.where.line, each.dependents) for each in stack.skipped] == [
        ("Custom::Odd", "Odd", 3, ("Other", "Queue", "O")),
        ("Custom::Other", "Other", 4, ()),
    ]
    assert stack.unresolved == {"O": "`Odd` is a `Custom::Odd`, which is not emulated"}


def test_names_follow_from_the_stack():
    """Two readings give the same names; another stack, account or Region gives others."""
    stacks = (_ONE, _ONE, _TWO, Stack("one", "222222222222", "us-east-1"), Stack("one", "111111111111", "eu-west-1"))
    names = [import_stacks(_templates((stack, _NOTHING)), KINDS)[0].items[0].generated_name() for stack in stacks]
    assert len(set(names)) == 4
    assert names[0] == names[1]
    assert names[0].startswith("one-Q-")


def test_partitions_have_their_own_names(stack_of):
    """Pseudo parameters and ARNs are those of the Region's partition."""
    text = "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: a}}}\n"
    text += "Outputs: {A: {Value: !GetAtt Q.Arn}, B: {Value: !Sub '${AWS::Partition} ${AWS::URLSuffix}'}}"
    stack = stack_of(text, stack=Stack("s", "111111111111", "cn-north-1"))
    assert [each.value for each in stack.outputs.values()] == [
        "arn:aws-cn:sqs:cn-north-1:111111111111:a",
        "aws-cn amazonaws.com.cn",
    ]


def _staging(**more):
    return StackTemplate(_ONE, open_template(_CASES / "staging.yaml"), _CASES, **more)


_ARNS = {
    "TargetFunctionArn": "arn:aws:lambda:us-east-1:222222222222:function:f",
    "TargetRoleArn": "arn:aws:iam::222222222222:role/r",
}


def test_a_workflow_of_two_accounts_is_read_from_its_templates():
    """Machine, roles and function of two SAM templates, with lines in the template and the definition's file."""
    dev = StackTemplate(Stack("dev", "222222222222", "us-east-1"), open_template(_CASES / "dev.yaml"), _CASES)
    staging, target = import_stacks([_staging(parameters=_ARNS), dev], KINDS)
    machine = next(item for item in staging.items if item.logical_id == "NightlyLoad")
    assert machine.properties["DefinitionSubstitutions"] == _ARNS
    place = machine.at("Definition", "States", "Start DAG", "Credentials").where()
    assert (Path(place.file).name, place.line) == ("nightly-load.asl.json", 8)
    role, function = target.items
    assert (role.logical_id, role.generated_by) == ("StartDagFunctionRole", "StartDagFunction")
    assert [policy["PolicyName"] for policy in role.properties["Policies"]] == [
        "StartDagFunctionRolePolicy0",
        "StartDagFunctionRolePolicy1",
    ]
    assert role.at("Policies", 1, "PolicyDocument", "Statement", 0, "Action").where().line == 30
    assert function.code == _CASES / "functions/start_dag/"
    assert function.properties["Timeout"] == 300
    drafts = [Draft(staging.stack), Draft(target.stack)]
    for stack, draft in zip((staging, target), drafts, strict=True):
        stack.declare(draft, KINDS)
    assert not drafts[0].faults + drafts[1].faults
    assert [len(drafts[0].machines), len(drafts[1].functions), len(drafts[1].roles)] == [1, 1, 1]


def test_each_hole_of_a_template_is_one_fault(tmp_path):
    """Two missing parameters, a definition and a folder that are not there: a fault each."""
    staging = StackTemplate(_ONE, open_template(_CASES / "staging.yaml"), tmp_path)
    dev = StackTemplate(_TWO, open_template(_CASES / "dev.yaml"), tmp_path)
    with pytest.raises(Rejected) as refused:
        import_stacks([staging, dev], KINDS)
    found = sorted((Path(fault.where.file).name, fault.where.line, fault.code) for fault in refused.value.faults)
    assert found == [
        ("dev.yaml", 14, "missing-file"),
        ("staging.yaml", 6, "missing-parameter"),
        ("staging.yaml", 9, "missing-parameter"),
    ]
    with pytest.raises(Rejected) as refused:
        import_stacks([StackTemplate(_ONE, staging.template, tmp_path, parameters=_ARNS)], KINDS)
    assert [fault.code for fault in refused.value.faults] == ["missing-file"]


def test_code_may_be_given(tmp_path):
    """Paths of the user come before those of the template, for code and for definitions."""
    (tmp_path / "machine.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}')
    given = {"NightlyLoad": tmp_path / "machine.json"}
    (stack,) = import_stacks([_staging(parameters=_ARNS, code=given)], KINDS)
    assert stack.items[-1].properties["Definition"]["StartAt"] == "A"


_CODE = """
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Role: arn:aws:iam::111111111111:role/r
      Code: %s
"""


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("{S3Bucket: b, S3Key: k}", "missing-code"),
        ("{ImageUri: 1.dkr.ecr.us-east-1.amazonaws.com/a:b}", "missing-code"),
        ("s3://bucket/key", "missing-code"),
        ("nowhere/", "missing-file"),
        ("'nul\\0'", "missing-file"),
    ],
)
def test_code_that_is_not_here_is_a_fault(code, fault, stack_of, tmp_path):
    """Code in a bucket, an image or nowhere has to be given, unless the function's answers are declared."""
    text = (_CODE % code).replace("'nul\\0'", '"nul\\0"')
    with pytest.raises(Rejected) as refused:
        stack_of(text, folder=tmp_path)
    assert [(each.code, each.where.line) for each in refused.value.faults] == [(fault, 7)]
    assert stack_of(text, folder=tmp_path, answered=frozenset({"F"})).items[0].code is None
    assert stack_of(text, folder=tmp_path, code={"F": tmp_path}).items[0].code == tmp_path


def test_a_layer_that_is_not_here_is_a_fault(stack_of, tmp_path):
    """Code of layers is asked for as that of functions; what CDK writes beside a resource names it."""
    layer = "Resources: {L: {Type: AWS::Lambda::LayerVersion, %sProperties: {Content: {S3Bucket: b, S3Key: k}}}}"
    with pytest.raises(Rejected) as refused:
        stack_of(layer % "", folder=tmp_path)
    assert [fault.code for fault in refused.value.faults] == ["missing-code"]
    (tmp_path / "asset.1").mkdir()
    (item,) = stack_of(layer % "Metadata: {'aws:asset:path': asset.1}, ", folder=tmp_path).items
    assert item.code == tmp_path / "asset.1"


def test_links_out_of_the_project_are_refused(stack_of, tmp_path):
    """A symbolic link may lead anywhere in the project, and nowhere else."""
    project, outside = tmp_path / "project", tmp_path / "outside"
    for folder in (project / "src", project / "shared", outside):
        folder.mkdir(parents=True)
    (project / "src/inner").symlink_to(project / "shared")
    assert stack_of(_CODE % "src/", folder=project).items[0].code == project / "src/"
    (project / "linked").symlink_to(outside)
    (project / "src/stray").symlink_to(outside)
    for path in ("linked", "src/"):
        with pytest.raises(Rejected) as refused:
            stack_of(_CODE % path, folder=project)
        assert [each.code for each in refused.value.faults] == ["symbolic-link"]


def test_overrides_of_nothing_are_faults(stack_of, tmp_path):
    """Code for a resource that is not there is refused, with the name that was meant."""
    with pytest.raises(Rejected) as refused:
        stack_of("Resources: {Fetch: {Type: AWS::SQS::Queue}}", code={"Fecth": tmp_path})
    (fault,) = refused.value.faults
    assert (fault.code, fault.help) == ("unknown-resource", "did you mean `Fetch`?")


def test_fifty_resources_resolve_in_a_tenth_of_a_second():
    """Resolving takes little beside reading: functions, references and places of a usual template."""
    rows = (
        f"  Q{n}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: !Sub '${{AWS::StackName}}-{n}', Tags: "
        f"[{{Key: of, Value: !GetAtt Q{n + 1}.Arn}}, !If [Never, a, !Ref AWS::NoValue]]}}}}"
        for n in range(49)
    )
    text = "\n".join(["Conditions: {Never: !Equals [a, b]}", "Resources:", *rows, "  Q49: {Type: AWS::SQS::Queue}"])
    template = read_template(Source("t.yaml", text))
    spent = []
    for _ in range(3):
        begun = time.process_time()
        (stack,) = import_stacks([StackTemplate(_ONE, template)], KINDS)
        spent.append(time.process_time() - begun)
    assert len(stack.items) == 50
    assert min(spent) < 0.1


def test_excerpts_come_from_the_file_of_a_definition():
    """What is shown of a state is its line in the definition's file, not one of the template."""
    (stack,) = import_stacks([_staging(parameters=_ARNS)], KINDS)
    origin = stack.items[-1].at("Definition", "States", "Start DAG", "Credentials", "RoleArn")
    assert written(origin).line.strip() == '"RoleArn": "${TargetRoleArn}"'
    assert written(stack.items[-1].at("DefinitionSubstitutions", "TargetRoleArn")).line.strip() == (
        "TargetRoleArn: !Ref TargetRoleArn"
    )
