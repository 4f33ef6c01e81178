from __future__ import annotations

import pytest

from turnstile.gate.chain import place
from turnstile.gate.link import Link
from turnstile.report.explanation import explain, visible


def one(refused, row, attempts=1):
    """The only explanation of a row's case, with the case."""
    case = refused(row, attempts)
    (explanation,) = explain(case)
    return case, explanation


def test_every_refusal_names_its_link(refused, row):
    """The link that a row breaks is among those that the explanation names."""
    _, explanation = one(refused, row)
    expected = {"two-links": "trust-policy"}.get(row["name"], row["name"])
    links = [refusal.link for refusal in explanation.refusals]
    assert any(expected == link or expected.startswith(f"{link}-") for link in links)


def test_all_kinds_of_links_are_covered(refused, rows):
    """No link of the chain is without a case here."""
    named = {refusal.link for row in rows.values() for refusal in one(refused, row)[1].refusals}
    assert named == {link.value for link in Link}


def test_links_stand_in_the_order_of_the_chain(refused, row):
    """Whatever AWS shows first, the chain is told from its beginning."""
    case, explanation = one(refused, row)
    places = [place(case.refused[0].call, Link(refusal.link)) for refusal in explanation.refusals]
    assert places == sorted(places)


def test_exactly_one_link_gave_the_answer(refused, row):
    """One refusal is marked as the one the service answered with."""
    _, explanation = one(refused, row)
    assert [refusal.shown for refusal in explanation.refusals].count(True) == 1


def test_every_broken_link_has_advice(refused, row):
    """There is a remedy, or at least help, for every link."""
    _, explanation = one(refused, row)
    assert all(refusal.advice or refusal.help for refusal in explanation.refusals)


def test_a_retried_call_is_explained_once(refused, rows):
    """Three attempts are three occasions of one refusal, each with its time."""
    _, explanation = one(refused, rows["external-id"], attempts=3)
    assert [(when.attempt, when.after) for when in explanation.occasions] == [(1, 1.5), (2, 2.5), (3, 3.5)]


def test_wanted_and_found_values(refused, rows):
    """A condition that failed tells what the policy wants and what the call sends."""
    _, explanation = one(refused, rows["external-id"])
    (failed,) = explanation.refusals[0].nearest.failed
    arn = "arn:aws:states:us-east-1:111122223333:stateMachine:"
    assert failed.wants == f"Condition StringEquals sts:ExternalId wants `{arn}SomethingElse`"
    assert failed.has == f"the call sends `{arn}Onboarding`"
    assert (failed.excerpt.where.file, failed.excerpt.where.line) == ("scenarios/dev.json", 12)


def test_an_absent_key_is_said_to_be_absent(refused, rows):
    """A key that the call does not have is no empty value."""
    _, explanation = one(refused, rows["trust-condition"])
    (failed,) = explanation.refusals[0].nearest.failed
    assert (failed.found, failed.has) == (None, "the call has no `aws:PrincipalOrgID`")


def test_a_missing_role_is_not_blamed_on_its_trust_policy(refused, rows):
    """A role that does not exist refuses by not existing, and by nothing else."""
    _, explanation = one(refused, rows["role-exists"])
    assert [refusal.link for refusal in explanation.refusals] == ["role-exists"]


def test_a_service_acts_for_a_state_machine(refused, rows):
    """A refused creation names the service and the machine that it acts for."""
    _, explanation = one(refused, rows["source-condition"])
    machine = "arn:aws:states:us-east-1:111122223333:stateMachine:Onboarding"
    assert (explanation.principal, explanation.acting_for) == ("states.amazonaws.com", machine)


def test_aws_shows_the_failure_of_the_state(refused, rows):
    """What AWS shows comes from the history of the state, word for word."""
    case, explanation = one(refused, rows["trust-policy"])
    shown = visible(case, explanation)
    assert (shown.error, shown.cause) == ("States.TaskFailed", case.cause)


def test_refused_items_of_a_map_show_their_own_failure(refused, rows):
    """Two failures of one state at one time are told apart by the role that they name."""
    from dataclasses import replace  # noqa: PLC0415 - one test

    case, explanation = one(refused, rows["trust-policy"])
    failed = next(event for event in case.history if event["type"] == "TaskFailed")
    details = {**failed["taskFailedEventDetails"], "cause": "another item's"}
    before = {**failed, "id": 1000, "taskFailedEventDetails": details}
    shown = visible(replace(case, history=[*case.history[:-2], before, *case.history[-2:]]), explanation)
    assert shown.cause == case.cause


@pytest.mark.parametrize("state", ["Trigger DSP MWAA DAGs", "Elsewhere"])
def test_a_caught_refusal_is_found_by_its_state(refused, rows, state):
    """A case that succeeded by a Catch still shows the error of the refused state, and only of that one."""
    from dataclasses import replace  # noqa: PLC0415 - one test

    case, explanation = one(refused, rows["trust-policy"])
    caught = replace(case, error=None, cause=None, status="SUCCEEDED")
    shown = visible(caught, replace(explanation, state=state))
    assert (shown is None) == (state == "Elsewhere")
