"""What calls about large forms cost beside the least that does the same.

The forms are of the sample application, deployed once more with a model that lets them
grow. Two ways take turns, each with instances of its own where it changes them.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
from django.core.handlers.wsgi import WSGIHandler
from lxml import etree

from altinn import collector
from apps_registry.services import import_app
from bench.generate import FIRST_PARTY
from bench.in_process import Caller
from bench.scenarios import stated_step
from bench.timing import Comparison, alternate
from bench.world import FORM, Callers, copy_sample

_KILOBYTE = 1000
_PLATFORM = "/storage/api/v1/instances"
_XML, _JSON = "application/xml", "application/json"
_MODELS = "App/models/sykmelding"
_PERIOD = (
    b"  <periode>\n    <fom>2018-10-06</fom>\n    <tom>2018-10-12</tom>\n"
    b"    <grad>50</grad>\n  </periode>\n"
)
_NUMBERS: Mapping[str, Callable[[str], object]] = {
    "grad": int,
    "stillingsprosent": int,
    "friskmeldtEtterPerioden": lambda text: text == "true",
}


def compare(org: str, *, rounds: int) -> Iterator[Comparison]:
    """Measure a step with a form of 50 kB, and a patch of one of 200 kB."""
    collector.spare()  # as the server does
    with tempfile.TemporaryDirectory() as folder:
        schema = _deploy(Path(folder), f"{org}/storskjema")
    calls = _Calls(f"{org}/storskjema", org)
    yield _step(calls, rounds)
    yield _patch(calls, schema, rounds)


class _Calls:
    """Calls of a user and of the service owner about instances of one application."""

    def __init__(self, app_id: str, org: str) -> None:
        callers = Callers.of(org)
        self._handler = WSGIHandler()
        self._user = Caller(callers.user)
        self._owner = Caller(callers.owner, "platform")
        self._app = f"/{app_id}/instances"

    def made(self, form: bytes) -> tuple[str, str]:
        """Make an instance with a form; return both ids."""
        path = f"{self._app}?instanceOwnerPartyId={FIRST_PARTY}"
        instance = orjson.loads(self._as_user("POST", path))["id"]
        path = f"{self._app}/{instance}/data?dataType=default"
        return instance, orjson.loads(self._as_user("POST", path, form, _XML))["id"]

    def next(self, instance: str) -> None:
        """Leave the task, which validates the form."""
        self._as_user("PUT", f"{self._app}/{instance}/process/next")

    def state(self, instance: str) -> None:
        """State the same step as an application's backend does, in storage."""
        path = f"{_PLATFORM}/{instance}/process"
        self._owner.call(self._handler, "PUT", path, stated_step(), _JSON)

    def patch(self, instance: str, element: str, value: int) -> None:
        """Set one field of a form."""
        operation = {"op": "replace", "path": "/periode/7/grad", "value": value}
        body = orjson.dumps({"patch": [operation], "ignoredValidators": []})
        path = f"{self._app}/{instance}/data/{element}"
        self._as_user("PATCH", path, body, _JSON)

    def _as_user(
        self, method: str, path: str, body: bytes = b"", kind: str = ""
    ) -> bytes:
        return self._user.call(self._handler, method, path, body, kind)


def _step(calls: _Calls, rounds: int) -> Comparison:
    form = _form(50 * _KILOBYTE)
    number = rounds + 2  # two are called before the first round
    stated = iter([calls.made(form)[0] for _ in range(number)])
    moved = iter([calls.made(form)[0] for _ in range(number)])
    fast, slow = alternate(
        lambda: calls.state(next(stated)),
        lambda: calls.next(next(moved)),
        rounds=rounds,
        seconds=0,  # each round is one call
    )
    return Comparison(
        "process/next with a form of 50 kB",
        "the platform's process update",
        fast,
        "validated and moved on",
        slow,
        at_most=3,
        note=f"{len(form):,} bytes",
    )


def _patch(calls: _Calls, schema: dict[str, Any], rounds: int) -> Comparison:
    form = _form(200 * _KILOBYTE)
    instance, element = calls.made(form)
    library = jsonschema_rs.validator_for(schema, validate_formats=True, offline=True)
    grades = cycle(range(1, 100))

    def bare() -> bytes:
        document = _read(form)
        document["periode"][7]["grad"] = next(grades)
        assert library.is_valid(document)  # noqa: S101  what is measured is right
        return _written(document)

    fast, slow = alternate(
        bare,
        lambda: calls.patch(instance, element, next(grades)),
        rounds=rounds,
        seconds=0,
    )
    return Comparison(
        "PATCH of one field in a form of 200 kB",
        "a bare function",
        fast,
        "the whole call",
        slow,
        at_most=4,
        note=f"{len(form):,} bytes",
    )


def _deploy(folder: Path, app_id: str) -> dict[str, Any]:
    """Deploy the sample under another name, for long forms; return its JSON schema."""
    copy_sample(folder, app_id)
    xsd, schema = (folder / f"{_MODELS}{kind}" for kind in (".xsd", ".schema.json"))
    xsd.write_text(xsd.read_text("utf-8").replace('="24"', '="unbounded"'), "utf-8")
    text = schema.read_text("utf-8").replace('"maxItems": 24', '"maxItems": 100000')
    schema.write_text(text, "utf-8")
    import_app(folder)
    document: dict[str, Any] = json.loads(text)
    return document


def _form(size: int) -> bytes:
    """Return the sample's form with so many periods that it has about so many bytes."""
    before, first, rest = FORM.partition(b"  <periode>")
    return before + _PERIOD * ((size - len(FORM)) // len(_PERIOD)) + first + rest


def _read(content: bytes) -> dict[str, Any]:
    """Read this very form, and no other."""

    def value(element: etree._Element) -> Any:
        if len(element):
            return {one.tag: value(one) for one in element}
        return _NUMBERS.get(element.tag, str)(element.text or "")

    root = etree.fromstring(content)
    document = {one.tag: value(one) for one in root if one.tag != "periode"}
    return {**document, "periode": [value(one) for one in root.iter("periode")]}


def _written(document: Mapping[str, Any]) -> bytes:
    def add(parent: etree._Element, name: str, value: object) -> None:
        for one in value if isinstance(value, list) else [value]:
            element = etree.SubElement(parent, name)
            if isinstance(one, dict):
                for key, inner in one.items():
                    add(element, key, inner)
            else:
                element.text = str(one)

    root = etree.Element("sykmelding")
    for name, value in document.items():
        add(root, name, value)
    return etree.tostring(root)
