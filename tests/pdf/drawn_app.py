"""The sample application with a subform for each workplace, and receipts of them."""

import json
from pathlib import Path

from process.hooks import AppHooks, PdfLayout, PdfQuery
from tests.hooks.service_app import write_service_app

SUBFORM = "arbeidssted"
COMPONENT = "arbeidssteder"
NAME_KEY = "kvittering.navn"
_TYPES = [
    {
        "id": SUBFORM,
        "taskId": "formfilling",
        "maxCount": 0,
        "enablePdfCreation": False,
        "appLogic": {"classRef": f"Altinn.App.Models.{SUBFORM}"},
    },
    {"id": "ref-data-as-pdf", "allowedContentTypes": ["application/pdf"]},
]
_XSD = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="arbeidssted"><xs:complexType><xs:sequence>
    <xs:element name="navn" type="xs:string" minOccurs="0"/>
    <xs:element name="gate" type="xs:string" minOccurs="0"/>
  </xs:sequence></xs:complexType></xs:element></xs:schema>"""
_EXTENSION = (
    "<altinn:subformPdfConfig>"
    f"<altinn:filenameTextResourceKey>{NAME_KEY}</altinn:filenameTextResourceKey>"
    f"<altinn:subformComponentId>{COMPONENT}</altinn:subformComponentId>"
    f"<altinn:subformDataTypeId>{SUBFORM}</altinn:subformDataTypeId>"
    "</altinn:subformPdfConfig>"
)


def write_subform_app(tmp_path: Path) -> Path:
    """Write its folder, whose service task draws one PDF of each workplace."""
    folder = write_service_app(tmp_path, task_type="subformPdf", extension=_EXTENSION)
    app = folder / "App"
    _change(app / "config/applicationmetadata.json", dataTypes=_TYPES)
    name = {
        "id": NAME_KEY,
        "value": "Arbeid hos {0}: {1}",
        "variables": [
            {"key": "navn", "dataSource": f"dataModel.{SUBFORM}"},
            {"key": "gate", "dataSource": "dataModel.default"},
        ],
    }
    _change(app / "config/texts/resource.nb.json", resources=[name])
    subform = {"id": SUBFORM, "dataType": SUBFORM, "type": "subform"}
    _change(app / "ui/layout-sets.json", sets=[subform])
    page = app / "ui/form/layouts/arbeid.json"
    document = json.loads(page.read_text("utf-8"))
    document["data"]["layout"].append(
        {"id": COMPONENT, "type": "Subform", "layoutSet": SUBFORM}
    )
    page.write_text(json.dumps(document), "utf-8")
    asked = [
        {
            "id": f"{SUBFORM}-{field}",
            "type": "Input",
            "dataModelBindings": {"simpleBinding": field},
            "textResourceBindings": {"title": title},
        }
        for field, title in (("navn", "Arbeidsstedets navn"), ("gate", "Gateadresse"))
    ]
    layouts = app / "ui" / SUBFORM / "layouts"
    layouts.mkdir(parents=True)
    (layouts / "sted.json").write_text(json.dumps({"data": {"layout": asked}}), "utf-8")
    settings = {"pages": {"order": ["sted"]}}
    (app / "ui" / SUBFORM / "Settings.json").write_text(json.dumps(settings), "utf-8")
    (app / "models" / f"{SUBFORM}.xsd").write_bytes(_XSD)
    return folder


def _change(path: Path, **added: list[dict[str, object]]) -> None:
    document = json.loads(path.read_text("utf-8"))
    for member, entries in added.items():
        document[member] += entries
    path.write_text(json.dumps(document), "utf-8")


class HidesEmployer(AppHooks):
    """Keeps the employer out of PDF for who is sick of him, and shows what was out."""

    def format_pdf(self, query: PdfQuery) -> PdfLayout | None:
        """Look at the form, and at what the settings say."""
        if not query.form:
            return None
        sick = query.form["arbeidstaker"]
        assert isinstance(sick, dict)
        assert query.layout.excluded_pages == ("sykdom",)
        assert (query.task, query.data_type) == ("formfilling", "default")
        return PdfLayout([], [f"arbeidsgiver-{one}" for one in ("navn", sick["navn"])])


class NamesNothing(AppHooks):
    """Returns what is no layout."""

    def format_pdf(self, query: PdfQuery) -> PdfLayout | None:
        """Name a page where a list of them is wanted."""
        return PdfLayout("sykdom")
