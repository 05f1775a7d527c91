"""Rules about fields, and calculations of them, as an application's files have them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from weakref import WeakKeyDictionary

import structlog

from apps_registry.definition import AppDefinition
from apps_registry.errors import AppFileUnreadable
from apps_registry.expressions import Expression, read_expression
from apps_registry.public_files import CALCULATION, VALIDATION, Kind, parsed

log = structlog.get_logger()

_ERROR: Final = "error"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wrong with a field where the condition is true, and how to say it."""

    message: Expression = None
    condition: Expression = None
    severity: str = _ERROR


Rules = Mapping[str, tuple[Rule, ...]]
Calculations = Mapping[str, Expression]

_rules: WeakKeyDictionary[AppDefinition, dict[str, Rules]] = WeakKeyDictionary()
_calculations: WeakKeyDictionary[AppDefinition, dict[str, Calculations]] = (
    WeakKeyDictionary()
)


def rules_of(app: AppDefinition, data_type: str) -> Rules:
    """Return the rules of a data type's fields, by path; none where it has no file.

    A rule without message or condition, or that names another which is not defined, is
    left out, and the log says so.
    """
    known = _rules.setdefault(app, {})
    if data_type not in known:
        known[data_type] = _read_rules(app, data_type)
    return known[data_type]


def calculations_of(app: AppDefinition, data_type: str) -> Calculations:
    """Return the calculations of a data type's fields, by path, in the file's order."""
    known = _calculations.setdefault(app, {})
    if data_type not in known:
        known[data_type] = _read_calculations(app, data_type)
    return known[data_type]


def has_file(app: AppDefinition, data_type: str) -> bool:
    """Whether a data type has rules of its own."""
    return VALIDATION.find(app, data_type) is not None


def _read_rules(app: AppDefinition, data_type: str) -> Rules:
    document = _document(app, VALIDATION, data_type)
    defined: dict[str, Rule] = {}
    for name, given in _members(document.get("definitions")).items():
        rule = _rule(given, defined)
        if rule is None:
            log.warning("rule_unusable", app_id=app.app_id, type=data_type, rule=name)
        else:
            defined[name] = rule
    found: dict[str, tuple[Rule, ...]] = {}
    for field, listed in _members(document.get("validations")).items():
        rules = [_rule(given, defined) for given in listed]
        usable = tuple(r for r in rules if r and _says_something(r))
        if len(usable) < len(rules):
            log.warning("rule_unusable", app_id=app.app_id, type=data_type, field=field)
        found[field] = usable
    return found


def _rule(given: Any, defined: Mapping[str, Rule]) -> Rule | None:
    """Return a rule, or the one that it names with its own members put in."""
    name = given if isinstance(given, str) else given.get("ref")
    base = Rule() if name is None else defined.get(name)
    if base is None or isinstance(given, str):
        return base
    own: dict[str, Any] = {}
    for member in ("message", "condition"):
        if given.get(member) is not None:
            try:
                own[member] = read_expression(given[member])
            except ValueError:
                return None
    if given.get("severity"):
        own["severity"] = str(given["severity"]).lower()
    return replace(base, **own)


def _says_something(rule: Rule) -> bool:
    return rule.message is not None and rule.condition is not None


def _read_calculations(app: AppDefinition, data_type: str) -> Calculations:
    document = _document(app, CALCULATION, data_type)
    found: dict[str, Expression] = {}
    for path, given in _members(document.get("calculations")).items():
        try:
            found[path] = read_expression(_members(given)["expression"])
        except (KeyError, ValueError):
            log.warning("calculation_unusable", app_id=app.app_id, path=path)
    return found


def _document(app: AppDefinition, kind: Kind, data_type: str) -> Mapping[str, Any]:
    if kind.find(app, data_type) is None:
        return {}
    try:
        return _members(parsed(app, kind.path(data_type)))
    except AppFileUnreadable as error:
        log.warning("rules_unreadable", app_id=app.app_id, reason=str(error))
        return {}


def _members(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
