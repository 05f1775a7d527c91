"""What application owners and their suppliers do, over HTTP, on a real server.

OWN-3, OWN-4, OWN-7, OWN-8, OWN-13 and OWN-15 of the acceptance journeys.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from urllib.parse import quote, urlsplit

import orjson
import pytest

from instances.models import Instance
from samples.journeys.transport import Answer
from tests.cast import PROPOSAL_PARTY
from tests.factories import FORM
from tests.live.calls import APP, Caller, token_at
from tests.servers import Command, Inside, LiveServer, Template

STORAGE = "/storage/api/v1/instances"
WORK = "org=nav&process.isComplete=true&excludeConfirmedBy=nav&sortBy=asc:lastChanged"
QUIET = 8
WRITERS = 3
SUPPLIER = "312009579"
FOLLOWED = 1.2  # each process looks for new deployments once a second


@pytest.fixture
def own_server(template: Template) -> Iterator[LiveServer]:
    """A server whose instances are one journey's alone."""
    with template.server(Command(workers=2, threads=4)) as running:
        yield running


@pytest.fixture
def user(own_server: LiveServer) -> Caller:
    """Sophie."""
    return Caller.user(own_server)


@pytest.fixture
def owner(own_server: LiveServer) -> Caller:
    """The service owner."""
    return Caller.owner(own_server)


def expected(answer: Answer, status: int) -> Answer:
    """Return the answer if it has this status."""
    assert answer.status == status, answer.text
    return answer


def submit(user: Caller) -> str:
    """Create, fill in and send in; return the guid."""
    guid = user.create()
    expected(user.fill_in(guid), 201)
    expected(user.move_on(guid), 200)
    expected(user.move_on(guid), 200)
    return guid


def pages(owner: Caller, query: str) -> Iterator[list[dict[str, object]]]:
    """Follow a query to its end."""
    address = f"{STORAGE}?{query}"
    while address:
        page = expected(owner.call("GET", address), 200).json()
        yield page["instances"]
        following = urlsplit(page["next"] or "")
        address = f"{following.path}?{following.query}" if page["next"] else ""


def guid_of(instance: dict[str, object]) -> str:
    """Return the guid in an instance's id."""
    return str(instance["id"]).partition("/")[2]


def receive(owner: Caller, instance: dict[str, object]) -> str:
    """Download all of an instance and confirm it; return its guid."""
    guid = guid_of(instance)
    for element in instance["data"]:  # type: ignore[attr-defined]  # a document's
        link = urlsplit(element["selfLinks"]["apps"]).path
        assert len(expected(owner.call("GET", link), 200).body) == element["size"]
    expected(owner.call("POST", f"{APP}/{PROPOSAL_PARTY}/{guid}/complete"), 200)
    return guid


def test_own_3_receive_by_query_while_others_write(user: Caller, owner: Caller) -> None:
    """OWN-3: the walk skips nothing that stood still and repeats nothing"""
    quiet = [submit(user) for _ in range(QUIET)]
    done, later = Event(), []

    def write(_: int) -> None:
        while not done.is_set():
            later.append(submit(user))

    ledger: Counter[str] = Counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, number) for number in range(WRITERS)]
        try:
            for page in pages(owner, f"{WORK}&size=3"):
                ledger.update(receive(owner, instance) for instance in page)
                if len(later) >= 2 * WRITERS:
                    done.set()  # they write no more, so the walk comes to its end
        finally:
            done.set()
        for writer in writers:
            writer.result()
    assert all(ledger[guid] == 1 for guid in quiet)
    assert set(ledger.values()) == {1}
    # At night the same once more, then it is empty, and the ledger has all.
    for page in pages(owner, f"{WORK}&size=100"):
        ledger.update(receive(owner, instance) for instance in page)
    assert [page for page in pages(owner, WORK) if page] == []
    assert ledger == Counter([*quiet, *later])


