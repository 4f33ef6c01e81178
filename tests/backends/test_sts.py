"""STS behind the gate: what sessions it gives, to whom, for how long, and what it refuses."""

import base64
import json

import pytest

from turnstile.backends.iam import Iam
from turnstile.backends.moto_codec import service
from turnstile.backends.sts import Sts
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.gate.gate import Gate
from turnstile.gate.link import Link
from turnstile.world.caller import IamUser

REGION = "us-east-1"
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ISSUER = "token.actions.githubusercontent.com"
SAML_PROVIDER = "arn:aws:iam::111122223333:saml-provider/Corp"
ROLE = "arn:aws:iam::111122223333:role/Web"


@pytest.fixture
def gate(accounts):
    backends = {"sts": Sts(accounts.world), "iam": Iam(accounts.world)}
    return Gate(accounts.world, backends, lambda: pytest.fail("no other service is asked"))


@pytest.fixture
def ask(gate):
    """Calls to STS, whose answers fit the API's model."""

    async def call(caller, operation, **parameters):
        output = (await gate.call(Call(caller, "sts", operation, parameters, REGION))).output
        members = service("sts").model.operation_model(operation).output_shape.members
        assert set(output) <= set(members)
        return output

    return call


@pytest.fixture
async def ann(accounts, gate):
    """A user who may do everything."""
    await gate.call(Call(accounts.source.root, "iam", "CreateUser", {"UserName": "Ann"}, REGION))
    document = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    given = {"UserName": "Ann", "PolicyName": "All", "PolicyDocument": document}
    await gate.call(Call(accounts.source.root, "iam", "PutUserPolicy", given, REGION))
    user = accounts.source.users["arn:aws:iam::111122223333:user/Ann"]
    return IamUser(user.arn, user.id, user.account, user.name)


@pytest.fixture
def role(accounts, write_policy, write_trust):
    """Declares roles of the source account that the whole account may take, with tags and source identity."""

    def declare(name, *statements, actions=("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"), **trust):
        trusting = write_trust({"Action": list(actions), "Principal": {"AWS": accounts.source.id}, **trust})
        allowed = statements or ({"Effect": "Allow", "Action": "*", "Resource": "*"},)
        return accounts.role(accounts.source, name, trusting, write_policy(*allowed))

    return declare


@pytest.fixture
def take(accounts, ask):
    """The session that somebody takes of a role."""

    async def session(caller, role, **parameters):
        given = {"RoleArn": role.arn, "RoleSessionName": "abc", **parameters}
        output = await ask(caller, "AssumeRole", **given)
        return accounts.world.credentials[output["Credentials"]["AccessKeyId"]].caller

    return session


async def test_a_session_has_all_that_its_call_gives(accounts, ann, role, ask):
    """And its key leads to it."""
    made = role("R")
    output = await ask(
        ann,
        "AssumeRole",
        RoleArn=made.arn,
        RoleSessionName="abc",
        DurationSeconds=900,
        Tags=[{"Key": "team", "Value": "a"}],
        TransitiveTagKeys=["team"],
        SourceIdentity="ann",
        Policy=json.dumps({"Version": "2012-10-17", "Statement": ALLOW}),
    )
    given = output["Credentials"]
    assert (given["AccessKeyId"][:4], len(given["AccessKeyId"]), len(given["SecretAccessKey"])) == ("ASIA", 20, 40)
    assert output["SourceIdentity"] == "ann"
    assert 0 < output["PackedPolicySize"] < 100
    kept = accounts.world.credentials[given["AccessKeyId"]]
    assert kept.token == given["SessionToken"]
    session = kept.caller
    assert (session.tags, session.transitive, session.source_identity) == ({"team": "a"}, {"team"}, "ann")
    assert session.expires - session.issued == 900
    assert [policy.document["Statement"] for policy in session.policies] == [ALLOW]


async def test_a_source_identity_and_transitive_tags_go_on(ann, role, take):
    """The next role sees them without being told; neither can be changed."""
    first, second = role("First"), role("Second")
    source = {"Tags": [{"Key": "team", "Value": "a"}], "TransitiveTagKeys": ["team"], "SourceIdentity": "ann"}
    session = await take(ann, first, **source)
    next_one = await take(session, second)
    assert (next_one.tags, next_one.source_identity, next_one.chained) == ({"team": "a"}, "ann", True)
    with pytest.raises(ServiceError, match="conflicts with a transitive tag key"):
        await take(session, second, Tags=[{"Key": "Team", "Value": "b"}])
    with pytest.raises(ServiceError, match="cannot be changed"):
        await take(session, second, SourceIdentity="bob")


