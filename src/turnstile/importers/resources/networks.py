"""AWS::EC2 networks, as far as templates with Batch, ECS and functions in a VPC need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.resources.called import Called
from turnstile.importers.resources.names import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.kinds import Item, Kind
    from turnstile.importers.resources.called import Follow

_PORTS = ("IpProtocol", "FromPort", "ToPort")
_SOURCES = {
    "CidrIp": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
    "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
}
"""Where a rule names the other side, and what the API calls it."""


def _tagged(kind: str, *apart: str) -> Callable[[Item], Mapping[str, Json]]:
    """The properties with their tags as EC2 takes them on creation, some left for calls of their own."""

    def adapted(item: Item) -> Mapping[str, Json]:
        properties = {name: value for name, value in item.properties.items() if name not in (*apart, "Tags")}
        tags = item.properties.get("Tags")
        if tags:
            properties["TagSpecifications"] = [{"ResourceType": kind, "Tags": tags}]
        return properties

    return adapted


def _identified(prefix: str) -> str:
    return f"{prefix}-{{hex}}"


def _permission(rule: Mapping[str, Json]) -> dict[str, Json]:
    """A rule as the API writes it; ports may be text."""
    found: dict[str, Json] = {name: value for name, value in rule.items() if name in _PORTS}
    found |= {name: int(found[name]) for name in ("FromPort", "ToPort") if name in found}
    found["IpProtocol"] = str(found.get("IpProtocol", "-1"))
    for written, (member, name) in _SOURCES.items():
        if written in rule:
            described = {"Description": rule["Description"]} if "Description" in rule else {}
            found[member] = [{name: rule[written], **described}]
    return found


def _rules(item: Item, _name: str) -> Iterator[Follow]:
    group = KINDS[item.type].reference(item)
    for direction in ("Ingress", "Egress"):
        rules = item.properties.get(f"SecurityGroup{direction}")
        # a new group lets everything out already, which is what a rule that says so would repeat
        wanted = [each for each in rules or () if direction == "Ingress" or not _everything(each)]
        if wanted:
            parameters = {"GroupId": group, "IpPermissions": [_permission(each) for each in wanted]}
            yield f"AuthorizeSecurityGroup{direction}", parameters


def _everything(rule: Mapping[str, Json]) -> bool:
    return str(rule.get("IpProtocol")) == "-1" and rule.get("CidrIp") == "0.0.0.0/0"


def _rule(item: Item) -> Mapping[str, Json]:
    return {"GroupId": item.properties.get("GroupId"), "IpPermissions": [_permission(item.properties)]}


def _vpc(item: Item, _name: str) -> Iterator[Follow]:
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        if name in item.properties:
            value = str(item.properties[name]).lower() == "true"
            yield "ModifyVpcAttribute", {"VpcId": KINDS[item.type].reference(item), name: {"Value": value}}


def _subnet(item: Item, _name: str) -> Iterator[Follow]:
    if str(item.properties.get("MapPublicIpOnLaunch")).lower() == "true":
        subnet = KINDS[item.type].reference(item)
        yield "ModifySubnetAttribute", {"SubnetId": subnet, "MapPublicIpOnLaunch": {"Value": True}}


def _zone(item: Item) -> str:
    """EC2 would choose one; here it is the first (*inferred*)."""
    return str(item.properties.get("AvailabilityZone") or f"{item.stack.region}a")


def _group_name(item: Item) -> Mapping[str, Json]:
    properties = dict(_tagged("security-group", "SecurityGroupIngress", "SecurityGroupEgress")(item))
    properties["Description"] = properties.pop("GroupDescription", None)
    return {name: value for name, value in properties.items() if value is not None}


_GROUP, _NETWORK, _SUBNET = _identified("sg"), _identified("vpc"), _identified("subnet")
_GATEWAY, _TABLE, _NAT = _identified("igw"), _identified("rtb"), _identified("nat")
_ADDRESS, _ENDPOINT, _TEMPLATE = _identified("eipalloc"), _identified("vpce"), _identified("lt")

KINDS: Mapping[str, Kind] = {
    "AWS::EC2::EIP": Called(
        "{ip}",
        {"AllocationId": _ADDRESS, "PublicIp": "{ip}"},
        service="ec2",
        operation="AllocateAddress",
        silent=("InstanceId",),
        adapt=_tagged("elastic-ip"),
        made={"AllocationId": _ADDRESS, "PublicIp": "{ip}"},
    ),
    "AWS::EC2::InternetGateway": Called(
        _GATEWAY,
        {"InternetGatewayId": _GATEWAY},
        service="ec2",
        operation="CreateInternetGateway",
        adapt=_tagged("internet-gateway"),
        made={"InternetGateway.InternetGatewayId": _GATEWAY},
    ),
    "AWS::EC2::LaunchTemplate": Called(
        _TEMPLATE,
        {"DefaultVersionNumber": "1", "LatestVersionNumber": "1", "LaunchTemplateId": _TEMPLATE},
        Name("LaunchTemplateName", 128),
        "ec2",
        "CreateLaunchTemplate",
        made={"LaunchTemplate.LaunchTemplateId": _TEMPLATE},
    ),
    "AWS::EC2::NatGateway": Called(
        _NAT,
        {"NatGatewayId": _NAT},
        service="ec2",
        operation="CreateNatGateway",
        adapt=_tagged("natgateway"),
        made={"NatGateway.NatGatewayId": _NAT},
    ),
    "AWS::EC2::Route": Called("{RouteTableId}|{DestinationCidrBlock}", service="ec2", operation="CreateRoute"),
    "AWS::EC2::RouteTable": Called(
        _TABLE,
        {"RouteTableId": _TABLE},
        service="ec2",
        operation="CreateRouteTable",
        adapt=_tagged("route-table"),
        made={"RouteTable.RouteTableId": _TABLE},
    ),
    "AWS::EC2::SecurityGroup": Called(
        _GROUP,
        {"GroupId": _GROUP, "Id": _GROUP, "VpcId": "{VpcId}"},
        Name("GroupName", 255),
        "ec2",
        "CreateSecurityGroup",
        adapt=_group_name,
        after=_rules,
        made={"GroupId": _GROUP},
    ),
    "AWS::EC2::SecurityGroupEgress": Called(
        "{unnamed}", {"Id": "{unnamed}"}, service="ec2", operation="AuthorizeSecurityGroupEgress", adapt=_rule
    ),
    "AWS::EC2::SecurityGroupIngress": Called(
        "{unnamed}", {"Id": "{unnamed}"}, service="ec2", operation="AuthorizeSecurityGroupIngress", adapt=_rule
    ),
    "AWS::EC2::Subnet": Called(
        _SUBNET,
        {"AvailabilityZone": _zone, "SubnetId": _SUBNET, "VpcId": "{VpcId}"},
        service="ec2",
        operation="CreateSubnet",
        adapt=lambda item: {**_tagged("subnet", "MapPublicIpOnLaunch")(item), "AvailabilityZone": _zone(item)},
        after=_subnet,
        made={"Subnet.SubnetId": _SUBNET},
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Called(
        "rtbassoc-{hex}",
        {"Id": "rtbassoc-{hex}"},
        service="ec2",
        operation="AssociateRouteTable",
        made={"AssociationId": "rtbassoc-{hex}"},
    ),
    "AWS::EC2::VPC": Called(
        _NETWORK,
        {"CidrBlock": "{CidrBlock}", "VpcId": _NETWORK},
        service="ec2",
        operation="CreateVpc",
        adapt=_tagged("vpc", "EnableDnsSupport", "EnableDnsHostnames"),
        after=_vpc,
        made={"Vpc.VpcId": _NETWORK},
    ),
    "AWS::EC2::VPCEndpoint": Called(
        _ENDPOINT,
        {"Id": _ENDPOINT},
        service="ec2",
        operation="CreateVpcEndpoint",
        adapt=_tagged("vpc-endpoint"),
        made={"VpcEndpoint.VpcEndpointId": _ENDPOINT},
        documents=(("PolicyDocument",),),
    ),
    "AWS::EC2::VPCGatewayAttachment": Called(
        "IGW|{VpcId}", {"AttachmentType": "IGW"}, service="ec2", operation="AttachInternetGateway"
    ),
}