def test_own_4_pre_instantiate_with_prefill_and_deadline(
    user: Caller, owner: Caller, inside: Inside
) -> None:
    """OWN-4: prefilled, with a deadline, hidden until its day, and made once"""
    now = datetime.now(UTC)
    visible, due = now + timedelta(days=1), now + timedelta(days=30)
    instance = {
        "instanceOwner": {"partyId": str(PROPOSAL_PARTY)},
        "visibleAfter": visible.isoformat(),
        "dueBefore": due.isoformat(),
        "externalReference": "2026-11/12345",
        "dataValues": {"period": "2026-11"},
    }
    body = b"\r\n".join(
        [
            b'--B\r\nContent-Disposition: form-data; name="instance"',
            b"Content-Type: application/json\r\n",
            orjson.dumps(instance),
            b'--B\r\nContent-Disposition: form-data; name="default"',
            b"Content-Type: application/xml\r\n",
            FORM,
            b"--B--\r\n",
        ]
    )
    sent = {"body": body, "content_type": "multipart/form-data; boundary=B"}
    made = expected(owner.call("POST", APP, **sent), 201).json()
    assert made["dueBefore"].startswith(due.isoformat()[:19])
    assert [element["dataType"] for element in made["data"]] == ["default"]
    # The job is started over: it is told what it made.
    again = expected(owner.call("POST", APP, **sent), 409).json()
    assert again["existingInstance"]["id"] == made["id"]
    ours = f"appId=nav/app2018&instanceOwner.partyId={PROPOSAL_PARTY}"
    ours += "&dataValues.period=2026-11"
    shown = f"{ours}&visibleAfter=lte:{{}}"

    def seen() -> list[str]:
        moment = quote(datetime.now(UTC).isoformat())
        found = pages(user, shown.format(moment))
        return [guid_of(one) for page in found for one in page]

    assert seen() == []
    (found,) = [one for page in pages(owner, ours) for one in page]
    assert found["id"] == made["id"]
    with inside(user.server) as alias:  # do what a day does
        hidden = Instance.objects.using(alias).filter(visible_after=visible)
        assert hidden.update(visible_after=now) == 1
    assert seen() == [guid_of(made)]
    expected(user.move_on(guid_of(made)), 200)


def test_own_7_route_and_label(user: Caller, owner: Caller) -> None:
    """OWN-7: the owner's own keys route a case, and it is found by them"""
    guid = submit(user)
    at = f"{STORAGE}/{PROPOSAL_PARTY}/{guid}"
    for end, body in (
        ("datavalues", {"dataValues": {"desk": "north", "case": guid}}),
        ("presentationtexts", {"texts": {"title": f"Sykmelding {guid}"}}),
    ):
        sent = {"body": orjson.dumps(body), "content_type": "application/json"}
        expected(owner.call("PUT", f"{at}/{end}", **sent), 200)
    for query in (
        f"dataValues.case={guid}&dataValues.desk=north",
        f"searchString={quote(f'MELDING {guid}')}",
    ):
        found = pages(owner, f"appId=nav/app2018&{query}")
        assert [guid_of(one) for page in found for one in page] == [guid]
    none = pages(owner, f"appId=nav/app2018&dataValues.case={guid}&dataValues.desk=x")
    assert [page for page in none if page] == []


def test_own_8_who_did_what(user: Caller, owner: Caller) -> None:
    """OWN-8: the process history, and events by type and time"""
    guid = submit(user)
    at = f"{PROPOSAL_PARTY}/{guid}"
    history = owner.call("GET", f"{APP}/{at}/process/history").json()["processHistory"]
    tasks = [one for one in history if one.get("elementId") == "formfilling"]
    assert tasks[-1]["performedBy"]
    assert all(one.get("started") or one.get("occured") for one in history)
    events = f"{STORAGE}/{at}/events"
    listed = expected(owner.call("GET", events), 200).json()["instanceEvents"]
    types = Counter(event["eventType"] for event in listed)
    assert types["Submited"] == 1
    assert {event["user"].get("userId") for event in listed} == {1337}
    query = "?eventTypes=Created&eventTypes=Submited"
    narrowed = owner.call("GET", events + query).json()["instanceEvents"]
    assert {event["eventType"] for event in narrowed} == {"Created", "Submited"}
    span = "from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z"
    assert owner.call("GET", f"{events}?{span}").json()["instanceEvents"] == []


