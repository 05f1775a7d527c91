"""What is said of an application whose signatures tell of what not all may read."""

from typing import Any

import orjson
import pytest

from apps_registry import xacml_ast as ast
from apps_registry.app_check import check_folder
from apps_registry.app_folder import POLICY, PROCESS, AppFolder, read_folder
from apps_registry.findings import Finding
from apps_registry.metadata import FILE as METADATA
from tests.apps_registry.policy_xml import any_of, match, policy, rule
from tests.signing.annual_accounts import FOLDER

FILES = dict(read_folder(FOLDER).files)
_SIGNED = "<altinn:dataType>noter</altinn:dataType>"
_PROVIDED = (
    "<altinn:signeeProviderId>revisor</altinn:signeeProviderId>"
    "<altinn:signeeStatesDataTypeId>signaturberettigede</altinn:signeeStatesDataTypeId>"
)
_NOT_ALL = "not all who may read 'signatur' have it."


def may(action: str, *roles: str, task: str = "", effect: str = "Permit") -> str:
    """Return a rule for an action."""
    where = [any_of([match(ast.RESOURCE, ast.TASK, task)])] if task else []
    return rule(
        any_of(*([match(value=role)] for role in roles)),
        any_of([match(ast.ACTION, ast.ACTION_ID, action)]),
        *where,
        effect=effect,
    )


def found(
    *rules: str, signed: str = "see", signatures: str = "", provided: bool = False
) -> list[Finding]:
    """Return what is found where the notes, and their signatures, take rights."""
    document: dict[str, Any] = orjson.loads(FILES[METADATA])
    types = {one["id"]: one for one in document["dataTypes"]}
    types["noter"]["actionRequiredToRead"] = signed
    types["signatur"]["actionRequiredToRead"] = signatures
    process = FILES[PROCESS].decode()
    if provided:
        end = "</altinn:signatureDataType>"
        process = process.replace(end, end + _PROVIDED)
    changed = {
        METADATA: orjson.dumps(document),
        PROCESS: process.encode(),
        POLICY: policy(*rules),
    }
    warnings = check_folder(AppFolder({**FILES, **changed})).warnings
    return [one for one in warnings if one.code == "signed-type-closed"]


@pytest.mark.parametrize(
    ("rules", "signatures", "why"),
    [
        ([may("read", "dagl", "regna"), may("see", "dagl")], "", _NOT_ALL),
        ([may("read", "dagl")], "", _NOT_ALL),
        (
            [
                may("read", "dagl", "regna"),
                may("see", "dagl"),
                may("audit", "regna"),
            ],
            "audit",
            _NOT_ALL,
        ),
        (
            [may("read", "dagl"), may("see", "dagl", task="signering")],
            "",
            f"in the end event 'innsendt' {_NOT_ALL}",
        ),
        (
            [
                may("read", "dagl"),
                may("see", "dagl"),
                may("see", "dagl", task="signering", effect="Deny"),
            ],
            "",
            "whether all who may read 'signatur' have it cannot be told",
        ),
    ],
    ids=["some", "nobody", "other", "in-one-task", "denied"],
)
def test_what_not_all_readers_of_signatures_may_read_is_warned_of(
    rules: list[str], signatures: str, why: str
) -> None:
    """At the line that has it signed"""
    [finding] = found(*rules, signatures=signatures)
    line = FILES[PROCESS].decode().partition(_SIGNED)[0].count("\n") + 1
    assert (finding.severity, finding.pointer) == ("warning", f"{PROCESS}:{line}")
    assert "'noter', which takes the right 'see' to read" in finding.detail
    assert why in finding.detail
    assert "the same actionRequiredToRead" in finding.mend


@pytest.mark.parametrize(
    ("rules", "signatures"),
    [
        ([may("read", "dagl", "regna"), may("see", "REGNA", "DAGL")], ""),
        ([may("read", "dagl", "regna"), may("see", "dagl")], "see"),
        (
            [
                may("read", "dagl", "regna"),
                may("see", "dagl", "lede"),
                may("audit", "dagl"),
            ],
            "audit",
        ),
        (
            [
                may("read", "dagl"),
                may("see", "dagl", task="signering"),
                rule(
                    any_of([match(value="dagl")]),
                    any_of([match(ast.ACTION, ast.ACTION_ID, "see")]),
                    any_of([match(ast.RESOURCE, ast.END_EVENT, "innsendt")]),
                ),
            ],
            "",
        ),
        (
            [
                rule(any_of([match(ast.ACTION, ast.ACTION_ID, "see")])),
                may("read", "dagl"),
            ],
            "",
        ),
    ],
    ids=["all", "same", "fewer", "in-every-state-behind", "anybody"],
)
def test_what_all_readers_of_signatures_may_read_is_not(
    rules: list[str], signatures: str
) -> None:
    assert found(*rules, signatures=signatures) == []


def test_a_type_that_is_open_is_no_finding() -> None:
    rules = (may("read", "dagl", "regna"), may("see", "dagl"))
    assert found(*rules, signed="") == []
    assert found(*rules, signed="read") == []


def test_who_is_asked_to_sign_has_no_more_rights_than_he_is_given() -> None:
    """Whatever the policy gives to roles: to read, and to sign"""
    rules = (may("read", "dagl"), may("see", "dagl"), may("sign", "dagl"))
    [finding] = found(*rules, provided=True)
    assert "a signee, who may read 'signatur', is not given it." in finding.detail
    assert found(*rules, signatures="see", provided=True) == []
    assert found(*rules, signed="sign", provided=True) == []


def test_the_sample_application_has_nothing_amiss() -> None:
    warnings = check_folder(AppFolder(FILES)).warnings
    assert "signed-type-closed" not in {one.code for one in warnings}
