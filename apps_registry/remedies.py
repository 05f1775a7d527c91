"""How to mend each kind of finding in an application's folder, by its code."""

from collections.abc import Mapping


def remedy_for(code: str) -> str:
    """Return what to do about findings of this code; empty for an unknown code."""
    return REMEDIES.get(code, "")


REMEDIES: Mapping[str, str] = {
    # --- the folder or archive as a whole ---
    "archive-unreadable": "Pack the folder again as an ordinary zip file.",
    "config-folder-missing": "Give the folder that holds config/, or App/config/.",
    "folder-unreadable": "Let the user who runs this read it (chmod, chown).",
    "entry-encrypted": "Pack the folder without a password.",
    "file-missing": "Add the file.",
    "file-too-large": "Make the file smaller, or leave it out.",
    "folder-too-large": "Leave out what the application does not need.",
    "link-refused": "Put the file itself in place of the link.",
    "path-refused": "Give the file a relative path of ordinary characters.",
    "path-too-long": "Shorten the path.",
    "path-twice": "Keep one of the files.",
    "ratio-refused": "Leave out what is mostly empty.",
    "too-many-files": "Leave out what the application does not need.",
    # --- any JSON or XML ---
    "json-malformed": "Mend the JSON at the line.",
    "json-too-deep": "Nest less.",
    "member-missing": "Add the member.",
    "member-unknown": "Correct the name, or remove the member.",
    "not-utf-8": "Save the file as UTF-8.",
    "number-out-of-range": "Give a number within the limits.",
    "wrong-type": "Give a value of the expected type.",
    "wrong-value": "Give one of the values that are allowed.",
    "xml-doctype-refused": "Remove the DOCTYPE.",
    "xml-malformed": "Mend the XML at the line.",
    "xml-too-deep": "Nest less.",
    "xml-too-long": "Shorten the attribute or text.",
    # --- applicationmetadata.json ---
    "app-id-given-in-vain": "Change id and org in the metadata, or give no others.",
    "app-id-invalid": "Write org/app, or give org and app where it has [ORG]/[APP].",
    "app-id-mismatch": "Deploy at the address of the application that the id names.",
    "data-type-twice": "Rename one of the data types.",
    "data-type-unknown": "Declare the data type in the metadata, or correct the id.",
    "data-type-without-id": "Give the data type an id.",
    "id-too-long": "Shorten the id.",
    "metadata-wrong-type": "Give a value of the expected type.",
    "name-reserved": "Choose another name.",
    "name-too-long": "Shorten the name.",
    "org-mismatch": "Make org the part of the id before the slash.",
    "scan-awaited": "Set ALTINN_FILE_SCAN, or see that a scanner reports results.",
    "scope-invalid": "Write one scope, without white space.",
    "task-unknown": "Correct the id, or add the task to the process.",
    # --- process.bpmn ---
    "action-type-unknown": "Write processAction or serverAction.",
    "condition-malformed": "Write a JSON expression.",
    "dead-end": "Lead a flow on to an end event.",
    "default-flow-unknown": "Name a flow that leaves the gateway.",
    "element-unreachable": "Lead a flow to the element, or remove it.",
    "element-unsupported": "Use events, tasks, service tasks and exclusive gateways.",
    "environment-unknown": "Write development, staging or production.",
    "extension-incomplete": "Add the element.",
    "extension-malformed": "Correct the value.",
    "extension-unknown": "Correct the name; the server ignores the element.",
    "flow-dangling": "Name an element of the process.",
    "id-missing": "Give the element an id.",
    "id-twice": "Give each element an id of its own.",
    "process-count": "Keep one process in the document.",
    "several-flows": "Lead the flow to an exclusive gateway that chooses.",
    "start-event-missing": "Add a start event.",
    "task-type-custom": "Correct the type, or bring the code that carries it out.",
    "pdf-unavailable": (
        "Install what is missing (docs/operations.md); until then steps that draw a PDF"
        " fail."
    ),
    "service-task-unsupported": (
        "This server cannot send there: an instance that comes to the task stands in a"
        " failed transition. Do the task in code of your own, or leave it out."
    ),
    "task-type-missing": "Add altinn:taskType.",
    "signed-type-closed": (
        "Give the data type of the signatures the same actionRequiredToRead, or let the"
        " policy give that right to all who may read them."
    ),
    # --- policy.xml ---
    "policy-algorithm": "Use a combining algorithm that XACML 3.0 defines for rules.",
    "policy-ambiguous": "Split the rule, or set policySemantics to altinn.",
    "policy-attribute": "Correct the attribute.",
    "policy-condition": "Correct the condition.",
    "policy-data-type": "Use a data type that the function takes.",
    "policy-element": "Correct the element.",
    "policy-end-event-unknown": "Correct the id, or add the end event to the process.",
    "policy-function": "Use a function that the server evaluates.",
    "policy-names-other-app": "Correct the value, or write [ORG] and [APP].",
    "policy-obligation": "Correct the obligation.",
    "policy-root": "Save an XACML 3.0 Policy.",
    "policy-target": "Move the target's conditions into the rules.",
    "policy-task-unknown": "Correct the id, or add the task to the process.",
    "policy-value": "Correct the value.",
    "policy-white-space": "Remove the white space.",
    "policy-without-rules": "Add rules.",
    # --- texts ---
    "text-language-mismatch": "Make language that of the file's name.",
    "text-source-unknown": "Use a data source that texts have.",
    "text-twice": "Keep one of the texts.",
    "text-without-id": "Give the text an id.",
    "texts-malformed": "Write an object with language and resources.",
    "texts-misnamed": "Name the file resource.nb.json, by a language of two letters.",
    # --- layouts ---
    "binding-ambiguous": "Give the type maxCount 1, or show it in a subform.",
    "component-asked-unknown": "Correct the id; evaluated, the expression fails.",
    "component-claimed-twice": "Let one component hold it.",
    "component-in-itself": "Take it out of what stands inside it.",
    "component-too-deep": "Nest less.",
    "component-twice": "Give each component of a page an id of its own.",
    "component-unbound": "Bind it to a list of the data model.",
    "component-unknown": "Name a component of the same page.",
    "field-unknown": "Correct the path, or add the field to the data model.",
    "function-unknown": "Correct the name; evaluated here, the expression fails.",
    "layout-missing": "Add the page, or take it out of the order.",
    "layout-set-empty": "Add the folder with the set's layouts, or remove the set.",
    "layout-set-twice": "Rename one of the layout sets.",
    "layout-set-unknown": "Name a layout set of the application.",
    "layout-set-unlisted": "Add the set to layout-sets.json, or remove the folder.",
    "options-unclear": "Keep one of optionsId, options and source.",
    "page-unlisted": "Add the page to the order, or remove it.",
    "pages-unordered": "Give pages.order or pages.groups, and not both.",
    "subform-without-pages": "Name the layout set that it shows.",
    "settings-missing": "Add Settings.json with the order of the pages.",
    # --- models, options and settings ---
    "definition-unknown": "Define it, or correct the name.",
    "json-schema-invalid": "Mend the JSON schema.",
    "option-twice": "Give each option a value of its own.",
    "prefill-source-unknown": "Name a member that the register has.",
    "prefill-target-twice": "Fill each field in from one place.",
    "prefill-target-unknown": "Name a field of the form, outside of rows.",
    "schema-malformed": "Mend the XML schema; include only files of the folder.",
    "schema-missing": "Add models/{data type}.schema.json.",
    "schema-not-validated": "Mend the pattern or the reference that it names.",
    "schemas-differ": "Make both schemas anew from one data model.",
    "secret-in-settings": "Remove the secret; everybody who reads the folder has it.",
}
