"""What OpenAPI says of calls that validate."""

from api.application.dry_validation import DryValidationViewSet
from api.application.form_operations import (
    BY_APP,
    EVALUATED,
    FOR_PARTY,
    MODELLED,
    TELLING,
    UNSTORED,
)
from api.application.validation import ValidationViewSet
from api.operations import CONTENT, Answers, Operation, Table
from api.serializers.issues import ValidationIssueSerializer

_ISSUES: Answers = {200: ValidationIssueSerializer(many=True)}
_VALIDATING = (
    "no-current-task",
    "task-not-in-deployment",
    *MODELLED,
    *EVALUATED,
    *BY_APP,
    "app-refused-step",
)

VALIDATION_OPERATIONS: Table = {
    DryValidationViewSet: {
        "validate": Operation(
            "validation_dry",
            "Validation",
            _ISSUES,
            CONTENT,
            (*TELLING, *FOR_PARTY, *UNSTORED, *EVALUATED, "app-refused-step"),
            ("party",),
        ),
    },
    ValidationViewSet: {
        "validate": Operation(
            "validation_list", "Validation", _ISSUES, problems=_VALIDATING
        ),
        "validate_element": Operation(
            "validation_of_element",
            "Validation",
            _ISSUES,
            problems=(*_VALIDATING, "data-type-unknown"),
        ),
    },
}
