"""Policies over HTTP: replaced by the designer, refused with every finding, read."""

from typing import Any

import pytest

from apps_registry import catalogue
from apps_registry import xacml_ast as ast
from apps_registry.app_folder import POLICY
from apps_registry.models import Application, Deployment, DeploymentFile
from authorization.services import compiled_policy
from common.times import wire_time
from instances.models import Instance
from tests import cast
from tests.apps_registry import policy_xml
from tests.cast import Person
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import SAMPLES

pytestmark = pytest.mark.usefixtures("sandbox")

POLICIES = "/authorization/api/v1/policies"
REPLACE = f"{POLICIES}?org=nav&app=app2018"
APP = f"{POLICIES}/nav/app2018"
ROLES = f"{POLICIES}/roleswithaccess/nav/app2018"
FOLDER = SAMPLES / "nav" / "app2018" / "App"
OTHER_TOOL = Person("other tool", {"urn:altinn:app": "studio.designerx"})


def app_rule(*subjects: str, actions: tuple[str, ...] = ("read",)) -> str:
    """Return a rule that permits the actions in the app to any of the subjects."""
    app = [
        policy_xml.match(ast.RESOURCE, ast.ORG, "[org]"),
        policy_xml.match(ast.RESOURCE, ast.APP, "[app]"),
    ]
    named = [[policy_xml.match(ast.ACTION, ast.ACTION_ID, a)] for a in actions]
    return policy_xml.rule(
        policy_xml.any_of(*[[subject] for subject in subjects]),
        policy_xml.any_of(app),
        policy_xml.any_of(*named),
    )


NOBODY_BUT_BOARD = policy_xml.policy(app_rule(policy_xml.match(value="MEDL")))


def designer() -> Api:
    return Api(PLATFORM_HOST, cast.DESIGNER)


def replace(content: bytes, api: Api | None = None, url: str = REPLACE) -> Any:
    """Send a policy in."""
    api = api or designer()
    return api.post(url, body=content, content_type="application/xml")


def stored() -> dict[str, object]:
    """Return everything that a policy could change."""
    return {
        "deployments": list(Deployment.objects.values()),
        "served": list(Application.objects.values_list("app_id", "current")),
        "files": DeploymentFile.objects.count(),
    }


# --- who may --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("person", "status", "code"),
    [
        (None, 401, "token-missing"),
        (cast.OWNER, 403, "designer-only"),
        (cast.SOPHIE, 403, "designer-only"),
        (cast.SYSTEM_USER, 403, "designer-only"),
        (OTHER_TOOL, 403, "designer-only"),
    ],
    ids=["AN", "OA", "UW", "SU", "other tool"],
)
def test_nobody_but_the_designer_replaces_a_policy(
    person: Person | None, status: int, code: str
) -> None:
    """M:P-15, Z-080, T-45: and nothing changes"""
    before = stored()
    answer = replace(NOBODY_BUT_BOARD, Api(PLATFORM_HOST, person))
    assert_problem(answer, status, code=code)
    assert stored() == before


def test_a_platform_access_token_replaces_no_policy() -> None:
    """M:P-15: 401, and nothing changes"""
    before = stored()
    api = Api(PLATFORM_HOST, headers=cast.platform_headers("studio.designer"))
    assert_problem(replace(NOBODY_BUT_BOARD, api), 401, code="token-missing")
    assert stored() == before


def test_the_designer_replaces_a_policy_and_it_counts_at_once(
    instance: Instance, storage: Api
) -> None:
    """M:P-15, Z-116: a new deployment with all else as it was"""
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    assert storage.get(url).status_code == 200
    answer = replace(NOBODY_BUT_BOARD)
    assert answer.status_code == 200
    report = answer.json()
    assert report["created"] is True
    assert report["version"] == 2
    assert_problem(storage.get(url), 403, code="not-permitted")
    first, second = Deployment.objects.of_app("nav/app2018").order_by("number")
    assert second.created_by == "studio.designer"
    old, new = (DeploymentFile.objects.contents_of(d.pk) for d in (first, second))
    assert new == {**old, POLICY: NOBODY_BUT_BOARD}


def test_the_same_policy_again_makes_no_deployment() -> None:
    """decisions D-2: and an earlier one is served again"""
    own = (FOLDER / POLICY).read_bytes()
    assert replace(own).json() | {"warnings": []} == {
        "org": "nav", "app": "app2018", "version": 1, "created": False, "warnings": [],
    }  # fmt: skip
    assert replace(NOBODY_BUT_BOARD).json()["version"] == 2
    assert replace(NOBODY_BUT_BOARD).json()["created"] is False
    back = replace(own).json()
    assert (back["version"], back["created"]) == (1, False)
    assert catalogue.definition_of("nav", "app2018").number == 1
    assert Deployment.objects.of_app("nav/app2018").count() == 2


