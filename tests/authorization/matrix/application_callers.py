"""The rows of authorization.md §6.3 about callers, look-ups and what needs no instance.

Columns: AN OA OB OX EN UR UW UN SU SN.
"""

from hashlib import sha256

from tests.authorization.matrix.rows import (
    APP,
    EVENT_CODE,
    PAYMENT_CODE,
    Row,
    get,
    post,
    put,
)

_I = f"/{APP}/instances/{{P}}/{{guid}}"
_CALLBACK = f"/{APP}/api/v1/notification-webhook-listener/{{P}}/{{guid}}"
_WRONG = {"Authorization": "wrong"}
_NO_IDENTITY = {"SD": "403"}
_AS_THE_DIRECTOR = {"U1": "200", "U0": "200", **_NO_IDENTITY}

# These are about the caller: neither the level nor the policy counts, and who has no
# identity is refused.
CALLER = (
    Row(
        "A-40",
        "401|200|200|200|200|200|200|200|200|200",
        (
            get(f"/{APP}/api/v1/parties"),
            get(f"/{APP}/api/authorization/parties/current"),
        ),
        beyond=_NO_IDENTITY,
    ),
    Row(
        "A-41",
        "401|400|400|400|400|200|200|400|200|400",
        (put(f"/{APP}/api/v1/parties/{{P}}"),),
        beyond=_AS_THE_DIRECTOR,
    ),
    Row(
        "A-42",
        "401|400|400|400|400|200|200|200|400|400",
        (get(f"/{APP}/api/v1/profile/user"),),
        beyond=_NO_IDENTITY,
    ),
    Row(
        "A-43",
        "401|200 true|200 true|200 true|200 false|200 true|200 true|200 false|200 true"
        "|200 false",
        (post(f"/{APP}/api/v1/parties/validateInstantiation?partyId={{P}}"),),
        beyond={"U1": "200 true", "U0": "200 true", **_NO_IDENTITY},
    ),
    Row(
        "A-44",
        "401|200|200|200|200|200|200|200|200|200",
        (get(f"/{APP}/api/authentication/keepAlive"),),
        beyond=_NO_IDENTITY,
    ),
)

_WHOM = {"socialSecurityNumber": "13838441100", "lastName": "Tindlund"}
LOOK_UPS = (
    Row(
        "A-45",
        "401|403|403|403|403|200|200|200|403|403",
        (post(f"/{APP}/api/v1/lookup/person", json=_WHOM),),
        beyond={"U1": "403", "U0": "403"},
    ),
    Row(
        "A-46",
        "401|200|200|200|200|200|200|200|200|200",
        (get(f"/{APP}/api/v1/lookup/organisation/353801961"),),
        beyond=_NO_IDENTITY,
    ),
)

STATELESS = (
    Row(
        "A-36",
        "401|200|200|403|403|200|200|403|200|403",
        (get(f"/{APP}/v1/data?dataType=model", headers={"party": "partyid:{P}"}),),
    ),
    Row(
        "A-37",
        "401|200|200|403|403|200|200|403|200|403",
        (
            post(
                f"/{APP}/v1/data?dataType=model",
                json={},
                headers={"party": "partyid:{P}"},
            ),
        ),
    ),
    Row(
        "A-38",
        "200|200|200|200|200|200|200|200|200|200",
        (
            get(f"/{APP}/v1/data/anonymous?dataType=open"),
            post(f"/{APP}/v1/data/anonymous?dataType=open", json={}),
        ),
    ),
    Row(
        "A-39",
        "401|401|401|401|401|401|401|401|401|401",
        (
            get(f"/{APP}/v1/data/anonymous?dataType=model"),
            post(f"/{APP}/v1/data/anonymous?dataType=model", json={}),
        ),
    ),
    Row(
        "A-39b",
        "400|400|400|400|400|400|400|400|400|400",
        (
            get(f"/{APP}/v1/data/anonymous"),
            get(f"/{APP}/v1/data/anonymous?dataType=unknown"),
        ),
    ),
)

OPEN = (
    Row(
        "A-48",
        "401|401|401|401|401|401|401|401|401|401",
        (
            post(f"/{APP}/api/v1/eventsreceiver?code=wrong", json={"type": "a"}),
            get(f"{_CALLBACK}?code=wrong"),
            get(f"{_CALLBACK}?code={{other_code}}"),
            post(f"{_I}/payment/nets-webhook-listener", headers=_WRONG, json={}),
        ),
    ),
    Row(
        "A-49",
        "200|200|200|200|200|200|200|200|200|200",
        (
            post(
                f"/{APP}/api/v1/eventsreceiver?code={EVENT_CODE}",
                json={"type": "platform.events.validatesubscription"},
            ),
            get(f"{_CALLBACK}?code={{code}}"),
            post(
                f"{_I}/payment/nets-webhook-listener",
                headers={"Authorization": sha256(PAYMENT_CODE.encode()).hexdigest()},
                json={},
            ),
        ),
    ),
    Row(
        "A-47",
        "200|200|200|200|200|200|200|200|200|200",
        (get(f"/{APP}/api/v1/applicationmetadata"), get(f"/{APP}")),
    ),
    Row(
        "A-47-files",
        "200|200|200|200|200|200|200|200|200|200",
        (
            get(f"/{APP}/api/v1/applicationsettings"),
            get(f"/{APP}/api/v1/meta/authorizationpolicy"),
            get(f"/{APP}/api/v1/meta/process"),
            get(f"/{APP}/api/v1/texts/nb"),
            get(f"/{APP}/api/v1/applicationlanguages"),
            get(f"/{APP}/api/v1/footer"),
            get(f"/{APP}/api/layoutsets"),
            get(f"/{APP}/api/layouts/form"),
            get(f"/{APP}/api/layoutsettings"),
            get(f"/{APP}/api/layoutsettings/form"),
            get(f"/{APP}/api/rulehandler/form"),
            get(f"/{APP}/api/ruleconfiguration/form"),
            get(f"/{APP}/api/validationconfig/model"),
            get(f"/{APP}/api/jsonschema/model"),
            get(f"/{APP}/api/xsdschema/model"),
            get(f"/{APP}/api/options/months"),
            get(f"/{APP}/api/datalists/months"),
            get(f"/{APP}/v1/customOpenapi.json"),
        ),
    ),
)

ROWS = (*CALLER, *LOOK_UPS, *STATELESS, *OPEN)
