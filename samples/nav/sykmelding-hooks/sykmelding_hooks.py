"""The own code of the sample application nav/sykmelding-hooks: self-declared leave.

The form has two dates; the code counts the days between them, refuses what cannot be,
and sends long leaves to a case worker.
"""

from collections.abc import Iterator
from datetime import date

from lxml import etree

from process.hooks import (
    ActionResult,
    ActionView,
    AppHooks,
    ClientAction,
    ContentView,
    DataAccess,
    DataWrite,
    FlowChoice,
    HookIssue,
    HookRefused,
    InstanceChanges,
    ListQuery,
    NewInstanceView,
    Option,
    OptionList,
    TaskView,
)

_FORM = "egenmelding"
_LONGEST_UNSEEN = 8  # days that need no case worker
_LARGEST_FORM = 2**16  # bytes
_OLDEST_CHILD = 12  # years
_TURNS = {"nb": "fyller {age} år i år", "en": "turns {age} this year"}


class Egenmelding(AppHooks):
    """What nav/sykmelding-hooks does besides what its files declare."""

    user_actions = ("count-days",)
    option_lists = ("birth-years",)

    def validate_instantiation(self, new: NewInstanceView) -> None:
        """Employees declare through their employer, never by themselves."""
        if not new.owner.organisation_number:
            detail = "Only an organisation declares sick leave for its employees."
            raise HookRefused("employers-only", detail)

    def prefill_instance(self, new: NewInstanceView) -> InstanceChanges:
        """Tell NAV's systems how the case came in."""
        return InstanceChanges(data_values={"channel": new.caller.kind})

    def on_data_write(self, write: DataWrite) -> bytes | None:
        """Write the number of days into the form."""
        if write.content.data_type != _FORM:
            return None
        if write.content.size > _LARGEST_FORM:
            raise HookRefused("form-too-large", "The form is larger than 64 KiB.")
        root = _read(write.content)
        days = _days(root)
        if days is None:
            issue = HookIssue("date-missing", "Give from and to as YYYY-MM-DD.", "from")
            raise HookRefused("form-incomplete", "The form lacks a date.", [issue])
        for old in root.findall("days"):
            root.remove(old)
        etree.SubElement(root, "days").text = str(days)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def check_data_read(self, access: DataAccess) -> None:
        """Hand attachments, which tell of illness, to well identified callers alone."""
        if access.content.data_type == "vedlegg" and access.caller.level < 3:
            detail = "Attachments are handed out from security level 3."
            raise HookRefused("level-three-only", detail)

    def check_data_delete(self, access: DataAccess) -> None:
        """Keep attachments, which document the case."""
        if access.content.data_type == "vedlegg":
            raise HookRefused("attachment-kept", "Attachments are kept once sent.")

    def validate_task(self, task: TaskView) -> Iterator[HookIssue]:
        """Find leaves that end before they begin."""
        for content in task.data:
            if content.data_type == _FORM and (_counted(content) or 0) < 1:
                text = "The leave ends before it begins."
                yield HookIssue("ends-before-it-begins", text, "to", content.id)

    def choose_flow(self, choice: FlowChoice) -> str | None:
        """Send long leaves to a case worker."""
        days = _days_of(choice.leaving) if choice.leaving else 0
        return "Flow_long" if days > _LONGEST_UNSEEN else "Flow_short"

    def on_task_end(self, task: TaskView) -> InstanceChanges | None:
        """Keep the number of days where NAV's systems route the case."""
        if task.task != "formfilling":
            return None
        return InstanceChanges(data_values={"days": str(_days_of(task))})

    def on_process_end(self, task: TaskView) -> InstanceChanges:
        """Show in the inbox that the case is closed."""
        return InstanceChanges(presentation_texts={"state": "Closed"})

    def perform_action(self, action: ActionView) -> ActionResult:
        """Count the days, for a button in the form."""
        forms = [one for one in action.data if one.data_type == _FORM]
        if not forms:
            raise HookRefused("nothing-to-count", "Save the form first.")
        days = str(_counted(forms[0]) or 0)
        return ActionResult(
            changes=InstanceChanges(presentation_texts={"days": days}),
            client_actions=[ClientAction("nextPage")],
        )

    def provide_options(self, query: ListQuery) -> OptionList:
        """Offer the years of birth of children that leave is given for: it moves on."""
        this_year = date.today().year  # noqa: DTZ011  where the server is
        words = _TURNS.get(query.language or "", _TURNS["nb"])
        options = [
            Option(value=this_year - age, label=words.format(age=age))
            for age in range(_OLDEST_CHILD + 1)
        ]
        return OptionList(options, {"year": str(this_year)})


def _days_of(task: TaskView) -> int:
    forms = [one for one in task.data if one.data_type == _FORM]
    return _counted(forms[0]) or 0 if forms else 0


def _counted(content: ContentView) -> int | None:
    return _days(_read(content))


def _read(content: ContentView) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with content.open() as stream:
        return etree.fromstring(stream.read(), parser)


def _days(root: etree._Element) -> int | None:
    try:
        first = date.fromisoformat(root.findtext("from", ""))
        last = date.fromisoformat(root.findtext("to", ""))
    except ValueError:
        return None
    return (last - first).days + 1
