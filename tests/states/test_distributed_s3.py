"""Distributed Map with datasets and results in S3, kept by moto in this process."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.states.objects import _content
from turnstile.world.world import default_world

ROLE = "arn:aws:iam::123456789012:role/r"
PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
GET, LIST, PUT = (f"arn:aws:states:::s3:{api}" for api in ("getObject", "listObjectsV2", "putObject"))


def reader(resource=GET, key="data", **config):
    place = {"Bucket": "box", "Key": key} if resource == GET else {"Bucket": "box", "Prefix": key}
    return {"Resource": resource, "Parameters": place, "ReaderConfig": config}


def machine(**fields):
    """A machine of one distributed Map that gives its items back, with the place they come from."""
    processor = {**PASS, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    state = {"Type": "Map", "Label": "L", "ItemProcessor": processor, "End": True, **fields}
    return {"StartAt": "M", "States": {"M": state}}


class Stage:
    """A world with the bucket `box`."""

    def __init__(self):
        self.world = default_world()
        self.emulator = Emulator(self.world)
        self.root = next(iter(self.world.accounts.values())).root

    async def ask(self, service, operation, account=None, **parameters):
        caller = self.root if account is None else account.root
        return (await self.emulator.gate.call(Call(caller, service, operation, parameters, "us-east-1"))).output

    async def run(self, definition, document=None, **objects):
        """Put the objects (`__` in a name is a slash) and run the machine."""
        await self.ask("s3", "CreateBucket", Bucket="box")
        for name, content in objects.items():
            key = name.replace("__", "/").replace("_dot_", ".")
            await self.ask("s3", "PutObject", Bucket="box", Key=key, Body=content)
        arn = (
            await self.ask(
                "stepfunctions", "CreateStateMachine", name="m", definition=json.dumps(definition), roleArn=ROLE
            )
        )["stateMachineArn"]
        return await self.emulator.execute(self.root, arn, document or {})

    async def read(self, key):
        return (await self.ask("s3", "GetObject", Bucket="box", Key=key))["Body"]


async def output(definition, **objects):
    """What the machine gives, which must succeed."""
    stage = Stage()
    async with stage.emulator:
        execution = await stage.run(definition, **objects)
    assert (execution.error, execution.cause) == (None, None)
    return execution.output


@pytest.mark.parametrize(
    ("config", "content", "items"),
    [
        ({"InputType": "JSON"}, "[1, 2]", [1, 2]),
        ({"InputType": "JSON"}, '{"a": 1, "b": [2]}', [1, [2]]),
        ({"InputType": "JSON", "ItemsPointer": "/a/b~1c"}, '{"a": {"b/c": [3]}}', [3]),
        ({"InputType": "JSON", "ItemsPointer": "/a/0"}, '{"a": [{"x": 1}]}', [1]),
        ({"InputType": "JSON", "MaxItems": 1}, "[1, 2]", [1]),
        ({"InputType": "JSONL"}, '{"a": 1}\n\n[2]\n', [{"a": 1}, [2]]),
        ({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, "a,b\r\n1,2\r\n", [{"a": "1", "b": "2"}]),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"], "CSVDelimiter": "PIPE"},
            "1|2\n3",
            [{"a": "1"}, {"a": "3"}],
        ),
    ],
)
async def test_an_object_is_read_as_it_says(config, content, items):
    """JSON, JSON lines and text with delimiters."""
    assert await output(machine(ItemReader=reader(**config)), data=content) == items


async def test_an_object_that_gives_members_names_them():
    """The key of a member and the URI of the object stand in the context object."""
    selector = {"k.$": "$$.Map.Item.Key", "s.$": "$$.Map.Item.Source"}
    found = await output(machine(ItemReader=reader(InputType="JSON"), ItemSelector=selector), data='{"a": 1}')
    assert found == [{"k": "a", "s": "s3://box/data"}]


async def test_a_compressed_object_is_read_by_its_name():
    """Binary content arrives whole."""
    packed = gzip.compress(b'{"a": 1}\n{"a": 2}')
    definition = machine(ItemReader=reader(key="data.jsonl.gz", InputType="JSONL"))
    assert await output(definition, data_dot_jsonl_dot_gz=packed) == [{"a": 1}, {"a": 2}]


async def test_a_listing_gives_metadata_in_aws_spelling():
    """The source of all is the bucket; objects beside the prefix are not listed."""
    definition = machine(
        ItemReader=reader(LIST, "p/"), ItemSelector={"v.$": "$$.Map.Item.Value", "s.$": "$$.Map.Item.Source"}
    )
    (found,) = await output(definition, p__x="12345", q="1")
    assert found["s"] == "s3://box"
    value = found["v"]
    assert value["Etag"].startswith('"')
    assert (value["Key"], value["Size"], value["StorageClass"]) == ("p/x", 5, "STANDARD")
    assert value["LastModified"] == 1_767_225_600


async def test_more_objects_than_one_page_are_listed():
    """The listing goes on where S3 cuts it, up to the limit."""
    definition = machine(ItemReader={**reader(LIST, "p/"), "ReaderConfig": {"MaxItems": 3}})
    definition["States"]["M"]["ItemReader"]["Parameters"]["MaxKeys"] = 2
    found = await output(definition, **{f"p__{n}": "" for n in range(5)})
    assert [each["Key"] for each in found] == ["p/0", "p/1", "p/2"]


async def test_listed_objects_can_be_loaded():
    """The items of all objects follow one another; folders have none."""
    selector = {"v.$": "$$.Map.Item.Value", "s.$": "$$.Map.Item.Source"}
    definition = machine(
        ItemReader=reader(LIST, "p/", InputType="JSON", Transformation="LOAD_AND_FLATTEN"), ItemSelector=selector
    )
    found = await output(definition, p__="", p__a="[1, 2]", p__b="[3]")
    assert found == [{"v": v, "s": f"s3://box/p/{k}"} for v, k in ((1, "a"), (2, "a"), (3, "b"))]


async def test_an_inventory_gives_its_rows():
    """Headers come from the manifest, data files are compressed, keys are decoded."""
    rows = gzip.compress(b'"src","a+b%2Fc","3"\n"src","d","4"\n')
    manifest = {
        "destinationBucket": "arn:aws:s3:::box",
        "fileFormat": "CSV",
        "fileSchema": "Bucket, Key, Size",
        "files": [{"key": "inv/1.csv.gz"}],
    }
    definition = machine(ItemReader=reader(InputType="MANIFEST"))
    found = await output(definition, data=json.dumps(manifest), inv__1_dot_csv_dot_gz=rows)
    assert found == [{"Bucket": "src", "Key": "a b/c", "Size": "3"}, {"Bucket": "src", "Key": "d", "Size": "4"}]


async def test_an_athena_manifest_leads_to_the_data():
    """Each line is the URI of an object in the format that the reader names."""
    definition = machine(ItemReader=reader(ManifestType="ATHENA_DATA", InputType="JSONL", MaxItems=2))
    found = await output(definition, data="s3://box/u/1\ns3://box/u/2\n", u__1='{"a": 1}', u__2='{"a": 2}\n{"a": 3}')
    assert found == [{"a": 1}, {"a": 2}]


async def test_arguments_and_limits_can_be_jsonata():
    """Arguments, MaxItems and BatchInput are expressions there."""
    definition = machine(
        ItemReader={
            "Resource": GET,
            "Arguments": {"Bucket": "box", "Key": "{% $states.input.key %}"},
            "ReaderConfig": {"InputType": "JSON", "MaxItems": "{% 1 + 1 %}"},
        },
        ItemBatcher={"MaxItemsPerBatch": "{% 2 %}", "BatchInput": {"k": "{% $states.input.key %}"}},
    )
    definition["QueryLanguage"] = "JSONata"
    stage = Stage()
    async with stage.emulator:
        execution = await stage.run(definition, {"key": "data"}, data="[1, 2, 3]")
    assert execution.output == [{"BatchInput": {"k": "data"}, "Items": [1, 2]}]


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"key": "none", "InputType": "JSON"}, "The specified key does not exist. (Service: S3, Status Code: 404"),
        ({"InputType": "JSON", "ItemsPointer": "/x"}, "The ItemsPointer /x does not lead to a value."),
        ({"InputType": "JSON", "ItemsPointer": "/a"}, "Attempting to map over non-iterable node."),
        ({"InputType": "JSONL", "key": "bad"}, "The object is not valid JSON."),
        ({"InputType": "MANIFEST"}, "The object is not the manifest of an S3 inventory."),
    ],
)
async def test_what_cannot_be_read_fails_the_map_run(fields, cause):
    """The error is the reader's, and it can be caught like others."""
    stage = Stage()
    async with stage.emulator:
        execution = await stage.run(machine(ItemReader=reader(**fields)), data='{"a": 1}', bad="{")
    assert execution.error == "States.ItemReaderFailed"
    assert execution.cause.startswith(cause)
    assert [event.type for event in execution.events][-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


async def test_an_expected_owner_must_own_the_bucket():
    """Another owner than expected is denied."""
    wanted = reader(InputType="JSON")
    wanted["Parameters"]["ExpectedBucketOwner"] = "999999999999"
    stage = Stage()
    async with stage.emulator:
        execution = await stage.run(machine(ItemReader=wanted), data="[]")
    assert (execution.error, execution.cause) == (
        "States.ItemReaderFailed",
        "Access Denied (Service: S3, Status Code: 403)",
    )


def writer(**more):
    return {"Resource": PUT, "Parameters": {"Bucket": "box", "Prefix": "out/"}, **more}


async def test_exported_results_are_found_by_the_manifest():
    """The output of the state says where; each status has a file, with all that is known of each child."""
    stage = Stage()
    async with stage.emulator:
        execution = await stage.run(machine(ResultWriter=writer(), ItemsPath="$.i"), {"i": [{"a": 1}, [2]]})
        place = execution.output["ResultWriterDetails"]
        manifest = json.loads(await stage.read(place["Key"]))
        (file,) = manifest["ResultFiles"]["SUCCEEDED"]
        written = await stage.read(file["Key"])
        runs = await stage.ask("stepfunctions", "DescribeMapRun", mapRunArn=execution.output["MapRunArn"])
    run_id = execution.output["MapRunArn"].rpartition(":")[2]
    assert place == {"Bucket": "box", "Key": f"out/{run_id}/manifest.json"}
    assert manifest["DestinationBucket"] == "box"
    assert manifest["ResultFiles"]["FAILED"] == manifest["ResultFiles"]["PENDING"] == []
    assert file == {"Key": f"out/{run_id}/SUCCEEDED_0.json", "Size": len(written.encode())}
    assert [record["Output"] for record in json.loads(written)] == ['{"a":1}', "[2]"]
    assert runs["itemCounts"]["resultsWritten"] == runs["executionCounts"]["resultsWritten"] == 2


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"Transformation": "COMPACT"}, "[[1, 2], 3]"),
        ({"Transformation": "FLATTEN"}, "[1, 2, 3]"),
        ({"Transformation": "FLATTEN", "OutputType": "JSONL"}, "1\n2\n3"),
    ],
)
async def test_exported_results_are_shaped_as_it_says(config, text):
    """Only those that succeeded are transformed."""
    stage = Stage()
    async with stage.emulator:
        execution = await stage.run(
            machine(ResultWriter=writer(WriterConfig=config), ItemsPath="$.i"), {"i": [[1, 2], 3]}
        )
        folder = execution.output["ResultWriterDetails"]["Key"].removesuffix("manifest.json")
        assert await stage.read(f"{folder}SUCCEEDED_0.json") == text