@pytest.mark.parametrize(
    ("actions", "given", "missing"),
    [
        (["sts:AssumeRole"], {"SourceIdentity": "ann"}, "sts:SetSourceIdentity"),
        (["sts:AssumeRole"], {"Tags": [{"Key": "k", "Value": "v"}]}, "sts:TagSession"),
    ],
)
async def test_tags_and_source_identities_need_rights_of_their_own(gate, ann, role, take, actions, given, missing):
    """Of the role's trust policy too, where the caller is of another account or none of its own allows it."""
    made = role("R", actions=actions, Condition={"StringEquals": {"sts:RoleSessionName": "abc"}})
    await take(ann, made)
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": missing, "Resource": "*"}}
    given_policy = {"UserName": "Ann", "PolicyName": "No", "PolicyDocument": json.dumps(document)}
    root = gate.world.accounts[ann.account].root
    await gate.call(Call(root, "iam", "PutUserPolicy", given_policy, REGION))
    with pytest.raises(AccessDenied) as caught:
        await take(ann, made, **given)
    assert missing in caught.value.message


async def test_a_condition_may_ask_for_the_source_identity(accounts, ann, role, take, write_policy, gate):
    """Of the request on taking the role, of the session afterwards."""
    condition = {"StringEquals": {"sts:SourceIdentity": "ann"}}
    may = {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}
    made = role("R", {**may, "Condition": {"StringEquals": {"aws:SourceIdentity": "ann"}}}, Condition=condition)
    with pytest.raises(AccessDenied):
        await take(ann, made, SourceIdentity="bob")
    session = await take(ann, made, SourceIdentity="ann")
    assert gate.decide(Call(session, "iam", "GetUser", {"UserName": "Ann"}, REGION)).allowed


@pytest.mark.parametrize(
    ("given", "code", "text"),
    [
        ({"DurationSeconds": 899}, "ValidationError", "greater than or equal to 900"),
        ({"DurationSeconds": 43_201}, "ValidationError", "less than or equal to 43200"),
        ({"DurationSeconds": "900"}, "ValidationError", "whole number"),
        ({"DurationSeconds": 3601}, "ValidationError", "exceeds the MaxSessionDuration set for this role"),
        ({"RoleSessionName": "a"}, "ValidationError", "length greater than or equal to 2"),
        ({"RoleSessionName": "a" * 65}, "ValidationError", "length less than or equal to 64"),
        ({"ExternalId": "x" * 1225}, "ValidationError", "length less than or equal to 1224"),
        ({"SourceIdentity": "a b"}, "ValidationError", "regular expression"),
        ({"Tags": [{"Key": "", "Value": ""}]}, "ValidationError", "tags.1.member.key"),
        ({"Tags": [{"Key": "k", "Value": "v" * 257}]}, "ValidationError", "less than or equal to 256"),
        ({"Tags": [{"Key": "k", "Value": ""}, {"Key": "K", "Value": ""}]}, "ValidationError", "Duplicate tag keys"),
        ({"Tags": [{"Key": str(n), "Value": ""} for n in range(51)]}, "ValidationError", "less than or equal to 50"),
        ({"TransitiveTagKeys": ["k"]}, "ValidationError", "must be included"),
        ({"Policy": "{"}, "MalformedPolicyDocument", "invalid Json"),
        ({"Policy": " " * 2049}, "PackedPolicyTooLarge", "2048"),
        ({"PolicyArns": [{"arn": "arn:aws:iam::111122223333:policy/No"}]}, "InvalidInput", "does not exist"),
    ],
)
async def test_sts_checks_what_it_is_given(ann, role, take, given, code, text):
    """In its own words."""
    with pytest.raises(ServiceError) as caught:
        await take(ann, role("R"), **given)
    assert caught.value.code == code
    assert text in caught.value.message


async def test_a_session_of_a_session_lasts_an_hour_at_most(ann, role, take):
    """Whatever the role allows."""
    session = await take(ann, role("First"))
    with pytest.raises(ServiceError, match="1 hour session limit for roles assumed by role chaining"):
        await take(session, role("Second"), DurationSeconds=3601)
    assert (await take(session, role("Second"), DurationSeconds=3600)).chained


@pytest.mark.parametrize(
    ("called", "code"),
    [
        ("iam:GetUser", "ExpiredToken"),
        ("s3:ListBuckets", "ExpiredToken"),
        ("dynamodb:ListTables", "ExpiredTokenException"),
    ],
)
async def test_a_session_ends_on_the_clock_of_the_world(accounts, gate, ann, role, take, called, code):
    """Every service refuses it then, and the trail says why."""
    session = await take(ann, role("R"), DurationSeconds=900)
    with accounts.world.clock.attend():
        await accounts.world.clock.sleep(900)
    with pytest.raises(AccessDenied) as caught:
        await gate.call(Call(session, *called.split(":"), {}, REGION))
    assert caught.value.code == code
    (entry,) = gate.trail.refused()
    assert [barrier.link for barrier in entry.ruling.barriers] == [Link.EXPIRED]


