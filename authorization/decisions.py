"""Decides requests of the decision endpoint, many at once (authorization.md §5.6).

They are evaluated in full against the policy's syntax tree: a request may state any
attribute, where the compiled table knows only those of the server's own calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from apps_registry import catalogue
from apps_registry import xacml_ast as ast
from apps_registry.errors import AppNotFound, AppUnreadable
from apps_registry.xacml_ast import AttributeValue, Effect
from apps_registry.xacml_elements import shown
from authorization import bulk
from authorization.bulk import Given
from authorization.compiler import (
    CompiledPolicy,
    SubjectAttribute,
    attributes_read,
)
from authorization.context import Attribute, Context, Unanswerable
from authorization.evaluator import Evaluation, Outcome, Request, Status, evaluate
from authorization.services import compiled_policy

_REASONS = {
    Status.MISSING_ATTRIBUTE: "The policy needs an attribute that the request lacks.",
    Status.PROCESSING_ERROR: "The policy cannot be evaluated for this request.",
}


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one request: what the policy says, and what to show with it.

    ``reason`` says why there is no decision. ``included`` are the attributes that the
    request asked to see again.
    """

    outcome: Outcome
    status: Status = Status.OK
    reason: str = ""
    obligations: tuple[ast.Obligation, ...] = ()
    included: tuple[Attribute, ...] = ()


def undecided(failure: Unanswerable) -> Result:
    """Return the answer to what cannot be decided."""
    return Result(Outcome.INDETERMINATE_DP, failure.status, failure.reason)


def decide_contexts(contexts: Sequence[Context | Unanswerable]) -> list[Result]:
    """Decide each; one that fails is Indeterminate for itself alone (D-19)."""
    policies = _Policies()
    cases = [policies.case(context) for context in contexts]
    given = _given([case for case in cases if isinstance(case, _Case)])
    return [
        undecided(case) if isinstance(case, Unanswerable) else _decided(case, given)
        for case in cases
    ]


@dataclass(frozen=True, slots=True)
class _Case:
    context: Context
    compiled: CompiledPolicy
    reads: frozenset[SubjectAttribute]


_Known = tuple[CompiledPolicy, frozenset[SubjectAttribute]]


class _Policies:
    """The policies that a call is about; each is looked through once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], _Known | Unanswerable] = {}

    def case(self, context: Context | Unanswerable) -> _Case | Unanswerable:
        if isinstance(context, Unanswerable):
            return context
        key = (context.resource.org, context.resource.app)
        if key not in self._known:
            self._known[key] = self._find(*key)
        found = self._known[key]
        return found if isinstance(found, Unanswerable) else _Case(context, *found)

    def _find(self, org: str, app: str) -> _Known | Unanswerable:
        try:
            compiled = compiled_policy(catalogue.definition_of(org, app))
        except (AppNotFound, AppUnreadable):
            reason = f"There is no policy of the application {shown(f'{org}/{app}')}."
            return Unanswerable(Status.PROCESSING_ERROR, reason)
        return compiled, attributes_read(compiled.policy)


def _given(cases: Sequence[_Case]) -> Given:
    """Read what the subjects were given by those whom the cases are about."""
    owners = {case.context.resource.party_id for case in cases}
    return bulk.read(
        {case.context.subject for case in cases},
        {party_id for party_id in owners if party_id is not None},
        moment=timezone.now(),
        packages=any(SubjectAttribute.PACKAGE in case.reads for case in cases),
        nobody=any(case.context.has_number for case in cases),
    )


def _decided(case: _Case, given: Given) -> Result:
    """Decide by the policy; where it says neither yes nor no, by delegation."""
    context = case.context
    evaluation = evaluate(case.compiled.policy, _request(case, given))
    if evaluation.outcome is Outcome.NOT_APPLICABLE and given.is_delegated(
        context.subject, context.resource, context.action
    ):
        # Under the obligations of the application's own policy.
        due = tuple(
            obligation
            for obligation in case.compiled.policy.obligations
            if obligation.fulfill_on is Effect.PERMIT
        )
        evaluation = Evaluation(Outcome.PERMIT, obligations=due)
    return _result(context, evaluation)


def _request(case: _Case, given: Given) -> Request:
    """Return what the request states, with the codes that the register knows."""
    context, owner = case.context, case.context.resource.party_id
    attributes: dict[tuple[str, str], tuple[AttributeValue, ...]] = {}
    for stated in context.attributes:
        key = (stated.category, stated.id)
        attributes[key] = (*attributes.get(key, ()), stated.value)
    if owner is not None:
        held = {
            ast.ROLE_CODE: given.roles_for(context.subject, owner),
            ast.ACCESS_PACKAGE: given.packages_for(context.subject, owner),
        }
        for name, codes in held.items():
            if codes:
                values = tuple(AttributeValue(ast.STRING, code) for code in codes)
                attributes[ast.SUBJECT, name] = values
    return Request(attributes)


def _result(context: Context, evaluation: Evaluation) -> Result:
    decided = evaluation.outcome in (Outcome.PERMIT, Outcome.DENY)
    return Result(
        evaluation.outcome,
        evaluation.status,
        _REASONS.get(evaluation.status, ""),
        evaluation.obligations,
        tuple(a for a in context.attributes if a.include) if decided else (),
    )