async def test_a_failed_map_run_is_written_down_too():
    """What failed and what was never started have files of their own."""
    failing = machine(ResultWriter=writer(), MaxConcurrency=1, ItemsPath="$.i")
    failing["States"]["M"]["ItemProcessor"]["States"]["A"] = {"Type": "Fail", "Error": "E", "Cause": "c"}
    stage = Stage()
    async with stage.emulator:
        execution = await stage.run(failing, {"i": [1, 2]})
        listed = await stage.ask("s3", "ListObjectsV2", Bucket="box", Prefix="out/")
        files = {each["Key"].rpartition("/")[2]: await stage.read(each["Key"]) for each in listed["Contents"]}
    assert execution.error == "States.ExceedToleratedFailureThreshold"
    assert sorted(files) == ["FAILED_0.json", "PENDING_0.json", "manifest.json"]
    (failed,) = json.loads(files["FAILED_0.json"])
    (pending,) = json.loads(files["PENDING_0.json"])
    assert (failed["Status"], failed["Error"], failed["Cause"], failed["Input"]) == ("FAILED", "E", "c", "1")
    assert (pending["Status"], pending["Input"]) == ("PENDING", "2")


async def test_results_go_to_buckets_of_the_own_account_only():
    """A bucket of another account fails the state (documented)."""
    stage = Stage()
    other = stage.world.add_account("222222222222")
    async with stage.emulator:
        await stage.ask("s3", "CreateBucket", account=other, Bucket="theirs")
        theirs = {"Resource": PUT, "Parameters": {"Bucket": "theirs"}}
        execution = await stage.run(machine(ResultWriter=theirs, ItemsPath="$.i"), {"i": [1]})
    assert execution.error == "States.ResultWriterFailed"
    assert [event.type for event in execution.events][-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


def test_base64_that_looks_like_text_is_not_decoded():
    """Text that happens to be Base64 stays text unless it begins like a binary format."""
    assert _content("abcd") == b"abcd"
    assert _content(base64.b64encode(b"PAR1rest").decode()) == b"PAR1rest"
