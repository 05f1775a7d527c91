"""The wire's documents: one declaration each, for both faces and every address.

A serializer class declares a document for OpenAPI and reads input; a ``…_document``
function beside it builds the same document for answers, several times faster. A
contract test holds the two together.
"""
