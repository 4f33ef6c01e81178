"""The sizes of variables: of one Assign, and of all together."""

import pytest

import turnstile


def _chain(*assigns):
    states = {f"S{at}": {"Type": "Pass", "Assign": assign, "Next": f"S{at + 1}"} for at, assign in enumerate(assigns)}
    return {"StartAt": "S0", "States": {**states, f"S{len(assigns)}": {"Type": "Succeed"}}}


@pytest.mark.parametrize(
    ("names", "letters", "status"),
    [
        (["v.$"], 262_142, "SUCCEEDED"),
        (["v.$"], 262_143, "FAILED"),
        (["v.$", "w.$"], 131_070, "SUCCEEDED"),
        (["v.$", "w.$"], 131_071, "FAILED"),
    ],
)
def test_one_assign_sets_at_most_256_kib(names, letters, status):
    """Quotes count, and several variables count together."""
    made = {"StartAt": "M", "QueryLanguage": "JSONPath", "States": {"M": {
        "Type": "Pass", "QueryLanguage": "JSONata",
        "Output": "{% {} %}", "Assign": {"big": f"{{% $pad('', {letters}, 'x') %}}"}, "Next": "A",
    }, "A": {"Type": "Pass", "Assign": dict.fromkeys(names, "$big"), "End": True}}}  # fmt: skip
    execution = turnstile.run(made)
    assert execution.status == status
    if status == "FAILED":
        name = "M" if letters > 262_142 else "A"
        text = f"The state/task '{name}' assigned variables with a size exceeding the maximum number of bytes "
        text += "service limit."
        assert (execution.error, execution.cause) == ("States.DataLimitExceeded", text)


@pytest.mark.parametrize(("count", "status"), [(40, "SUCCEEDED"), (41, "FAILED")])
def test_all_variables_have_at_most_10_mib(count, status):
    """What is set again counts once, and what gets small counts no more."""
    full = [{f"v{at}.$": "$.x"} for at in range(count)]
    again = [{"v0.$": "$.x"}, {"v0": 1}, {"last.$": "$.x"}]
    execution = turnstile.run(_chain(*full, *again), {"x": "x" * 262_100})
    assert execution.status == status
    if status == "FAILED":
        text = "After the state/task 'S40' all variables together have a size exceeding the maximum number of bytes"
        assert (execution.error, execution.cause) == ("States.DataLimitExceeded", text + " service limit.")
