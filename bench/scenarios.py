"""What callers do, as lists of calls: performance.md's scenarios."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import orjson
from django.conf import settings

from bench.generate import FIRST_PARTY
from bench.load import Call
from bench.serving import Served
from bench.world import PDF, Callers
from data_elements.models import DataElement
from instances.models import Instance

_SAMPLE = 1000
_BLOBS = 64
_KIBIBYTE = 2**10
_PATH = "/storage/api/v1/instances"


@dataclass
class World:
    """What is called about: an org, its largest application, and some instances."""

    server: Served
    app_id: str
    callers: Callers
    draw: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311
    _continued: dict[int, str] = field(default_factory=dict)

    @property
    def org(self) -> str:
        """The org with the most instances."""
        return self.app_id.partition("/")[0]

    @property
    def platform(self) -> dict[str, str]:
        """The service owner's headers on the platform's host."""
        return {"Host": f"platform.{self.server.host}", **self.callers.owner}

    @property
    def portal(self) -> dict[str, str]:
        """The user's headers on the platform's host."""
        return {"Host": f"platform.{self.server.host}", **self.callers.user}

    def some(self, **conditions: object) -> list[Instance]:
        """Return instances that fulfil conditions, in no order that an index has."""
        rows = Instance.objects.filter(**conditions)
        found = list(rows.only("id", "app_id", "owner_party_id")[: 20 * _SAMPLE])
        self.draw.shuffle(found)
        return found

    def listed(self, **parameters: object) -> Call:
        """Return the call of a list by the service owner."""
        return Call("GET", f"{_PATH}?{_query(parameters)}", self.platform)

    def page(self, number: int) -> Call:
        """Return the call of a page of a hundred of the org's list, walking there."""
        if number == 1:
            return self.listed(org=self.org)
        if number not in self._continued:
            self._walk(number)
        token = self._continued[number]
        path = f"{_PATH}?org={self.org}&continuationToken={token}"
        return Call("GET", path, self.platform)

    def _walk(self, number: int) -> None:
        """Follow the list to where a page begins, in steps as large as may be."""
        wanted, token = (number - 1) * 100, ""
        while wanted:
            size = min(1000, wanted)
            path = f"{_PATH}?org={self.org}&size={size}&includeDataElements=false"
            path += f"&continuationToken={token}" if token else ""
            following = self.server.json("GET", path, self.platform)["next"]
            if following is None:
                raise LookupError(f"The org's list has no page {number}.")
            (token,) = (
                value
                for pair in urlsplit(following).query.split("&")
                for name, _, value in [pair.partition("=")]
                if name == "continuationToken"
            )
            wanted -= size
        self._continued[number] = token


def _query(parameters: Mapping[str, object]) -> str:
    return "&".join(
        f"{name.replace('__', '.')}={quote(str(one), safe=':/,')}"
        for name, value in parameters.items()
        for one in (value if isinstance(value, list) else [value])
    )


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of call.

    ``ceiling`` names what pgbench does for the same; ``raw`` says that there is a raw
    view of it. Calls of those that change what they are about are made ``once``.
    Scenarios of one ``group`` take turns with each other.
    """

    name: str
    what: str
    calls: Callable[[World], Sequence[Call]]
    ceiling: str = ""
    raw: bool = False
    once: bool = False
    writes: bool = False
    mixed: bool = False
    group: str = ""


def _get(world: World) -> list[Call]:
    return [
        Call("GET", f"{_PATH}/{one.instance_id}", world.platform)
        for one in world.some(app_id=world.app_id)[:_SAMPLE]
    ]


def _window(world: World) -> list[Call]:
    newest = Instance.objects.filter(app_id=world.app_id).order_by("-created")
    last = newest.values_list("created", flat=True)[:1][0]
    calls = []
    for week in range(4, 60, 4):
        since = last - timedelta(weeks=week)
        span = [f"gte:{since:%Y-%m-%dT%H:%M:%SZ}"]
        until = since + timedelta(days=7)
        span.append(f"lt:{until:%Y-%m-%dT%H:%M:%SZ}")
        calls.append(world.listed(appId=world.app_id, created=span))
    return calls


def _create(world: World) -> list[Call]:
    path = f"/{world.app_id}/instances?instanceOwnerPartyId={FIRST_PARTY}"
    return [Call("POST", path, world.callers.user)]


def _next(world: World) -> list[Call]:
    """Instances in their first task, of parties that the user acts for.

    Their forms are what is validated, so they get a content.
    """
    represented = range(FIRST_PARTY, FIRST_PARTY + 200)
    found = world.some(
        current_task="formfilling",
        data_elements__data_type="default",
        owner_party_id__in=list(represented),
    )
    give_content(found)
    return [
        Call(
            "PUT",
            f"/{one.app_id}/instances/{one.instance_id}/process/next",
            world.callers.user,
        )
        for one in found
    ]


def stated_step() -> bytes:
    """Return the same step as an application's backend states it."""
    task = {
        "flow": 3,
        "started": "2030-01-01T12:00:00Z",
        "elementId": "confirm",
        "name": "Bekreftelse",
        "altinnTaskType": "confirmation",
        "flowType": "CompleteCurrentMoveToNext",
    }
    state = {"started": "2030-01-01T11:00:00Z", "currentTask": task}
    return orjson.dumps({**state, "startEvent": "StartEvent_1"})


