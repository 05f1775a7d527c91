"""Those who are asked to sign: their rights, what is told of them, and its end."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authorization.models import Delegation
from events.models import CloudEvent
from process import hook_registry
from signing.documents import Signature
from signing.documents import Signee as Signer
from signing.signees import Signee, merged
from tests import cast
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem, body_of
from tests.signing.annual_accounts import (
    ACCOUNTANT,
    AUDITOR,
    CHAIR,
    CHAIRED_ORG,
    REPORT,
    Accounts,
    bring_in,
    bring_in_with_signees,
    filled_in,
    to_be_signed,
)
from tests.signing.test_signing_task import content_of, state

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture(autouse=True)
def nothing_loaded() -> Any:
    """Load code anew in each test."""
    hook_registry._places.cache_clear()
    hook_registry._loaded.cache_clear()
    yield
    hook_registry._places.cache_clear()
    hook_registry._loaded.cache_clear()


@pytest.fixture
def accounts(sandbox: None, tmp_path: Path, settings: LazySettings) -> Accounts:
    """Annual accounts that a person and an organisation are asked to sign."""
    bring_in_with_signees(tmp_path, settings)
    return to_be_signed()


@pytest.fixture
def auditor(sandbox: None) -> Api:
    """The person who is asked, and has no other right."""
    return Api(APP_HOST, AUDITOR)


@pytest.fixture
def chair(sandbox: None) -> Api:
    """Who leads the organisation that is asked."""
    return Api(APP_HOST, CHAIR)


def signee_states(api: Api, accounts: Accounts, query: str = "") -> list[Any]:
    """Return what is told of the signees."""
    answer = api.get(f"{accounts.url}/signing{query}")
    assert answer.status_code == 200, answer.content
    states: list[Any] = answer.json()["signeeStates"]
    return states


def test_who_is_asked_may_read_and_sign(auditor: Api, accounts: Accounts) -> None:
    """A-234: rights that the application gives, bound to the task"""
    given = set(
        Delegation.objects.filter(task="signering").values_list(
            "to_party", "action", "task"
        )
    )
    assert given == {
        (party, action, "signering")
        for party in (510002, 500700)
        for action in ("read", "sign")
    }
    assert auditor.get(accounts.url).status_code == 200
    assert accounts.act(auditor).status_code == 200


def test_signee_states_are_a_locked_element(accounts: Accounts) -> None:
    """A-234"""
    (element,) = accounts.stored("signaturberettigede")
    assert element.is_locked
    assert [one["party_id"] for one in content_of(element)] == [510002, 500700]


def test_each_who_is_asked_is_told_of_in_the_outbox(accounts: Accounts) -> None:
    """A-234: ours, in place of Altinn's message"""
    events = CloudEvent.objects.filter(type="app.instance.signature.requested")
    told = {(one.subject, one.alternative_subject) for one in events}
    assert told == {
        ("/party/510002", "/person/17919033037"),
        ("/party/500700", "/org/334497860"),
    }
    assert {one.resource_instance for one in events} == {accounts.instance.instance_id}


def test_signees_are_shown_with_what_they_signed(
    app: Api, auditor: Api, accounts: Accounts
) -> None:
    """A-187: planned, and who signed unasked"""
    person, organisation = signee_states(app, accounts)
    assert person == {
        "name": "Maren Solbakkmo",
        "organization": None,
        "delegationSuccessful": True,
        "notificationStatus": "NotSent",
        "partyId": 510002,
        "signedTime": None,
    }
    assert (organisation["name"], organisation["organization"]) == (
        None,
        "Solgløtt Øvre Borettslag",
    )
    assert accounts.act(auditor).status_code == 200
    assert accounts.act(app).status_code == 200
    person, organisation, ad_hoc = signee_states(app, accounts)
    assert person["signedTime"].endswith("Z")
    assert organisation["signedTime"] is None
    assert (ad_hoc["name"], ad_hoc["partyId"]) == ("Signe Tindlund", 501337)


def test_signing_for_an_organisation_takes_a_key_role(
    app: Api, auditor: Api, chair: Api, accounts: Accounts
) -> None:
    """A-235: on behalf of"""
    before = state(accounts)
    refused = accounts.act(auditor, onBehalfOf=CHAIRED_ORG)
    problem = assert_problem(refused, 401, code="user-action-on-behalf-of")
    assert problem["error"]["code"] == "UnauthorizedOnBehalfOf"
    refused = accounts.next(app, "sign", actionOnBehalfOf="353801961")
    assert_problem(refused, 403, code="sign-on-behalf-of-not-permitted")
    assert state(accounts) == before
    assert accounts.act(chair, onBehalfOf=CHAIRED_ORG).status_code == 200
    (signature,) = accounts.stored("signatur")
    signee = content_of(signature)["signeeInfo"]
    assert (signee["userId"], signee["organisationNumber"]) == ("1003", CHAIRED_ORG)
    _, organisation = signee_states(app, accounts)
    assert organisation["name"] == "Jonas Vesterøyli"
    assert organisation["signedTime"]


