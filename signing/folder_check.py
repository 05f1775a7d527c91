"""Whether who may read an application's signatures may read all that they tell of.

A signature's document lists the hashes of what was signed, and who may read it has
them, whatever the types of what was signed take. It is part of the check of a folder
(``apps_registry.app_check``), which decides nothing by a policy itself.
"""

from collections.abc import Iterator, Sequence
from itertools import islice, product

from apps_registry.app_contents import Contents
from apps_registry.app_folder import PROCESS
from apps_registry.bpmn import EndEvent, ProcessDefinition, StartEvent, Task
from apps_registry.definition import DataType
from authorization.compiler import (
    ANY,
    CompiledPolicy,
    Grant,
    SubjectPredicate,
    compile_policy,
)
from signing.config import (
    RIGHTS_OF_SIGNEES,
    TASK_TYPE,
    SignatureConfig,
    config_of,
    types_to_sign_of,
)

_READ = "read"
_ANYBODY = Grant(ANY)
_MOST_READERS = 10_000  # no policy that is meant has as many

# What somebody is, of whom all of it holds.
_Reader = tuple[SubjectPredicate, ...]


def check_signing(contents: Contents) -> None:
    """Warn of what is signed that some who may read the signatures may not read."""
    metadata, process, policy = contents.metadata, contents.process, contents.policy
    if metadata is None or process is None or policy is None:
        return
    compiled = compile_policy(policy, org=metadata.org, app=metadata.app)
    for task in process.elements.values():
        if not isinstance(task, Task) or task.task_type != TASK_TYPE:
            continue
        config = config_of(task)
        signatures = metadata.data_types.get(config.signature_type) if config else None
        if config is None or signatures is None:
            continue
        for type_id, line in types_to_sign_of(task):
            signed = metadata.data_types.get(type_id)
            if signed is None or not signed.action_required_to_read:
                continue
            amiss = _amiss(compiled, process, task, config, signatures, signed)
            if amiss:
                detail = (
                    f"The signatures of {task.id!r:.90} tell the hashes of the data"
                    f" type {type_id!r:.90}, which takes the right"
                    f" {signed.action_required_to_read!r:.90} to read, and {amiss}."
                )
                place = f"{PROCESS}:{line}"
                contents.findings.warn(place, "signed-type-closed", detail)


def _amiss(
    compiled: CompiledPolicy,
    process: ProcessDefinition,
    task: Task,
    config: SignatureConfig,
    signatures: DataType,
    signed: DataType,
) -> str:
    """Say who may read the signatures and not what is signed; empty for nobody."""
    taken, wanted = signatures.action_required_to_read, signed.action_required_to_read
    if wanted in (taken, _READ):
        return ""
    if (
        config.signee_provider
        and taken in ("", *RIGHTS_OF_SIGNEES)
        and wanted not in RIGHTS_OF_SIGNEES
    ):
        return f"a signee, who may read {signatures.id!r:.90}, is not given it"
    if compiled.slow:
        return (
            f"whether all who may read {signatures.id!r:.90} have it cannot be told of"
            " this policy"
        )
    for state in _with_signatures(process, task):
        granted = _grants(compiled, wanted, state)
        readers = islice(_readers(compiled, taken, state), _MOST_READERS)
        for reader in readers:
            if not any(_has(reader, grant) for grant in granted):
                kind = "task" if isinstance(state, Task) else "end event"
                return (
                    f"in the {kind} {state.id!r:.90} not all who may read"
                    f" {signatures.id!r:.90} have it"
                )
    return ""


def _with_signatures(
    process: ProcessDefinition, task: Task
) -> Iterator[Task | EndEvent]:
    """Yield where an instance can have signatures of the task: in it, and behind it.

    Not before it, though a flow may lead back: to reject takes the signatures away.
    """
    elements = process.elements
    starts = [one.id for one in elements.values() if isinstance(one, StartEvent)]
    before = _reach(process, *starts, short_of=task.id)
    for place in sorted(_reach(process, task.id)):
        element = elements[place]
        if isinstance(element, Task | EndEvent) and not (
            place in before and task.id in _reach(process, place)
        ):
            yield element


def _reach(process: ProcessDefinition, *starts: str, short_of: str = "") -> set[str]:
    """Return where an instance can come from any of the places, those included."""
    seen, pending = set(starts), list(starts)
    while pending:
        element = process.elements[pending.pop()]
        if not isinstance(element, EndEvent):
            following = {process.flows[flow].target for flow in element.outgoing}
            following -= {*seen, short_of}
            seen |= following
            pending += following
    return seen


def _grants(
    compiled: CompiledPolicy, action: str, state: Task | EndEvent
) -> list[Grant]:
    task, end = (state.id, "") if isinstance(state, Task) else ("", state.id)
    return [
        grant
        for grant in compiled.grants(action)
        if grant.selector.selects(task=task, end_event=end)
    ]


def _readers(
    compiled: CompiledPolicy, taken: str, state: Task | EndEvent
) -> Iterator[_Reader]:
    """Yield who may read the signatures in a state, one value of each attribute each.

    They may read the instance, and have the right that the type of signatures takes.
    """
    own: Sequence[Grant] = _grants(compiled, taken, state) if taken else [_ANYBODY]
    for of_instance, of_type in product(_grants(compiled, _READ, state), own):
        both = dict.fromkeys((*of_instance.all_of, *of_type.all_of))
        yield from product(*map(_one_by_one, both))


def _one_by_one(predicate: SubjectPredicate) -> list[SubjectPredicate]:
    return [
        predicate._replace(values=frozenset({value}))
        for value in sorted(predicate.values)
    ]


def _has(reader: _Reader, grant: Grant) -> bool:
    """Whether the grant permits whoever the reader stands for."""
    return all(
        any(_implies(held, wanted) for held in reader) for wanted in grant.all_of
    )


def _implies(held: SubjectPredicate, wanted: SubjectPredicate) -> bool:
    if held.attribute is not wanted.attribute:
        return False
    # One of any case may be in the other case than the one that is wanted.
    return (wanted.ignore_case or not held.ignore_case) and all(
        map(wanted.holds, held.values)
    )