def permit_deletion_to_the_owner(server: LiveServer) -> None:
    """Let the application's policy permit to its owner what it permits to parties."""
    designer = Caller(server, token_at(server, "/Home/GetDesignerToken"))
    policies = "/authorization/api/v1/policies"
    policy = designer.call("GET", f"{policies}/nav/app2018").text
    one = r"<xacml:AllOf>(?:(?!</xacml:AllOf>).)*</xacml:AllOf>"
    blocks = re.findall(one, policy, re.DOTALL)
    (complete,) = [block for block in blocks if ">complete<" in block]
    both = complete + complete.replace(">complete<", ">delete<")
    replaced = designer.call(
        "POST",
        f"{policies}?org=nav&app=app2018",
        body=policy.replace(complete, both).encode(),
        content_type="application/xml",
    )
    expected(replaced, 200)
    time.sleep(FOLLOWED)


def test_own_13_delete_drafts_for_good(user: Caller, owner: Caller) -> None:
    """OWN-13: an owner whose policy permits it clears what a retired app leaves"""
    permit_deletion_to_the_owner(user.server)
    drafts = {user.create() for _ in range(3)}
    kept = submit(user)
    query = "appId=nav/app2018&process.isComplete=false&status.isHardDeleted=false"
    found = [one for page in pages(owner, f"{query}&size=2") for one in page]
    assert drafts <= {guid_of(one) for one in found}
    for one in found:
        expected(owner.call("DELETE", f"{APP}/{one['id']}?hard=true"), 200)
    assert [page for page in pages(owner, query) if page] == []
    party = f"appId=nav/app2018&instanceOwner.partyId={PROPOSAL_PARTY}"
    left = {guid_of(one) for page in pages(user, party) for one in page}
    assert kept in left
    assert not drafts & left
    gone = [
        guid_of(one)
        for page in pages(owner, "appId=nav/app2018&status.isHardDeleted=true")
        for one in page
    ]
    assert drafts <= set(gone)
    designer = Caller(user.server, token_at(user.server, "/Home/GetDesignerToken"))
    application = "/storage/api/v1/applications/nav/app2018"
    retired = expected(designer.call("DELETE", application), 200).json()
    time.sleep(FOLLOWED)
    assert expected(user.call("GET", application), 200).json() == retired
    assert retired["validTo"]


def test_own_15_operate_through_a_supplier(own_server: LiveServer) -> None:
    """OWN-15: a supplier's token for the owner does what the owner's does; no other"""
    user = Caller.user(own_server)
    guid = submit(user)
    path = f"/Home/GetTestOrgToken/nav?supplierOrgNo={SUPPLIER}"
    supplier = Caller(own_server, token_at(own_server, path))
    found = [one for page in pages(supplier, f"{WORK}&size=50") for one in page]
    (mine,) = [one for one in found if guid_of(one) == guid]
    label = {"label": "received", "description": "By the supplier."}
    substatus = f"{STORAGE}/{mine['id']}/substatus"
    sent = {"body": orjson.dumps(label), "content_type": "application/json"}
    expected(supplier.call("PUT", substatus, **sent), 200)
    assert receive(supplier, mine) == guid
    stranger = Caller.owner(own_server, "skd")
    assert stranger.call("GET", f"{STORAGE}?{WORK}").status == 400
    after = expected(supplier.call("GET", f"{STORAGE}/{mine['id']}"), 200).json()
    confirmed = after["completeConfirmations"]
    assert [one["stakeholderId"] for one in confirmed] == ["nav"]
    expected(stranger.call("PUT", substatus, **sent), 403)
    unchanged = supplier.call("GET", f"{STORAGE}/{mine['id']}").json()
    assert unchanged == after
