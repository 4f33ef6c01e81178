"""Topics and rules deliver through the gate: to any account, as the service, by the policy of the target."""

import json

import pytest

from turnstile.emulator import Emulator
from turnstile.faults import Unsupported
from turnstile.gate.call import Call

REGION = "us-east-1"
SOURCE, TARGET = "111122223333", "444455556666"
TOPIC = f"arn:aws:sns:{REGION}:{SOURCE}:news"
RULE = f"arn:aws:events:{REGION}:{SOURCE}:rule/each"
PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


class Site:
    """Two accounts behind one gate; calls are those of root users."""

    def __init__(self, emulator, accounts):
        self.emulator, self.accounts = emulator, accounts

    async def call(self, account, name, **parameters):
        service, operation = name.split(":")
        answer = await self.emulator.gate.call(Call(account.root, service, operation, parameters, REGION))
        return answer.output

    async def queue(self, account, name="box", admits=None, source=TOPIC):
        """A queue whose policy admits a service for a source; its ARN."""
        arn = account.arn("sqs", name)
        statement = {"Effect": "Allow", "Principal": {"Service": admits}, "Action": "sqs:SendMessage", "Resource": arn}
        statement["Condition"] = {"ArnEquals": {"aws:SourceArn": source}}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        await self.call(account, "sqs:CreateQueue", QueueName=name, Attributes={"Policy": policy} if admits else {})
        return arn

    async def received(self, account, name="box"):
        url = f"https://sqs.{REGION}.amazonaws.com/{account.id}/{name}"
        answer = await self.call(account, "sqs:ReceiveMessage", QueueUrl=url, MessageAttributeNames=["All"])
        return answer.get("Messages", [])

    async def topic(self, *endpoints, **attributes):
        await self.call(self.accounts.source, "sns:CreateTopic", Name="news")
        for protocol, endpoint in endpoints:
            asked = {"TopicArn": TOPIC, "Protocol": protocol, "Endpoint": endpoint, "Attributes": attributes}
            await self.call(self.accounts.source, "sns:Subscribe", **asked)

    async def publish(self, message="hello", **facts):
        await self.call(self.accounts.source, "sns:Publish", TopicArn=TOPIC, Message=message, **facts)

    async def rule(self, **target):
        await self.call(self.accounts.source, "events:PutRule", Name="each", EventPattern='{"source":["shop"]}')
        await self.call(self.accounts.source, "events:PutTargets", Rule="each", Targets=[{"Id": "1", **target}])

    async def put(self):
        entry = {"Source": "shop", "DetailType": "sold", "Detail": '{"n": 1}'}
        await self.call(self.accounts.source, "events:PutEvents", Entries=[entry])

    def refused(self):
        return [
            (each.call.caller.arn, each.call.operation, each.resource) for each in self.emulator.gate.trail.refused()
        ]


@pytest.fixture
async def site(accounts):
    async with Emulator(accounts.world) as emulator:
        yield Site(emulator, accounts)


@pytest.mark.parametrize("owner", ["source", "target"])
async def test_a_topic_fills_the_queues_that_admit_it(owner, site):
    """In its own account and in another one; the message is a notification."""
    account = getattr(site.accounts, owner)
    await site.topic(("sqs", await site.queue(account, admits="sns.amazonaws.com")))
    await site.publish(Subject="s")
    (message,) = await site.received(account)
    body = json.loads(message["Body"])
    assert (body["Type"], body["TopicArn"], body["Message"], body["Subject"]) == ("Notification", TOPIC, "hello", "s")
    assert site.refused() == []


@pytest.mark.parametrize("owner", ["source", "target"])
async def test_a_queue_that_admits_nobody_stays_empty(owner, site):
    """The refusal stands in the trail, and publishing succeeds."""
    account = getattr(site.accounts, owner)
    queue = await site.queue(account)
    await site.topic(("sqs", queue))
    await site.publish()
    assert await site.received(account) == []
    assert site.refused() == [("sns.amazonaws.com", "SendMessage", queue)]


async def test_raw_messages_filters_and_dead_letters(site):
    """A raw message is the text itself, a filter keeps others away, and what is refused goes to the dead letters."""
    dead = await site.queue(site.accounts.source, "dead", admits="sns.amazonaws.com")
    facts = {"RawMessageDelivery": "true", "FilterPolicy": '{"kind": ["a"]}'}
    box = await site.queue(site.accounts.target)
    await site.topic(("sqs", box), **facts, RedrivePolicy=json.dumps({"deadLetterTargetArn": dead}))
    for kind in ("b", "a"):
        await site.publish(kind, MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}})
    (message,) = await site.received(site.accounts.source, "dead")
    assert message["Body"] == "a"
    assert message["MessageAttributes"]["kind"]["StringValue"] == "a"