def test_organisations_to_sign_for(
    auditor: Api, chair: Api, accounts: Accounts
) -> None:
    """A-188"""
    path = f"{accounts.url}/signing/organizations"
    assert chair.get(path).json() == {
        "organizations": [
            {
                "orgNumber": CHAIRED_ORG,
                "orgName": "Solgløtt Øvre Borettslag",
                "partyId": 500700,
            }
        ]
    }
    assert auditor.get(path).json() == {"organizations": []}
    owner = Api(APP_HOST, cast.OWNER)
    assert owner.get(path).json() == {"organizations": []}


def test_the_task_waits_for_all_who_are_asked(
    app: Api, auditor: Api, chair: Api, accounts: Accounts
) -> None:
    """A-272"""
    assert accounts.act(auditor).status_code == 200
    before = state(accounts)
    refused = assert_problem(accounts.next(app, "sign"), 409, code="task-not-complete")
    assert [i["code"] for i in refused["validationIssues"]] == ["MissingSignatures"]
    assert state(accounts) == before  # nor is there a signature of the step
    assert accounts.act(chair, onBehalfOf=CHAIRED_ORG).status_code == 200
    assert accounts.next(app, "sign").status_code == 200


def test_who_is_to_sign_is_nobodys_to_say(
    app: Api, tmp_path: Path, settings: LazySettings
) -> None:
    """A-272: a list that somebody uploads beforehand asks nobody"""
    bring_in_with_signees(tmp_path, settings)
    accounts = filled_in()
    sent = Api(PLATFORM_HOST, cast.SOPHIE).post(
        f"/storage/api/v1/instances/{accounts.instance.instance_id}/data"
        "?dataType=signaturberettigede",
        json=[],
    )
    assert sent.status_code == 201, sent.content
    assert accounts.next(app, "write").status_code == 200
    before = state(accounts)
    refused = assert_problem(accounts.next(app, "sign"), 409, code="task-not-complete")
    assert "MissingSignatures" in [i["code"] for i in refused["validationIssues"]]
    assert state(accounts) == before


@pytest.mark.parametrize("action", ["sign", "reject"])
def test_rights_vanish_when_the_task_ends(
    app: Api, auditor: Api, chair: Api, accounts: Accounts, action: str
) -> None:
    """A-237, EUS-6"""
    assert accounts.act(auditor).status_code == 200
    assert accounts.act(chair, onBehalfOf=CHAIRED_ORG).status_code == 200
    assert accounts.next(app, action).status_code == 200
    assert not Delegation.objects.filter(task="signering").exists()
    storage = Api(PLATFORM_HOST, AUDITOR)
    path = f"/storage/api/v1/instances/{accounts.instance.instance_id}"
    for answer in (auditor.get(accounts.url), storage.get(path)):
        assert_problem(answer, 403, code="not-permitted")
    left = accounts.stored("signaturberettigede")
    assert len(left) == (1 if action == "sign" else 0)


def test_rights_vanish_too_when_the_process_is_moved_by_the_platform(
    auditor: Api, accounts: Accounts
) -> None:
    """A-237: whoever moves the instance out of the task"""
    storage = Api(PLATFORM_HOST, cast.SOPHIE)
    path = f"/storage/api/v1/instances/{accounts.instance.instance_id}/process"
    document = accounts.reread().process
    task = {
        **document["currentTask"],
        "elementId": "utfylling",
        "altinnTaskType": "data",
        "flowType": "AbandonCurrentMoveToNext",
    }
    moved = storage.put(path, json={**document, "currentTask": task})
    assert moved.status_code == 200, moved.content
    assert accounts.reread().current_task == "utfylling"
    assert not Delegation.objects.filter(task="signering").exists()
    assert_problem(auditor.get(accounts.url), 403, code="not-permitted")


def test_sent_to_sign_again_asks_again(
    app: Api, auditor: Api, accounts: Accounts
) -> None:
    """A-234, A-237"""
    assert accounts.next(app, "reject").status_code == 200
    assert accounts.next(app, "write").status_code == 200
    assert len(accounts.stored("signaturberettigede")) == 1
    assert accounts.act(auditor).status_code == 200


def test_who_is_not_known_is_noted(
    app: Api, sandbox: None, tmp_path: Path, settings: LazySettings
) -> None:
    """A-234: a failure for one is not fatal"""
    bring_in_with_signees(tmp_path, settings, "AsksUnknown")
    accounts = to_be_signed()
    (unknown,) = signee_states(app, accounts)
    assert unknown["delegationSuccessful"] is False
    assert unknown["partyId"] == 0
    assert not Delegation.objects.filter(task="signering").exists()