async def test_nobody_is_refused_to_know_who_it_is(accounts, gate, ann, role, ask, take):
    """Even without any right."""
    session = await take(ann, role("R", {"Effect": "Deny", "Action": "*", "Resource": "*"}))
    assert await ask(session, "GetCallerIdentity") == {
        "UserId": f"{session.role_id}:abc",
        "Account": "111122223333",
        "Arn": "arn:aws:sts::111122223333:assumed-role/R/abc",
    }
    assert (await ask(ann, "GetCallerIdentity"))["UserId"] == ann.user_id
    assert (await ask(accounts.source.root, "GetCallerIdentity"))["UserId"] == "111122223333"


async def test_the_root_user_takes_no_role(accounts, role, take):
    """Whatever the trust policy says."""
    with pytest.raises(ServiceError, match="Roles may not be assumed by root accounts"):
        await take(accounts.source.root, role("R"))


async def test_the_session_token_of_a_user_is_the_user_for_a_while(accounts, ann, ask):
    """Its key leads to the user; a session cannot ask for one."""
    output = await ask(ann, "GetSessionToken", DurationSeconds=900)
    kept = accounts.world.credentials[output["Credentials"]["AccessKeyId"]]
    assert (kept.caller, kept.expires) == (ann, accounts.world.clock.now() + 900)
    assert await ask(ann, "GetAccessKeyInfo", AccessKeyId=kept.access_key) == {"Account": "111122223333"}
    with pytest.raises(ServiceError, match="ValidationError"):
        await ask(ann, "GetAccessKeyInfo", AccessKeyId="A" * 20)
    with pytest.raises(ServiceError, match="InvalidAuthorizationMessageException"):
        await ask(ann, "DecodeAuthorizationMessage", EncodedMessage="x")
    with pytest.raises(Unsupported, match="sts:AssumeRoot"):
        await ask(accounts.source.root, "AssumeRoot", TargetPrincipal="444455556666", TaskPolicyArn={"arn": "a"})


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [(None, False), ("iam:GetUser", True), ("iam:ListUsers", False)],
)
async def test_a_federated_user_may_do_what_user_and_policy_both_allow(accounts, gate, ann, ask, policy, allowed):
    """Nothing without a policy; and no calls to STS but one."""
    statement = {"Effect": "Allow", "Action": policy, "Resource": "*"}
    given = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": statement})} if policy else {}
    output = await ask(ann, "GetFederationToken", Name="Bob", **given)
    assert output["FederatedUser"]["Arn"] == "arn:aws:sts::111122223333:federated-user/Bob"
    bob = accounts.world.credentials[output["Credentials"]["AccessKeyId"]].caller
    assert gate.decide(Call(bob, "iam", "GetUser", {"UserName": "Ann"}, REGION)).allowed is allowed
    assert (await ask(bob, "GetCallerIdentity"))["UserId"] == "111122223333:Bob"
    with pytest.raises(ServiceError, match="Cannot call GetSessionToken with session credentials"):
        await ask(bob, "GetSessionToken")


def token(**claims):
    """A web token without a signature worth the name."""
    whole = {"iss": f"https://{ISSUER}", "aud": "sts.amazonaws.com", "sub": "repo:org/app", **claims}
    parts = ({"alg": "RS256"}, whole)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join((*encoded, "signature"))