# --- what is refused ------------------------------------------------------------------
HOSTILE: dict[str, tuple[bytes, str]] = {
    "doctype": (
        b'<!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + NOBODY_BUT_BOARD,
        "xml-doctype-refused",
    ),
    "billion laughs": (
        b'<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><p>&b;</p>',
        "xml-doctype-refused",
    ),
    "not closed": (b"<Policy>", "xml-malformed"),
    "empty": (b"", "xml-malformed"),
    "no policy": (b"<x/>", "policy-root"),
    "unknown function": (
        policy_xml.policy(app_rule(policy_xml.match(function="urn:evil"))),
        "policy-function",
    ),
    "regular expression": (
        policy_xml.policy(
            app_rule(
                policy_xml.match(
                    function="urn:oasis:names:tc:xacml:1.0:function:string-regexp-match"
                )
            )
        ),
        "policy-function",
    ),
    "condition with unknown function": (
        policy_xml.policy(
            policy_xml.rule(
                policy_xml.any_of([policy_xml.SUBJECT]),
                body=policy_xml.condition(policy_xml.apply("xpath-node-count")),
            )
        ),
        "policy-function",
    ),
    "nested without end": (b"<a>" * 1000 + b"</a>" * 1000, "xml-too-deep"),
}


@pytest.mark.parametrize("which", HOSTILE)
def test_a_policy_that_cannot_be_evaluated_changes_nothing(which: str) -> None:
    """Z-058, Z-116, T-18, T-45: 400 with the line, and the old one stays in force"""
    content, code = HOSTILE[which]
    before = stored()
    document = assert_problem(replace(content), 400, code="app-folder-refused")
    found = {issue["code"]: issue["pointer"] for issue in document["issues"]}
    assert code in found
    if not code.startswith("xml-"):
        assert found[code].partition(":")[0] == POLICY
        assert int(found[code].partition(":")[2]) >= 1
    assert stored() == before
    assert compiled_policy(catalogue.definition_of("nav", "app2018")).uses_roles


def test_every_finding_is_listed_with_its_line() -> None:
    """T-45"""
    bad = policy_xml.match(function="urn:evil")
    content = policy_xml.policy(app_rule(bad), app_rule(), app_rule(bad))
    issues = assert_problem(replace(content), 400, code="app-folder-refused")["issues"]
    lines = [issue["pointer"].rpartition(":")[2] for issue in issues]
    assert lines == ["3", "4", "5"]


@pytest.mark.parametrize("size", [2**18 + 1, 10 * 2**20])
def test_more_policy_than_any_application_needs_is_413(
    size: int, django_assert_max_num_queries: Any
) -> None:
    """T-47: before anything is read of the app"""
    with django_assert_max_num_queries(0):
        answer = replace(b"<a>".ljust(size))
    assert_problem(answer, 413, code="policy-too-large")


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        (POLICIES, 400, "parameter-invalid"),
        (f"{POLICIES}?org=nav", 400, "parameter-invalid"),
        (f"{POLICIES}?org=nav&app=unknown", 404, "app-not-found"),
        (f"{POLICIES}?org=n%00v&app=app2018", 400, "parameter-invalid"),
    ],
)
def test_the_app_must_be_named(url: str, status: int, code: str) -> None:
    """§3.3"""
    assert_problem(replace(NOBODY_BUT_BOARD, url=url), status, code=code)


def test_what_is_missing_is_told_in_the_callers_language() -> None:
    answer = designer().post(
        f"{POLICIES}?org=nav",
        body=NOBODY_BUT_BOARD,
        content_type="application/xml",
        headers={"Accept-Language": "nn"},
    )
    problem = assert_problem(answer, 400, code="parameter-invalid")
    assert problem["errors"] == {"app": ["Parameteren app manglar; oppgje han."]}


def test_a_policy_is_xml() -> None:
    """415"""
    answer = designer().post(REPLACE, json={})
    assert_problem(answer, 415, code="content-type-unsupported")


def test_a_policy_of_one_app_grants_nothing_on_another() -> None:
    """Z-116, T-45: and is warned of"""
    other = policy_xml.rule(
        policy_xml.any_of([policy_xml.SUBJECT]),
        policy_xml.any_of([policy_xml.match(ast.RESOURCE, ast.APP, "other")]),
        policy_xml.any_of([policy_xml.READ]),
    )
    report = replace(policy_xml.policy(other)).json()
    assert [w["code"] for w in report["warnings"]] == ["policy-names-other-app"]
    compiled = compiled_policy(catalogue.definition_of("nav", "app2018"))
    assert compiled.grants("read") == ()


