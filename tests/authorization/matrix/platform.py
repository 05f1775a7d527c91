"""The rows of authorization.md §6.4: components of the platform, and the designer.

Columns: AN OA UW SU PA SD. A row with a word after its id has the calls of that row
that are served apart from the rest, or its second case.
"""

from functools import partial

from tests.authorization.matrix.rows import (
    APP,
    PLATFORM_COLUMNS,
    Row,
    delete,
    get,
    post,
    put,
)

_S = "/storage/api/v1"
_I = f"{_S}/instances/{{P}}/{{guid}}"
_AUTHZ = "/authorization/api/v1"
_REGISTER = "/register/api/v1"
_XACML = "urn:oasis:names:tc:xacml:"
_row = partial(Row, columns=PLATFORM_COLUMNS)

_LATER = "content on demand and the bridge's endpoints are not served"
_FOR_ALL = "200|200|200|200|200|200"
_DESIGNER = "401|403|403|403|401|2xx"
_COMPONENT = "401|403|403|403|200|403"
_APPLICATION = {
    "id": APP,
    "org": "ttd",
    "title": {"nb": "Ny"},
    # Those that other files of the application name.
    "dataTypes": [{"id": "model", "taskId": "Task_1"}, {"id": "attachment"}],
}
_TEXTS = {"language": "nb", "resources": [{"id": "a", "value": "b"}]}
_QUESTION = {
    "Request": {
        "AccessSubject": [
            {"Attribute": [{"AttributeId": "urn:altinn:userid", "Value": "1337"}]}
        ],
        "Action": [
            {
                "Attribute": [
                    {"AttributeId": f"{_XACML}1.0:action:action-id", "Value": "read"}
                ]
            }
        ],
        "Resource": [
            {
                "Attribute": [
                    {"AttributeId": "urn:altinn:org", "Value": "ttd"},
                    {"AttributeId": "urn:altinn:app", "Value": "authz-matrix"},
                    {"AttributeId": "urn:altinn:partyid", "Value": "{P}"},
                ]
            }
        ],
    }
}

STORAGE = (
    _row(
        "P-01",
        _FOR_ALL,
        (
            get(f"{_S}/applications"),
            get(f"{_S}/applications/ttd"),
            get(f"{_S}/applications/{APP}"),
        ),
    ),
    _row(
        "P-02",
        _DESIGNER,
        (
            post(f"{_S}/applications?appId={APP}", json=_APPLICATION),
            put(f"{_S}/applications/{APP}", json=_APPLICATION),
            delete(f"{_S}/applications/{APP}"),
        ),
    ),
    _row(
        "P-03",
        "401|200|200|200|401|200",
        (get(f"{_S}/applications/{APP}/texts/nb"),),
    ),
    _row(
        "P-04",
        _DESIGNER,
        (
            post(f"{_S}/applications/{APP}/texts", json=_TEXTS),
            put(f"{_S}/applications/{APP}/texts/nb", json=_TEXTS),
            delete(f"{_S}/applications/{APP}/texts/nb"),
        ),
    ),
    _row(
        "P-05",
        "401|403|403|403|401|200",
        (get(f"{_S}/studio/instances/{APP}"),),
    ),
    _row(
        "P-06",
        _COMPONENT,
        (
            put(
                f"{_I}/dataelements/{{attachment}}/filescanstatus",
                json={"fileScanResult": "Clean"},
            ),
            get(f"{_I}/dataelementexists/{{attachment}}"),
        ),
    ),
    _row("P-07", _COMPONENT, (get(f"{_I}/process/authinfo"),)),
    _row(
        "P-08",
        "401|403|403|403|200 (issuer `platform` only)|403",
        (
            delete(f"{_S}/cleanup/cleanupinstances"),
            delete(f"{_S}/cleanup/cleanupdataelements"),
            delete(f"{_S}/cleanup/cleanupinstancesforapp/{APP}"),
        ),
        beyond={"PA": "200"},
    ),
    _row(
        "P-09",
        _COMPONENT,
        (get(f"{_S}/contentondemand/ttd/authz-matrix/{{guid}}/{{model}}/nb/html"),),
        later=_LATER,
    ),
    _row(
        "P-10",
        "401|401|401|401|401|401",
        (get(f"{_S}/metrics/instances"),),
    ),
    _row(
        "P-11",
        "401|403|403|403|401|403",
        (post(f"{_S}/sblbridge/correspondencerecipient?partyId={{P}}"),),
        later=_LATER,
    ),
    _row(
        "P-12",
        "404|404|404|404|404|404",
        (
            post(f"{_S}/migration/instance", json={}),
            get(f"{_S}/migration/instance"),
        ),
    ),
)

AUTHORIZATION = (
    _row(
        "P-13",
        "401|401|401|401|200|401",
        (post(f"{_AUTHZ}/decision", json=_QUESTION),),
    ),
    _row(
        "P-14",
        "401|200 / 403|403|403|401|403",
        (post(f"{_AUTHZ}/authorize", json=_QUESTION),),
        beyond={"OA": "403"},  # its token has no such scope
    ),
    _row(
        "P-15",
        "401|403|403|403|401|200",
        (
            post(
                f"{_AUTHZ}/policies?org=ttd&app=authz-matrix",
                body="{policy}",
                content_type="application/xml",
            ),
        ),
    ),
    _row(
        "P-18",
        "401|403|403|403|401|403",
        (
            get(f"{_AUTHZ}/roles?coveredByUserId=1001&offeredByPartyId={{P}}"),
            get(f"{_AUTHZ}/parties?userId=1001"),
        ),
    ),
)

REGISTER = (
    _row(
        "P-16",
        _COMPONENT,
        (
            post(f"{_REGISTER}/parties/lookup", json={"orgNo": "353801961"}),
            post(f"{_REGISTER}/parties/partylist", json=[500000]),
            post(
                f"{_REGISTER}/parties/nameslookup",
                json={"parties": [{"orgNo": "353801961"}]},
            ),
            get(f"{_REGISTER}/organizations/353801961"),
        ),
    ),
    _row("P-17", "401|200|200|401|401|401", (get(f"{_REGISTER}/parties/{{P}}"),)),
)

ROWS = (*STORAGE, *AUTHORIZATION, *REGISTER)