@pytest.fixture
async def web(accounts, gate, write_policy, write_trust):
    """A role for the jobs of one repository."""
    given = {"Url": f"https://{ISSUER}", "ClientIDList": ["sts.amazonaws.com"]}
    await gate.call(Call(accounts.source.root, "iam", "CreateOpenIDConnectProvider", given, REGION))
    condition = {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"}, "StringLike": {f"{ISSUER}:sub": "repo:org/*"}}
    trusting = {
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        "Principal": {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{ISSUER}"},
        "Condition": condition,
    }
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    accounts.role(accounts.source, "Web", write_trust(trusting), write_policy(allowed))


async def test_a_web_token_takes_a_role_that_trusts_its_provider(accounts, gate, ask, web):
    """Its claims are condition keys, then and later; its tags are the session's."""
    tags = {"principal_tags": {"team": ["a"]}, "transitive_tag_keys": ["team"]}
    given = {
        "RoleArn": ROLE,
        "RoleSessionName": "job",
        "WebIdentityToken": token(**{"https://aws.amazon.com/tags": tags}),
    }
    output = await ask(accounts.target.root, "AssumeRoleWithWebIdentity", **given)
    assert output["SubjectFromWebIdentityToken"] == "repo:org/app"
    assert output["Audience"] == "sts.amazonaws.com"
    session = accounts.world.credentials[output["Credentials"]["AccessKeyId"]].caller
    assert (session.account, session.tags, session.chained) == ("111122223333", {"team": "a"}, False)
    assert session.claims[f"{ISSUER}:sub"] == "repo:org/app"
    assert list(gate.trail)[-1].call.caller.arn == f"{ISSUER}:repo:org/app"


@pytest.mark.parametrize(
    ("given", "code", "text"),
    [
        (token(sub="repo:other/app"), "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"),
        (token(iss="https://other.example.com"), "InvalidIdentityToken", "No OpenIDConnect provider found"),
        (token(aud="somebody"), "InvalidIdentityToken", "Incorrect token audience"),
        (token(exp=1), "ExpiredTokenException", "Token expired"),
        (token(sub=""), "InvalidIdentityToken", "Missing a required claim: sub"),
        ("a.b.c", "InvalidIdentityToken", "not a valid JWT"),
        ("abcd", "InvalidIdentityToken", "not a valid JWT"),
        ("abc", "ValidationError", "length greater than or equal to 4"),
    ],
)
async def test_a_web_token_that_does_not_do(accounts, ask, web, given, code, text):
    """Is refused for its provider, its audience, its time, its form, or by the trust policy."""
    with pytest.raises(ServiceError) as caught:
        await ask(accounts.target.root, "AssumeRoleWithWebIdentity", RoleArn=ROLE, RoleSessionName="job", WebIdentityToken=given)  # fmt: skip # noqa: E501 - one call
    assert caught.value.code == code
    assert text in caught.value.message


def assertion(role=ROLE, name="ann", prolog=""):
    """A SAML response in Base64."""
    attribute = "https://aws.amazon.com/SAML/Attributes/"
    text = f"""{prolog}<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
    xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Assertion><Issuer>https://idp.example.com</Issuer>
    <Subject><NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{name}</NameID><SubjectConfirmation>
    <SubjectConfirmationData Recipient="https://signin.aws.amazon.com/saml"/></SubjectConfirmation></Subject>
    <AttributeStatement>
    <Attribute Name="{attribute}Role"><AttributeValue>{SAML_PROVIDER},{role}</AttributeValue></Attribute>
    <Attribute Name="{attribute}RoleSessionName"><AttributeValue>ann</AttributeValue></Attribute>
    <Attribute Name="{attribute}SourceIdentity"><AttributeValue>ann</AttributeValue></Attribute>
    <Attribute Name="{attribute}PrincipalTag:team"><AttributeValue>a</AttributeValue></Attribute>
    </AttributeStatement></Assertion></samlp:Response>"""
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (assertion(), ""),
        (assertion(role=f"{ROLE}s"), "IDPRejectedClaim"),
        (assertion(name="bob"), "AccessDenied"),
        (assertion(prolog='<!DOCTYPE a [<!ENTITY b "c">]>'), "InvalidIdentityToken"),
        ("AAAA", "InvalidIdentityToken"),
        ("not base64", "InvalidIdentityToken"),
    ],
)
async def test_a_saml_response_takes_a_role(accounts, gate, ask, write_policy, write_trust, given, code):
    """That trusts its provider, by the audience and subject in it."""
    made = {"Name": "Corp", "SAMLMetadataDocument": "<EntityDescriptor/>" + " " * 1000}
    await gate.call(Call(accounts.source.root, "iam", "CreateSAMLProvider", made, REGION))
    trusting = {
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"],
        "Principal": {"Federated": SAML_PROVIDER},
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml", "SAML:sub": "ann"}},
    }
    accounts.role(accounts.source, "Web", write_trust(trusting), write_policy(ALLOW))
    parameters = {"RoleArn": ROLE, "PrincipalArn": SAML_PROVIDER, "SAMLAssertion": given}
    if code:
        with pytest.raises(ServiceError) as caught:
            await ask(accounts.target.root, "AssumeRoleWithSAML", **parameters)
        assert caught.value.code == code
        return
    output = await ask(accounts.target.root, "AssumeRoleWithSAML", **parameters)
    assert (output["Subject"], output["SubjectType"], output["SourceIdentity"]) == ("ann", "persistent", "ann")
    assert output["AssumedRoleUser"]["Arn"] == "arn:aws:sts::111122223333:assumed-role/Web/ann"
