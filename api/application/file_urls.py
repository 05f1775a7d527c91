"""Addresses of what anyone may read of an application, below ``{org}/{app}``."""

from api.application.layouts import LayoutViewSet
from api.application.metadata import MetadataViewSet
from api.application.openapi import AppOpenApiViewSet
from api.application.options import DataListViewSet, OptionViewSet
from api.application.schemas import SchemaViewSet
from api.application.texts import TextViewSet
from api.routes import path

application_files = [
    path(
        "api/v1/meta/authorizationpolicy",
        MetadataViewSet.as_view({"get": "policy"}),
        name="policy",
    ),
    path(
        "api/v1/meta/process",
        MetadataViewSet.as_view({"get": "process"}),
        name="process-definition",
    ),
    path(
        "api/v1/applicationsettings",
        MetadataViewSet.as_view({"get": "front_end"}),
        name="settings",
    ),
    path(
        "api/v1/texts/<str:language>",
        TextViewSet.as_view({"get": "retrieve"}),
        name="texts",
    ),
    path(
        "api/v1/applicationlanguages",
        TextViewSet.as_view({"get": "languages"}),
        name="languages",
    ),
    path("api/v1/footer", LayoutViewSet.as_view({"get": "footer"}), name="footer"),
    path("api/layoutsets", LayoutViewSet.as_view({"get": "sets"}), name="layout-sets"),
    path("api/layouts", LayoutViewSet.as_view({"get": "without_set"}), name="layouts"),
    path(
        "api/layouts/<str:setId>",
        LayoutViewSet.as_view({"get": "layouts"}),
        name="layouts-of-set",
    ),
    path(
        "api/layoutsettings",
        LayoutViewSet.as_view({"get": "common_settings"}),
        name="layout-settings",
    ),
    path(
        "api/layoutsettings/<str:setId>",
        LayoutViewSet.as_view({"get": "settings_of_set"}),
        name="layout-settings-of-set",
    ),
    path(
        "api/rulehandler/<str:setId>",
        LayoutViewSet.as_view({"get": "rule_handler"}),
        name="rule-handler",
    ),
    path(
        "api/ruleconfiguration/<str:setId>",
        LayoutViewSet.as_view({"get": "rule_configuration"}),
        name="rule-configuration",
    ),
    path(
        "api/jsonschema/<str:schemaId>",
        SchemaViewSet.as_view({"get": "json_schema"}),
        name="json-schema",
    ),
    path(
        "api/xsdschema/<str:schemaId>",
        SchemaViewSet.as_view({"get": "xml_schema"}),
        name="xml-schema",
    ),
    path(
        "api/validationconfig/<str:dataType>",
        SchemaViewSet.as_view({"get": "validation"}),
        name="validation-configuration",
    ),
    path(
        "api/options/<str:optionsId>",
        OptionViewSet.as_view({"get": "retrieve"}),
        name="options",
    ),
    path(
        "api/datalists/<str:listId>",
        DataListViewSet.as_view({"get": "retrieve"}),
        name="data-list",
    ),
    path(
        "v1/customOpenapi.json",
        AppOpenApiViewSet.as_view({"get": "document"}),
        name="openapi",
    ),
    path(
        "swagger/v1/swagger.json",
        AppOpenApiViewSet.as_view({"get": "document"}),
        name="swagger-document",
    ),
    path("swagger", AppOpenApiViewSet.as_view({"get": "page"}), name="swagger"),
    path(
        "swagger/index.html",
        AppOpenApiViewSet.as_view({"get": "page"}),
        name="swagger-index",
    ),
]
