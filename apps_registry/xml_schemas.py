"""XML schemas of an application's folder, which include files of the folder alone."""

import posixpath
from collections.abc import Mapping
from urllib.parse import quote, unquote

from lxml import etree

from common import xml

_ROOT = "app://folder/"  # what the addresses of a folder's schemas begin with


def compiled(files: Mapping[str, bytes], name: str) -> etree.XMLSchema:
    """Return the schema of this name, ready to use.

    Raises XMLSchemaParseError and what malformed XML raises.
    """
    resolver = _OwnFiles(files)
    root = xml.parse(files[name], name=_ROOT + quote(name), resolver=resolver)
    return etree.XMLSchema(root)


class _OwnFiles(etree.Resolver):
    """Finds the schemas that a schema names among the folder's own files, only there.

    lxml would look for them on the disk.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def resolve(  # type: ignore[override]  # the stubs lack the context
        self, system_url: str, public_id: str, context: object
    ) -> object:
        """Return the file of this address.

        What is raised here, lxml reports as a resource that cannot be parsed.
        """
        path = posixpath.normpath(unquote(system_url.removeprefix(_ROOT)))
        if not system_url.startswith(_ROOT) or path not in self._files:
            raise FileNotFoundError(system_url)
        content = self._files[path]
        xml.parse(content)
        return self.resolve_string(content, context, base_url=system_url)
