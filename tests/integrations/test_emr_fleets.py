"""Fleets and groups of EMR by their names: two calls, both judged."""

from __future__ import annotations

import pytest

FLEET = ("elasticmapreduce:modifyInstanceFleetByName", "InstanceFleet", "ListInstanceFleets", "ModifyInstanceFleet")
GROUP = ("elasticmapreduce:modifyInstanceGroupByName", "InstanceGroup", "ListInstanceGroups", "ModifyInstanceGroups")
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def stubs(kind, listing, change):
    """Two pages of a list, and a change that answers nothing."""
    pages = [
        {"when": {"Marker": "2"}, "returns": {f"{kind}s": [{"Id": "if-2", "Name": "workers"}]}},
        {"returns": {f"{kind}s": [{"Id": "if-1", "Name": "masters"}], "Marker": "2"}},
    ]
    return {f"emr__{listing}": pages, f"emr__{change}": {"returns": {}}}


@pytest.mark.parametrize(("resource", "kind", "listing", "change"), [FLEET, GROUP])
async def test_a_name_is_looked_up_and_what_it_names_is_changed(site, resource, kind, listing, change):
    """Page after page; the change names the id."""
    wanted = {"TargetOnDemandCapacity": 3} if kind == "InstanceFleet" else {"InstanceCount": 3}
    parameters = {"ClusterId": "j-1", f"{kind}Name": "workers", kind: wanted}
    async with site(**stubs(kind, listing, change)) as here:
        execution = await here.task(resource, parameters)
        calls = [entry.call for entry in here.emulator.gate.trail if entry.call.service == "emr"]
    assert execution.output["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert [call.operation for call in calls] == [listing, listing, change]
    target = {**wanted, f"{kind}Id": "if-2"}
    sent = {"InstanceFleet": target} if kind == "InstanceFleet" else {"InstanceGroups": [target]}
    assert calls[-1].parameters == {"ClusterId": "j-1", **sent}


@pytest.mark.parametrize(("resource", "kind", "listing", "change"), [FLEET, GROUP])
@pytest.mark.parametrize("place", [2, 3])
async def test_both_rights_are_needed(site, accounts, write_policy, resource, kind, listing, change, place):
    """Listing and changing are judged one after the other."""
    action = f"elasticmapreduce:{(resource, kind, listing, change)[place]}"
    refusal = {"Effect": "Deny", "Action": action, "Resource": "*"}
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(ALLOW, refusal))
    parameters = {"ClusterId": "j-1", f"{kind}Name": "workers", kind: {}}
    async with site(**stubs(kind, listing, change)) as here:
        execution = await here.task(resource, parameters)
    assert execution.error == "ElasticMapReduce.AmazonElasticMapReduceException"
    assert action in execution.cause


async def test_a_name_that_the_cluster_lacks(site):
    """Is a request that is invalid; without a name or a cluster the Task does not start."""
    resource, kind, listing, change = FLEET
    async with site(**stubs(kind, listing, change)) as here:
        execution = await here.task(resource, {"ClusterId": "j-1", f"{kind}Name": "none", kind: {}})
        unnamed = {"ClusterId": "j-1", f"{kind}Name.$": "States.StringToJson('null')", kind: {}}
        nameless = await here.task(resource, unnamed)
    assert execution.error == "ElasticMapReduce.InvalidRequestException"
    assert "'none'" in execution.cause
    assert nameless.error == "States.Runtime"


async def test_a_fleet_of_another_account(site, accounts):
    """With Credentials both calls are made there."""
    resource, kind, listing, change = FLEET
    async with site(**stubs(kind, listing, change)) as here:
        accounts.target.stubs.update(accounts.source.stubs)
        parameters = {"ClusterId": "j-1", f"{kind}Name": "masters", kind: {}}
        execution = await here.task(resource, parameters, Credentials={"RoleArn": accounts.invoke.arn})
        callers = {entry.call.caller.account for entry in here.emulator.gate.trail if entry.call.service == "emr"}
    assert execution.status == "SUCCEEDED"
    assert callers == {accounts.target.id}
