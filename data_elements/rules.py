"""What the application API holds a change of data to (app-api.md §5.1, §5.3).

The platform API holds it to none of this: there the policy alone decides.
"""

from mimetypes import MimeTypes
from pathlib import PurePath

from apps_registry.definition import MEBIBYTE, PDF_TYPE, DataType
from common.errors import Conflict, Forbidden, Invalid, Phrase, UnsupportedMedia
from data_elements.models import DataElement
from instances.errors import InstanceNotActive
from instances.models import Instance
from parties.identity import Principal, PrincipalKind

_ANY = "application/octet-stream"
_PACKED = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "xz": "application/x-xz",
    "compress": "application/x-compress",
}
_ALIASES = {
    "application/xml": {"text/xml"},
    "application/zip": {"application/x-zip-compressed", "application/zip-compressed"},
    "audio/m4a": {"audio/x-m4a"},
    "video/3gpp": {"audio/3gpp"},
}
_XML, _JSON = ("application/xml", "text/xml"), ("application/json", "text/json")


class GeneratedTypeRefused(Forbidden):
    """Elements of this type are made by the server alone."""

    code = "data-type-generated"
    title = "Forbidden"
    detail = "Data element of type {data_type} cannot be modified"


class ContributorRefused(Forbidden):
    """The data type names who may contribute, and the caller is not among them."""

    code = "contributor-not-allowed"
    title = "Forbidden"
    detail = "User is not a valid contributor to the data type"


class OtherTaskRefused(Conflict):
    """The application lets elements of this type change in their own task alone."""

    code = "data-type-of-other-task"
    title = "Conflict with Current Task"
    detail = (
        "Data element of type {data_type} can only be modified in {task} (current task"
        " {current})"
    )


class NoCurrentTask(Conflict):
    """The instance stands in no task, so its data cannot change."""

    code = "no-current-task"
    title = "No current task"
    detail = "Cannot {verb} data element without a current task"


class UserCreateDisallowed(Invalid):
    """The application itself makes elements of this type."""

    code = "user-create-disallowed"
    title = "User Create Disallowed"
    detail = (
        "Cannot create data element of type {data_type} as it is disallowed by app"
        " logic"
    )


class UserDeleteDisallowed(Invalid):
    """The application itself deletes elements of this type."""

    code = "user-delete-disallowed"
    title = "User Delete Disallowed"
    detail = (
        "Cannot delete data element of type {data_type} as it is disallowed by app"
        " logic"
    )


class MainElementKept(Invalid):
    """The application needs this form, so it can be replaced and not deleted."""

    code = "main-element-kept"
    title = "Cannot Delete main data element"
    detail = "Cannot delete the only data element of a class with app logic"


class UploadRefused(Invalid):
    """The file is not one that its data type takes.

    ``uploadValidationIssues`` says why.
    """

    code = "file-refused"
    title = "File validation failed"
    detail = "Invalid data provided. Error: {reason}"

    def __init__(self, issue_code: str, reason: Phrase) -> None:
        """State one finding, as clients know it."""
        issue = {
            "severity": 1,
            "dataElementId": None,
            "field": None,
            "code": issue_code,
            "description": Phrase(
                "Invalid data provided. Error: {reason}", reason=reason
            ),
            "source": "DataRestrictionValidation",
        }
        super().__init__(members={"uploadValidationIssues": [issue]}, reason=reason)


class FormTypeUnsupported(UnsupportedMedia):
    """Form data is XML or JSON.

    Send it with the Content-Type ``application/xml`` or ``application/json``.
    """

    code = "form-content-type-unsupported"
    title = "Unsupported content type"
    detail = "Content type {content_type} is not supported for deserialization"


def ensure_may_contribute(principal: Principal, *, data_type: DataType) -> None:
    """Raise unless the caller is one whose elements of this type the app takes."""
    _ensure_not_generated(data_type)
    if data_type.allowed_contributors and not _contributes(principal, data_type):
        raise ContributorRefused