@pytest.mark.parametrize("code", ["none", "other"])
def test_without_code_that_names_signees_nobody_is_asked(
    app: Api, sandbox: None, tmp_path: Path, settings: LazySettings, code: str
) -> None:
    """A-234: configuration errors leave the instance where it is"""
    bring_in_with_signees(tmp_path, settings)
    settings.ALTINN_APP_HOOKS = (
        [] if code == "none" else ["nav/aarsregnskap=tests.hooks.app_code:Acts"]
    )
    accounts = filled_in()
    before = state(accounts)
    assert_problem(accounts.next(app, "write"), 500, code="signing-misconfigured")
    assert state(accounts) == before


def test_what_is_signed_is_listed_in_the_order_of_the_task(
    app: Api, accounts: Accounts
) -> None:
    """A-189"""
    answer = app.get(f"{accounts.url}/signing/data-elements")
    elements = answer.json()["dataElements"]
    assert [one["id"] for one in elements] == [
        accounts.elements[name] for name in ("regnskap", "noter", "vedlegg")
    ]
    own = app.get(elements[0]["selfLinks"]["apps"].partition(":8000")[2])
    assert body_of(own) == REPORT


@pytest.mark.parametrize("tail", ["", "/organizations", "/data-elements"])
def test_other_tasks_are_no_signing_tasks(
    app: Api, accounts: Accounts, tail: str
) -> None:
    """A-187"""
    path = f"{accounts.url}/signing{tail}"
    problem = assert_problem(
        app.get(f"{path}?taskId=utfylling"), 400, code="not-a-signing-task"
    )
    assert problem["title"] == "Not a signing task"
    assert app.get(f"{path}?taskId=signering").status_code == 200
    assert_problem(Api(APP_HOST).get(path), 401, code="token-missing")
    stranger = Api(APP_HOST, cast.STRANGER)
    assert_problem(stranger.get(path), 403, code="not-permitted")


def test_after_the_end_signees_are_told_by_the_task(
    app: Api, sandbox: None, tmp_path: Path
) -> None:
    """A-187: taskId names a task that is over"""
    bring_in(tmp_path)
    accounts = to_be_signed()
    assert accounts.next(app, "sign").status_code == 200
    assert_problem(app.get(f"{accounts.url}/signing"), 400, code="not-a-signing-task")
    (signe,) = signee_states(app, accounts, "?taskId=signering")
    assert (signe["name"], signe["partyId"]) == ("Signe Tindlund", 501337)


def test_many_signees_take_as_many_statements_as_two(
    sandbox: None, tmp_path: Path, settings: LazySettings
) -> None:
    """No statement per signee"""
    counts = []
    for hooks in ("AsksTwo", "AsksTwo", "AsksMany"):
        hook_registry._places.cache_clear()
        hook_registry._loaded.cache_clear()
        bring_in_with_signees(tmp_path, settings, hooks)
        accounts = filled_in()
        with CaptureQueriesContext(connection) as queries:
            moved = accounts.next(Api(APP_HOST, cast.SOPHIE), "write")
        assert moved.status_code == 200, moved.content
        # The registry is asked at most once a second, whatever is done.
        counts.append(len([q for q in queries if "registryversion" not in q["sql"]]))
    assert counts[1] == counts[2]


def test_organisations_that_signed_are_named_by_one_statement(sandbox: None) -> None:
    """A-187: no statement for each of them"""
    counts = []
    for numbers in ([CHAIRED_ORG], [CHAIRED_ORG, "353801961"]):
        planned = [
            Signee(party_id=0, organisation=number, organisation_number=number)
            for number in numbers
        ]
        made = [
            Signature(Signer(user_id="1003", organisation_number=number), None, ())
            for number in numbers
        ]
        with CaptureQueriesContext(connection) as queries:
            told = merged(planned, made)
        assert {one.name for one in told} == {"Jonas Vesterøyli"}
        counts.append(len(queries))
    assert counts == [1, 1]


def test_the_accountant_reads_who_is_to_sign(accounts: Accounts) -> None:
    """A-187: it takes the right to read, no more"""
    assert len(signee_states(Api(APP_HOST, ACCOUNTANT), accounts)) == 2


def test_content_signed_by_two_is_the_same(
    app: Api, auditor: Api, accounts: Accounts
) -> None:
    """A-235"""
    assert accounts.act(app).status_code == 200
    assert accounts.act(auditor).status_code == 200
    first, second = map(content_of, accounts.stored("signatur"))
    assert first["dataElementSignatures"] == second["dataElementSignatures"]
    assert len(first["dataElementSignatures"]) == 3
