"""The examples of docs/queries.md run, and its table has every parameter."""

import re
from pathlib import Path

import orjson
import pytest

from api.queries import PARAMETERS
from instances.models import Instance
from tests.client import Api
from tests.factories import make_instance

PAGE = Path(__file__).resolve().parents[2] / "docs" / "queries.md"
_EXAMPLE = re.compile(r"^```http\n(\w+) (\S+)\n\n?(.*?)^```$", re.M | re.S)
EXAMPLES = _EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("method", "path", "body"), EXAMPLES)
def test_every_example_is_answered(
    owner_storage: Api, method: str, path: str, body: str
) -> None:
    """As the page says, by the owner of the sandbox"""
    ended = make_instance(submitted=True)
    Instance.objects.filter(pk=ended.pk).update(
        data_values={"caseNumber": "2026/17"}, external_reference="2026-11/310000000"
    )
    document = orjson.loads(body) if body else None
    answer = owner_storage.call(method, path, json=document)
    assert answer.status_code == 200, answer.content
    found = [one["id"] for one in answer.json()["instances"]]
    # Two are about spans of time and an owner that the sandbox's instance is not of.
    if "lastChanged=gt:" not in path and method == "GET":
        assert found == [ended.instance_id]


def test_there_are_examples_of_both_ways() -> None:
    """GET and POST"""
    assert {method for method, _, _ in EXAMPLES} == {"GET", "POST"}
    assert len(EXAMPLES) >= 5


def test_the_page_explains_every_parameter() -> None:
    """None is left out, and the token stands in the text"""
    explained = PAGE.read_text(encoding="utf-8")
    missing = [
        name
        for name in PARAMETERS
        if f"`{name.replace('*', '{key}')}`" not in explained
    ]
    assert missing == []