def _state(world: World) -> list[Call]:
    """The same step, stated; the backend has validated by itself."""
    body = stated_step()
    headers = {**world.platform, "Content-Type": "application/json"}
    return [
        Call("PUT", f"{_PATH}/{one.instance_id}/process", headers, body)
        for one in world.some(org=world.org, current_task="formfilling")
    ]


def give_content(instances: Sequence[Instance]) -> None:
    """Let the forms of instances share the content of one that the server stored."""
    root = Path(settings.ALTINN_DATA_DIR) / "blobs"
    forms = DataElement.objects.filter(data_type="default").order_by("-id")
    stored = next(form for form in forms[:_SAMPLE] if (root / form.blob_key).exists())
    for first in range(0, len(instances), _SAMPLE):
        some = [one.pk for one in instances[first : first + _SAMPLE]]
        elements = DataElement.objects.filter(instance_id__in=some, data_type="default")
        for element in elements.only("id", "blob_key"):
            link_content(stored.blob_key, element.blob_key)


def link_content(stored: str, key: str) -> None:
    """Give a key the bytes of another, as a second name of one file."""
    root = Path(settings.ALTINN_DATA_DIR) / "blobs"
    path = root / key
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.hardlink_to(root / stored)


def _confirm(world: World) -> list[Call]:
    found = world.some(org=world.org, process_ended__isnull=False, confirmed=False)
    return [
        Call("POST", f"{_PATH}/{one.instance_id}/complete", world.platform)
        for one in found
    ]


def _small_blobs(world: World) -> list[Call]:
    """Contents of 10 KiB for elements of as many instances as there are calls."""
    content = world.draw.randbytes(10 * _KIBIBYTE)
    headers = {
        **world.portal,
        "Content-Type": "application/pdf",
        "Content-Disposition": 'attachment; filename="vedlegg.pdf"',
    }
    calls = []
    for _ in range(_BLOBS):
        path = f"/{world.app_id}/instances?instanceOwnerPartyId={FIRST_PARTY}"
        made = world.server.json("POST", path, world.callers.user)
        base = f"{_PATH}/{made['id']}/data"
        path = f"{base}?dataType=vedlegg"
        element = world.server.json("POST", path, headers, PDF)["id"]
        calls.append(Call("PUT", f"{base}/{element}", headers, content))
    return calls


def _mixed(world: World) -> list[Call]:
    """70 % get, 15 % list, 10 % write, 5 % content."""
    kinds = (
        (70, _get(world)),
        (15, [world.listed(appId=world.app_id)]),
        (10, _create(world)),
        (5, _small_blobs(world)),
    )
    calls = [
        one
        for share, some in kinds
        for one in (some * (10 * share // len(some) + 1))[: 10 * share]
    ]
    world.draw.shuffle(calls)
    return calls


def _inbox(world: World) -> list[Call]:
    path = f"{_PATH}?instanceOwner.partyId={FIRST_PARTY}"
    return [Call("GET", path, world.portal)]


def all_scenarios(instances: int) -> list[Scenario]:
    """Return every scenario; the deep pages are where so many instances have some."""
    depths = (100, 500, 2500) if instances >= 1_000_000 else (10, 25, 50)
    return [
        Scenario("get", "GET an instance", _get, ceiling="get", raw=True),
        Scenario(
            "list",
            "list of 100 of an application",
            lambda world: [world.listed(appId=world.app_id)],
            ceiling="list",
            raw=True,
        ),
        *(
            Scenario(
                f"page-{number}",
                f"page {number} of an org's list",
                lambda world, number=number: [world.page(number)],  # type: ignore[misc]
                group="pages",
            )
            for number in (1, *depths)
        ),
        Scenario(
            "worklist",
            "Q1: an org's ended, unconfirmed instances",
            lambda world: [
                world.listed(
                    org=world.org,
                    process__isComplete="true",
                    excludeConfirmedBy=world.org,
                )
            ],
        ),
        Scenario(
            "task",
            "Q2: an application's instances in a task",
            lambda world: [
                world.listed(appId=world.app_id, process__currentTask="confirm")
            ],
        ),
        Scenario("inbox", "Q5: the largest party's inbox, by a user", _inbox),
        Scenario("window", "Q6: created within seven days", _window),
        Scenario("create", "POST an instance", _create, ceiling="create", writes=True),
        Scenario("next", "process/next", _next, ceiling="next", once=True, writes=True),
        Scenario(
            "state",
            "the same step, stated in storage and not validated",
            _state,
            once=True,
            writes=True,
        ),
        Scenario("confirm", "an org confirms", _confirm, once=True, writes=True),
        Scenario("blob", "PUT 10 KiB of content", _small_blobs, writes=True),
        Scenario(
            "mixed",
            "70 % get, 15 % list, 10 % create, 5 % blob",
            _mixed,
            writes=True,
            mixed=True,
        ),
    ]