async def test_a_topic_invokes_a_function_that_admits_it(accounts):
    """With an event of records, asynchronously; one without such a permission is not invoked."""
    seen = []
    names = ("open", "closed")
    for name in names:
        accounts.function(accounts.target, name, lambda event, name=name: seen.append((name, event)))
    async with Emulator(accounts.world) as emulator:
        site = Site(emulator, accounts)
        permission = {"Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com", "SourceArn": TOPIC}
        await site.call(accounts.target, "lambda:AddPermission", FunctionName="open", StatementId="sns", **permission)
        await site.topic(*(("lambda", accounts.target.arn("lambda", f"function:{name}")) for name in names))
        await site.publish()
    ((name, event),) = seen
    assert name == "open"
    assert event["Records"][0]["Sns"]["Message"] == "hello"


async def test_a_rule_starts_a_machine_under_its_own_role(site, write_policy, write_trust):
    """EventBridge takes the role of the target, and that role needs `states:StartExecution`."""
    machine = await site.emulator.create_state_machine(
        site.accounts.source.root,
        name="sold",
        definition=PASS,
        role_arn=site.accounts.execution.arn,
        region=REGION,
    )
    trusted = write_trust({"Principal": {"Service": "events.amazonaws.com"}})
    allowed = write_policy({"Effect": "Allow", "Action": "states:StartExecution", "Resource": machine})
    role = site.accounts.role(site.accounts.source, "Starter", trusted, allowed)
    await site.rule(Arn=machine, RoleArn=role.arn)
    await site.put()
    (execution,) = site.emulator.executions.values()
    assert execution.input["detail"] == {"n": 1}
    site.accounts.role(site.accounts.source, "Starter", trusted)
    await site.put()
    assert len(site.emulator.executions) == 1
    assert [operation for _, operation, _ in site.refused()] == ["StartExecution"]


async def test_a_rule_reaches_a_bus_of_another_account(site):
    """If the bus admits the account; the rules there go on from it."""
    target = site.accounts.target
    await site.call(target, "events:CreateEventBus", Name="theirs")
    bus = target.arn("events", "event-bus/theirs")
    box = await site.queue(target, admits="events.amazonaws.com", source=target.arn("events", "rule/theirs/all"))
    asked = {"Name": "all", "EventBusName": "theirs", "EventPattern": '{"source":["shop"]}'}
    await site.call(target, "events:PutRule", **asked)
    parts = {"InputPath": "$.detail", "Arn": box}
    await site.call(target, "events:PutTargets", Rule="all", EventBusName="theirs", Targets=[{"Id": "1", **parts}])
    await site.rule(Arn=bus)
    await site.put()
    assert await site.received(target) == []
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "events:PutEvents"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "s", **statement, "Resource": bus}]})
    await site.call(target, "events:PutPermission", EventBusName="theirs", Policy=policy)
    await site.put()
    (message,) = await site.received(target)
    assert json.loads(message["Body"]) == {"n": 1}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("$", "shop"),
        ("$.detail", {"n": 1, "of": [{"id": "a"}, {"id": "b"}]}),
        ("$.detail.of[1].id", "b"),
        ("$.detail['n']", 1),
        ("$.detail.none", None),
    ],
)
async def test_a_target_takes_a_part_of_an_event(site, path, wanted):
    """By a path into names and elements; where it leads nowhere, null."""
    box = await site.queue(site.accounts.source, admits="events.amazonaws.com", source=RULE)
    await site.rule(Arn=box, InputPath=path)
    detail = json.dumps({"n": 1, "of": [{"id": "a"}, {"id": "b"}]})
    entry = {"Source": "shop", "DetailType": "sold", "Detail": detail}
    await site.call(site.accounts.source, "events:PutEvents", Entries=[entry])
    (message,) = await site.received(site.accounts.source)
    body = json.loads(message["Body"])
    assert (body["source"] if path == "$" else body) == wanted


async def test_a_path_that_is_none_is_told(site):
    """Rather than bringing something else."""
    box = await site.queue(site.accounts.source, admits="events.amazonaws.com", source=RULE)
    await site.rule(Arn=box, InputPath="$.detail[")
    with pytest.raises(Unsupported, match="input path"):
        await site.put()


async def test_what_a_rule_cannot_deliver_goes_to_its_dead_letters(site):
    """With the reason among the attributes."""
    dead = await site.queue(site.accounts.source, "dead", admits="events.amazonaws.com", source=RULE)
    box = await site.queue(site.accounts.target)
    await site.rule(Arn=box, DeadLetterConfig={"Arn": dead})
    await site.put()
    (message,) = await site.received(site.accounts.source, "dead")
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert json.loads(message["Body"])["detail-type"] == "sold"


async def test_a_kind_of_target_that_nobody_knows_is_named(site):
    """It is never passed over."""
    await site.rule(Arn=f"arn:aws:redshift:{REGION}:{SOURCE}:cluster:c")
    with pytest.raises(Unsupported, match="targets of `redshift`"):
        await site.put()