def ensure_may_create(principal: Principal, *, data_type: DataType) -> None:
    """Raise unless the caller may add elements of the type to an instance."""
    ensure_may_contribute(principal, data_type=data_type)
    if (
        data_type.disallow_user_create
        and principal.kind is not PrincipalKind.SERVICE_OWNER
    ):
        raise UserCreateDisallowed(data_type=data_type.id)


def ensure_in_task(data_type: DataType, *, current: str | None) -> None:
    """Raise unless this is the task of the type, or it belongs to none (M2)."""
    _ensure_not_generated(data_type)
    if data_type.task_id and data_type.task_id != current:
        raise OtherTaskRefused(
            data_type=data_type.id,
            task=data_type.task_id,
            current=current or Phrase("none"),
        )


def ensure_mutable(
    principal: Principal, *, instance: Instance, data_type: DataType
) -> None:
    """Raise unless the caller may change elements of the type in this instance now."""
    _ensure_not_generated(data_type)
    if not instance.is_active:
        raise InstanceNotActive(instance_id=instance.instance_id)
    ensure_may_contribute(principal, data_type=data_type)


def ensure_creatable(
    principal: Principal, *, instance: Instance, data_type: DataType
) -> None:
    """Raise unless the caller may add an element of the type now.

    The count comes later.
    """
    ensure_mutable(principal, instance=instance, data_type=data_type)
    ensure_may_create(principal, data_type=data_type)
    if instance.current_task is None:
        raise NoCurrentTask(verb="create")


def ensure_replaceable(
    principal: Principal, *, instance: Instance, data_type: DataType
) -> None:
    """Raise unless the caller may replace an element of the type now."""
    ensure_mutable(principal, instance=instance, data_type=data_type)
    if instance.current_task is None:
        raise NoCurrentTask(verb="update")


def ensure_deletable(
    principal: Principal, *, instance: Instance, data_type: DataType
) -> None:
    """Raise unless the caller may delete an element of the type now."""
    ensure_mutable(principal, instance=instance, data_type=data_type)
    if data_type.is_form and data_type.max_count == data_type.min_count == 1:
        raise MainElementKept
    if (
        data_type.disallow_user_delete
        and principal.kind is not PrincipalKind.SERVICE_OWNER
    ):
        raise UserDeleteDisallowed(data_type=data_type.id)
    if instance.current_task is None:
        raise NoCurrentTask(verb="delete")


def ensure_form_type(
    data_type: DataType, *, content_type: str | None, has_model: bool
) -> None:
    """Raise unless form data comes as XML or JSON.

    With a model it is kept as a type that is allowed, whatever it came as.
    """
    given = _media_type(content_type) or _XML[0]
    if given not in (*_XML, *_JSON):
        raise FormTypeUnsupported(content_type=content_type)
    if not has_model:
        _ensure_allowed(data_type, given)


def ensure_file_type(
    data_type: DataType,
    *,
    has_disposition: bool,
    filename: str | None,
    content_type: str | None,
    length: int | None,
) -> None:
    """Raise UploadRefused unless an attachment has name, fitting type and size."""
    if not has_disposition:
        reason = Phrase("The request must include a Content-Disposition header")
        raise UploadRefused("ContentTypeNotAllowed", reason)
    if (
        length is not None
        and data_type.max_bytes is not None
        and length > data_type.max_bytes
    ):
        reason = Phrase(
            "Binary attachment exceeds limit of {limit}", limit=data_type.max_bytes
        )
        raise UploadRefused("DataElementTooLarge", reason)
    if not filename:
        reason = Phrase("The Content-Disposition header must contain a valid filename")
        raise UploadRefused("MissingFileName", reason)
    if not PurePath(filename).suffix:
        reason = Phrase(
            "Invalid format for filename: {filename}."
            " Filename is expected to end with '.{{filetype}}'.",
            filename=filename,
        )
        raise UploadRefused("InvalidFileNameFormat", reason)
    if not data_type.allowed_content_types:
        return
    if not content_type:
        reason = Phrase("Content-Type header must be included in request.")
        raise UploadRefused("InvalidFileNameFormat", reason)
    ensure_type_fits_name(content_type, filename)
    _ensure_allowed(data_type, _media_type(content_type))


