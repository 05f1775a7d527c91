"""XML schemas of data models: each can be read, and includes files of the folder."""

from lxml import etree

from apps_registry.app_contents import Contents
from apps_registry.xml_schemas import compiled
from common.errors import DomainError


def check_xml_schemas(contents: Contents) -> None:
    """Note the XML schemas that cannot be used."""
    for file in contents.files:
        if file.endswith(".xsd"):
            _check_xsd(contents, file)


def _check_xsd(contents: Contents, name: str) -> None:
    findings = contents.findings
    try:
        compiled(contents.files, name)
    except DomainError as error:
        line = error.context.get("line", 1)
        findings.error(f"{name}:{line}", error.code, error.detail)
    except etree.XMLSchemaParseError as error:
        last = error.error_log.last_error
        line = max(1, last.line) if last else 1
        findings.error(f"{name}:{line}", "schema-malformed", str(error))
