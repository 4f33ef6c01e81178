"""An account and what it owns, as users write it.

Only pydantic models, as in `file`.
"""

from __future__ import annotations

from pydantic import Field

from turnstile.document import Json
from turnstile.scenario.models.entry import Entry
from turnstile.scenario.models.fields import AccountId, Alias, Document, Partition, Policies, Substitute
from turnstile.scenario.models.function_entries import FunctionEntry


class RoleEntry(Entry):
    """An IAM role."""

    path: str = "/"
    """The IAM path; it is part of the ARN."""
    trust: Document
    """Who may assume the role."""
    policies: Policies = {}
    """Identity policies by name: what the role may do."""
    managed_policies: list[str] = []
    """Managed policies, by ARN or by name: of the account, else of AWS."""
    boundary: str | None = None
    """Its permissions boundary: a managed policy, likewise."""
    tags: dict[str, Substitute] = {}
    """What `aws:PrincipalTag/...` holds for its sessions."""
    max_session: int = Field(default=3600, ge=3600, le=43200)
    """How long a session may last, in seconds."""


class UserEntry(Entry):
    """An IAM user."""

    path: str = "/"
    """The IAM path; it is part of the ARN."""
    policies: Policies = {}
    """Identity policies by name: what the user may do."""
    managed_policies: list[str] = []
    """Managed policies, by ARN or by name: of the account, else of AWS."""
    groups: list[str] = []
    """Names of groups of the same account."""
    boundary: str | None = None
    """Its permissions boundary: a managed policy, by ARN or name."""
    tags: dict[str, Substitute] = {}
    """What `aws:PrincipalTag/...` holds for it."""


class GroupEntry(Entry):
    """A group of users."""

    path: str = "/"
    """The IAM path; it is part of the ARN."""
    policies: Policies = {}
    """Identity policies by name."""
    managed_policies: list[str] = []
    """Managed policies, by ARN or by name: of the account, else of AWS."""


class ResourceEntry(Entry):
    """Something an account owns, made by a call of its root user before a case runs."""

    service: str
    """botocore's name of the service, e.g. `sqs`."""
    operation: str
    """The API operation, e.g. `CreateQueue`."""
    parameters: dict[str, Json] = {}
    """The members of the operation's input."""


class TemplateEntry(Entry):
    """A CloudFormation or SAM template, created as a stack of the account."""

    path: str = Field(min_length=1)
    """The file."""
    stack: str | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9-]{0,127}$")
    """The name of the stack; that of the file if left out."""
    region: str | None = None
    """Where it is created; the account's Region if left out."""
    parameters: dict[str, Json] = {}
    """Values of its parameters; `${...}` stands for something declared, here or in other templates."""
    code: dict[str, str] = {}
    """Files and folders by logical id, where the template has none on this machine."""
    values: dict[str, Json] = {}
    """What cannot be known here: exports, attributes (`LogicalId.Name`) and dynamic references by their text."""


class AssemblyEntry(Entry):
    """A cloud assembly (`cdk.out`): its stacks of the account, or those that are named."""

    path: str = Field(min_length=1)
    """The folder."""
    stacks: list[str] | None = None
    """Names of stacks; all whose environment is the account if left out."""
    parameters: dict[str, Json] = {}
    """Values of parameters, for every stack that has them."""
    code: dict[str, str] = {}
    """Files and folders by logical id, instead of the assets."""
    values: dict[str, Json] = {}
    """What cannot be known here, as for templates."""


class PlanEntry(Entry):
    """A plan or state of Terraform, as `terraform show -json` prints it."""

    path: str = Field(min_length=1)
    """The file."""
    region: str | None = None
    """Where its resources are; the account's Region if left out."""
    values: dict[str, dict[str, Json]] = {}
    """Attributes by the address of their resource, where a plan does not know them."""
    code: dict[str, str] = {}
    """Files and folders of functions and layers by address."""


class AccountEntry(Entry):
    """An AWS account."""

    id: AccountId
    """Twelve digits."""
    region: str = "us-east-1"
    """Where its resources live."""
    partition: Partition | None = None
    """Its partition, for readers: the one its Region is in."""
    alias: Alias | None = None
    """Its alias, as IAM shows it."""
    roles: dict[str, RoleEntry] = {}
    """IAM roles by name."""
    users: dict[str, UserEntry] = {}
    """IAM users by name."""
    groups: dict[str, GroupEntry] = {}
    """IAM groups by name."""
    policies: Policies = {}
    """Customer managed policies by name; roles, users and groups name them."""
    functions: dict[str, FunctionEntry] = {}
    """Lambda functions by name."""
    resources: list[ResourceEntry] = []
    """Calls that make what else it owns, in order."""
    templates: list[TemplateEntry] = []
    """Templates whose resources the account has as well."""
    cdk: list[AssemblyEntry] = []
    """Cloud assemblies, likewise."""
    terraform: list[PlanEntry] = []
    """Plans and states of Terraform, likewise."""
    authorization_details: list[str] = []
    """Pages of `aws iam get-account-authorization-details`: the identities of a live account."""
    stubs: dict[str, Json] = {}
    """What operations of services answer, by `service:Operation`: one answer, or a list of them."""
    jobs: dict[str, Json] = {}
    """How jobs live, by the `service:Operation` that starts them: one plan, or a list of them."""