def ensure_type_fits_name(content_type: str, filename: str) -> None:
    """Raise UploadRefused when the header says another type than the extension."""
    expected = type_of(filename)
    given = _media_type(content_type)
    if given not in (_ANY, expected, *_ALIASES.get(expected, ())):
        reason = Phrase(
            "Content type header {stated} does not match mime type {expected}"
            " for uploaded file. Please fix header or upload another file.",
            stated=content_type,
            expected=expected,
        )
        raise UploadRefused("InvalidFileNameFormat", reason)


def type_of(filename: str) -> str:
    """Return the media type that a file's extension stands for."""
    media_type, packing = _TYPES.guess_type(filename.lower(), strict=False)
    if packing is not None:
        return _PACKED.get(packing, _ANY)  # of x.pdf.gz the content is no PDF
    return media_type or _ANY


def extension_of(content_type: str | None) -> str:
    """Return the extension that a media type stands for, with its dot, or nothing."""
    given = _media_type(content_type)
    plain = "." + given.rpartition("/")[2]  # of several the one that is named alike
    if type_of(f"a{plain}") == given != _ANY:
        return plain
    return _TYPES.guess_extension(given, strict=False) or ""


def is_allowed(data_type: DataType, content_type: str | None) -> bool:
    """Whether the data type takes content of this type; without a list it takes any."""
    allowed = {entry.lower() for entry in data_type.allowed_content_types}
    return not allowed or _ANY in allowed or _media_type(content_type) in allowed


def is_too_large(data_type: DataType, element: DataElement) -> bool:
    """Whether the content is larger than the type allows."""
    return data_type.max_bytes is not None and element.size > data_type.max_bytes


def limit_in_bytes(data_type: DataType) -> int:
    """Return the size limit of an upload in the application API."""
    return data_type.max_bytes if data_type.max_bytes is not None else 2000 * MEBIBYTE


def _ensure_not_generated(data_type: DataType) -> None:
    if data_type.id.lower() == PDF_TYPE:
        raise GeneratedTypeRefused(data_type=data_type.id)


def _ensure_allowed(data_type: DataType, given: str) -> None:
    if not is_allowed(data_type, given):
        permitted = ", ".join(data_type.allowed_content_types)
        reason = Phrase(
            "Invalid content type: {given}. Please try another file."
            " Permitted content types include: {permitted}",
            given=given,
            permitted=permitted,
        )
        raise UploadRefused("ContentTypeNotAllowed", reason)


def _contributes(principal: Principal, data_type: DataType) -> bool:
    if principal.kind is not PrincipalKind.SERVICE_OWNER:
        return False
    names = {f"org:{principal.org}", f"orgno:{principal.org_number}"}
    return not names.isdisjoint(data_type.allowed_contributors)


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def _types() -> MimeTypes:
    """Return Python's own table, independent of the machine's, with what it lacks."""
    table = MimeTypes(filenames=())
    office = "application/vnd.openxmlformats-officedocument"
    for extension, media_type in {
        ".xml": "application/xml",
        ".zip": "application/zip",
        ".m4a": "audio/m4a",
        ".3gp": "video/3gpp",
        ".eml": "message/rfc822",
        ".heic": "image/heic",
        ".docx": f"{office}.wordprocessingml.document",
        ".xlsx": f"{office}.spreadsheetml.sheet",
        ".pptx": f"{office}.presentationml.presentation",
        ".odt": "application/vnd.oasis.opendocument.text",
        ".ods": "application/vnd.oasis.opendocument.spreadsheet",
        ".odf": "application/vnd.oasis.opendocument.formula",
    }.items():
        table.add_type(media_type, extension)
    return table


_TYPES = _types()