# --- reading --------------------------------------------------------------------------
@pytest.mark.parametrize(
    "person", [cast.OWNER, cast.DESIGNER], ids=["owner", "designer"]
)
def test_policies_are_read_with_their_versions(person: Person) -> None:
    """The one in force, each earlier one, and the list in pages"""
    own = (FOLDER / POLICY).read_bytes()
    replace(NOBODY_BUT_BOARD)
    api = Api(PLATFORM_HOST, person)
    current = api.get(APP)
    assert (current.content, current["Policy-Version"]) == (NOBODY_BUT_BOARD, "2")
    assert current["Content-Type"] == "application/xml"
    first = api.get(f"{APP}/1")
    assert (first.content, first["Policy-Version"]) == (own, "1")
    assert first["ETag"] != current["ETag"]
    page = api.get(f"{APP}/versions?size=1").json()
    assert [(v["version"], v["served"]) for v in page["versions"]] == [(2, True)]
    newest = Deployment.objects.of_app("nav/app2018").get(number=2)
    assert page["versions"][0]["created"] == wire_time(newest.created)
    assert api.get(page["versions"][0]["href"]).content == NOBODY_BUT_BOARD
    last = api.get(page["next"]).json()
    assert [(v["version"], v["served"]) for v in last["versions"]] == [(1, False)]
    assert last["next"] is None
    assert len(api.get(f"{APP}/versions").json()["versions"]) == 2


def test_a_long_list_takes_three_statements(django_assert_num_queries: Any) -> None:
    """No statement per version"""
    for number in range(5):
        replace(policy_xml.policy(app_rule(policy_xml.match(value=f"R{number}"))))
    with django_assert_num_queries(3):
        listed = Api(PLATFORM_HOST, cast.OWNER).get(f"{APP}/versions").json()
    assert len(listed["versions"]) == 6


@pytest.mark.parametrize("path", [APP, f"{APP}/1", f"{APP}/versions"])
def test_others_read_no_policy_here(path: str) -> None:
    """T-04"""
    for person in (cast.SOPHIE, cast.OTHER_OWNER, cast.SYSTEM_USER, OTHER_TOOL):
        answer = Api(PLATFORM_HOST, person).get(path)
        assert_problem(answer, 403, code="owner-only")
    assert_problem(Api(PLATFORM_HOST).get(path), 401, code="token-missing")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{APP}/2", 404, "deployment-not-found"),
        (f"{APP}/99999999999", 404, "route-not-found"),
        (f"{APP}/9999999999", 404, "route-not-found"),
        (f"{POLICIES}/nav/unknown", 404, "app-not-found"),
        (f"{POLICIES}/nav/unknown/versions", 404, "app-not-found"),
        (f"{APP}/versions?size=0", 400, "parameter-invalid"),
        (f"{APP}/versions?before=x", 400, "parameter-invalid"),
    ],
)
def test_what_is_not_there(path: str, status: int, code: str) -> None:
    assert_problem(Api(PLATFORM_HOST, cast.OWNER).get(path), status, code=code)


# --- roles with access ----------------------------------------------------------------
def test_roles_with_access_are_those_of_the_table() -> None:
    """Z-076: for components of the platform"""
    api = Api(PLATFORM_HOST, headers=cast.platform_headers())
    assert api.get(ROLES).json() == ["dagl", "lede", "priv", "regna"]
    replace(NOBODY_BUT_BOARD)
    assert api.get(ROLES).json() == ["medl"]
    assert_problem(Api(PLATFORM_HOST).get(ROLES), 401, code="token-missing")
    owner = Api(PLATFORM_HOST, cast.OWNER).get(ROLES)
    assert_problem(owner, 403, code="platform-token-missing")
    unknown = api.get(f"{POLICIES}/roleswithaccess/nav/unknown")
    assert_problem(unknown, 404, code="app-not-found")


def test_roles_of_a_policy_with_conditions_are_those_it_names() -> None:
    """Z-076"""
    body = policy_xml.condition(
        policy_xml.apply(
            "string-is-in", policy_xml.literal("nav"), policy_xml.DESIGNATOR
        )
    )
    slow = policy_xml.rule(policy_xml.any_of([policy_xml.SUBJECT]), body=body)
    assert replace(policy_xml.policy(slow)).status_code == 200
    api = Api(PLATFORM_HOST, headers=cast.platform_headers())
    assert api.get(ROLES).json() == ["dagl"]
