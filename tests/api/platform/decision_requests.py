"""Decision requests written short, and clients that ask them."""

from typing import Any

from apps_registry import xacml_ast as ast
from tests import cast
from tests.client import PLATFORM_HOST, Api

URL = "/authorization/api/v1/decision"
USER, ROLE = "urn:altinn:userid", "urn:altinn:rolecode"
SYNTAX_ERROR = "urn:oasis:names:tc:xacml:1.0:status:syntax-error"
PROCESSING_ERROR = "urn:oasis:names:tc:xacml:1.0:status:processing-error"
MISSING = "urn:oasis:names:tc:xacml:1.0:status:missing-attribute"
OK = "urn:oasis:names:tc:xacml:1.0:status:ok"


def component() -> Api:
    """Return a component that calls with its platform access token alone."""
    return Api(PLATFORM_HOST, headers=cast.platform_headers("pep"))


def category(name: str = "", *, show: str = "", **attributes: object) -> dict[str, Any]:
    """Return a category; names of attributes may leave out ``urn:altinn:``."""
    listed = []
    for short, value in attributes.items():
        plain = short.replace("__", ":").replace("_", "-")
        name_of = plain if plain.startswith("urn:") else f"urn:altinn:{plain}"
        if plain == "action-id":
            name_of = ast.ACTION_ID
        values = value if isinstance(value, list) else [value]
        listed += [
            {
                "AttributeId": name_of,
                "Value": one,
                **({"IncludeInResult": True} if short in show.split() else {}),
            }
            for one in values
        ]
    return {**({"Id": name} if name else {}), "Attribute": listed}


def request(
    *,
    subject: dict[str, object] | None = None,
    resource: dict[str, object] | None = None,
    action: object = "read",
    show: str = "",
) -> dict[str, Any]:
    """Return a single request; without more, whether Sophie may read in the app."""
    subject = {"userid": "1337"} if subject is None else subject
    app: dict[str, object] = {"org": "nav", "app": "app2018", "partyid": "500000"}
    resource = app if resource is None else resource
    return {
        "Request": {
            "AccessSubject": [category(show=show, **subject)],
            "Action": [category(show=show, action_id=action)],
            "Resource": [category(show=show, **resource)],
        }
    }


def multi(
    subjects: dict[str, dict[str, object]],
    actions: dict[str, str],
    resources: dict[str, dict[str, object]],
    references: list[list[str]],
    *,
    show: str = "instance_id action_id",
) -> dict[str, Any]:
    """Return a multi-request."""
    listed = [{"ReferenceId": names} for names in references]
    return {
        "Request": {
            "AccessSubject": [category(n, show=show, **s) for n, s in subjects.items()],
            "Action": [category(n, show=show, action_id=a) for n, a in actions.items()],
            "Resource": [category(n, show=show, **r) for n, r in resources.items()],
            "MultiRequests": {"RequestReference": listed},
        }
    }


def ask(body: object, api: Api | None = None, url: str = URL) -> list[dict[str, Any]]:
    """Ask, and return the results."""
    answer = (api or component()).post(url, json=body)
    assert answer.status_code == 200, answer.content
    results: list[dict[str, Any]] = answer.json()["Response"]
    return results


def decision(body: object, api: Api | None = None, url: str = URL) -> str:
    """Ask one request, and return the decision."""
    (result,) = ask(body, api, url)
    return str(result["Decision"])


def status(body: object) -> tuple[str, str]:
    """Ask one request, and return decision and status code."""
    (result,) = ask(body)
    return str(result["Decision"]), str(result["Status"]["StatusCode"]["Value"])
