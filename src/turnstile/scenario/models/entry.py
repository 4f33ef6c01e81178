"""What every mapping of a scenario file has in common."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError


class Entry(BaseModel):
    """Unknown keys are faults, and no value is bent into another type: a typo never switches a check off.

    Neither does a key without a value: null stands for nothing but itself, in the fields that `nullable` names and in
    those that hold any document. A field whose default is None may be left out, and that is all its None means.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True, allow_inf_nan=False
    )
    nullable: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _something(cls, value: Any, info: ValidationInfo) -> Any:
        name = str(info.field_name)
        if value is None and name in left_out_by_none(cls):
            context = {"name": name, "help": "give it a value, or leave the key out"}
            raise PydanticCustomError("wrong-type", "`{name}` is null, which says nothing", context)
        return value


@cache
def left_out_by_none(model: type[Entry]) -> frozenset[str]:
    """The fields of a model whose None says that they were left out."""
    found = {name for name, known in model.model_fields.items() if type(None) in get_args(known.annotation)}
    return frozenset(found) - model.nullable
