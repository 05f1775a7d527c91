"""What is said of single members of a body, in the caller's language."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from string import Formatter

import pytest
from rest_framework import serializers

import api
from api.problem_texts import said_in, sentence_of
from api.problem_texts.members import MEMBERS, MemberSentence
from instances.models import Instance
from tests.client import Api, assert_problem

INSTANCES = "/nav/app2018/instances"


def _serializers() -> Iterator[type[serializers.Serializer[object]]]:
    """Yield every serializer of the faces."""
    for module in pkgutil.walk_packages(api.__path__, "api."):
        import_module(module.name)
    open_ends: list[type[serializers.Serializer[object]]] = [serializers.Serializer]
    while open_ends:
        for kind in open_ends.pop().__subclasses__():
            open_ends.append(kind)
            if kind.__module__.startswith("api."):
                yield kind


def _sentences(field: serializers.Field[object, object, object, object]) -> set[str]:
    """Return what a field and all below it can say, filled in with something."""
    told = {str(one) for one in field.error_messages.values()}
    for validator in getattr(field, "validators", ()):
        message = getattr(validator, "message", "")
        told.add(str(message() if callable(message) else message))
    below = [getattr(field, "child", None)]
    if isinstance(field, serializers.Serializer):
        below += field.fields.values()
    return told.union(*(_sentences(one) for one in below if one is not None))


def _filled_in(sentence: str) -> str:
    names = {name for _, name, _, _ in Formatter().parse(sentence) if name}
    for name in names:
        sentence = sentence.replace(f"{{{name}}}", "7").replace(f"{{{name}:X}}", "7")
    return sentence


def test_each_sentence_of_the_serializers_has_a_language() -> None:
    said = set().union(*(_sentences(kind()) for kind in set(_serializers()))) - {""}
    assert len(said) > 25
    unknown = {
        one
        for one in said
        if not isinstance(sentence_of(_filled_in(one)), MemberSentence)
    }
    assert unknown == set()


def test_translated_sentences_name_the_values_that_are_given() -> None:
    for english, spoken in MEMBERS.items():
        names = {name for _, name, _, _ in Formatter().parse(english) if name}
        for template in spoken:
            told = {name for _, name, _, _ in Formatter().parse(template) if name}
            assert told == names, english


@pytest.mark.parametrize("value", ["{x}", "a\nb", '"', "7} {"])
def test_what_the_caller_sent_is_told_as_it_is(value: str) -> None:
    message = f'"{value}" is not a valid choice.'
    assert said_in("en", sentence_of(message)) == message
    assert said_in("nb", sentence_of(message)) == f"«{value}» kan ikke velges her."
    other = f"{value} is of no template"
    assert sentence_of(other) == said_in("nn", sentence_of(other)) == other


@pytest.mark.parametrize(
    ("language", "required", "kind", "longest"),
    [
        (
            "en",
            "This field may not be blank.",
            "Not a valid string.",
            "Ensure this field has no more than 255 characters.",
        ),
        (
            "nb",
            "Feltet kan ikke være tomt.",
            "Verdien må være en tekst.",
            "Feltet kan ha høyst 255 tegn.",
        ),
        (
            "nn",
            "Feltet kan ikkje vere tomt.",
            "Verdien må vere tekst.",
            "Feltet kan ha høgst 255 teikn.",
        ),
    ],
)
def test_members_are_told_of_in_the_callers_language(
    owner_app: Api,
    instance: Instance,
    language: str,
    required: str,
    kind: str,
    longest: str,
) -> None:
    """A-016, issue 6 part 8: in `issues` and in `errors`"""
    url = f"{INSTANCES}/{instance.instance_id}"
    for tail, name, value, said in (
        ("process/next", "action", " ", required),
        ("substatus", "label", {}, kind),
        ("substatus", "label", "x" * 256, longest),
    ):
        answer = owner_app.put(
            f"{url}/{tail}", json={name: value}, headers={"Accept-Language": language}
        )
        problem = assert_problem(answer, 400, code="validation-failed")
        assert problem["errors"] == {name: [said]}
        assert [one["detail"] for one in problem["issues"]] == [said]
        assert [one["pointer"] for one in problem["issues"]] == [f"/{name}"]


def test_a_body_that_is_no_object_is_told_of_as_a_whole(
    owner_app: Api, instance: Instance
) -> None:
    """A-016"""
    url = f"{INSTANCES}/{instance.instance_id}/substatus"
    answer = owner_app.put(url, json=[], headers={"Accept-Language": "nn"})
    problem = assert_problem(answer, 400, code="validation-failed")
    assert problem["detail"] == (
        "1 felt i innhaldet er ikkje slik dei må vere: heile innhaldet."
    )
    assert problem["errors"] == {
        "": ["Verdien må vere eit objekt, og er av typen list."]
    }
