"""What an application's own code can do: the methods that the server calls, and when.

An application's code is a subclass of ``AppHooks``; what it does not override is not
called and costs nothing. docs/hooks.md shows how one is written, tried and named to the
server. Hooks are handed frozen views and never rows, and change things by what they
return. One object serves all threads of a process, so it keeps no state of its own.

A hook refuses by raising ``HookRefused``; anything else that it raises is a failure:
the caller gets a 500 with the code ``app-hook-failed``, and nothing of the operation
stays.
"""

from collections.abc import Collection, Iterable

from process.event_hooks import EventHooks, EventReceived
from process.file_hooks import FileCheck, FileHooks
from process.form_hooks import (
    ChangeKind,
    DataChanges,
    DataEdits,
    DataInTask,
    ElementChange,
    FormCreation,
    FormHooks,
    FormInTask,
    FormRead,
    PageQuery,
    QueryPrefill,
)
from process.hook_subjects import Caller, ContentView, InstanceView, Owner
from process.hook_types import (
    ActionResult,
    ActionView,
    ClientAction,
    CopyView,
    DataAccess,
    DataList,
    DataWrite,
    FlowChoice,
    HookIssue,
    HookRefused,
    InstanceChanges,
    ListQuery,
    NewContent,
    NewInstanceView,
    Option,
    OptionList,
    RefusalKind,
    ServiceTaskResult,
    ServiceTaskView,
    Severity,
    TaskView,
)
from process.payment_hooks import Order, OrderLine
from process.pdf_hooks import PdfHooks, PdfLayout, PdfQuery
from process.signing_hooks import Signee, SigneeQuery

__all__ = [
    "ActionResult",
    "ActionView",
    "AppHooks",
    "Caller",
    "ChangeKind",
    "ClientAction",
    "ContentView",
    "CopyView",
    "DataAccess",
    "DataChanges",
    "DataEdits",
    "DataInTask",
    "DataList",
    "DataWrite",
    "ElementChange",
    "EventReceived",
    "FileCheck",
    "FlowChoice",
    "FormCreation",
    "FormInTask",
    "FormRead",
    "HookIssue",
    "HookRefused",
    "InstanceChanges",
    "InstanceView",
    "ListQuery",
    "NewContent",
    "NewInstanceView",
    "Option",
    "OptionList",
    "Order",
    "OrderLine",
    "Owner",
    "PageQuery",
    "PdfLayout",
    "PdfQuery",
    "QueryPrefill",
    "RefusalKind",
    "ServiceTaskResult",
    "ServiceTaskView",
    "Severity",
    "Signee",
    "SigneeQuery",
    "TaskView",
]


class AppHooks(EventHooks, FileHooks, FormHooks, PdfHooks):
    """The application's own code. Override what the application needs.

    Each method says whether it runs before the transaction of its operation or inside.
    Before it, nothing is locked and nothing is written yet. Inside it, what the hook
    writes with Django's ORM stands or falls with the operation, and other writers wait
    meanwhile: be quick, and leave calls to other servers to ``transaction.on_commit``.
    """

    # Ids of the user actions that ``perform_action`` handles, in any case.
    user_actions: Collection[str] = ()
    # Ids, in any case, of the lists that ``provide_options`` and ``provide_data_list``
    # make: for anybody, and for whoever may read the instance that is asked about.
    option_lists: Collection[str] = ()
    instance_option_lists: Collection[str] = ()
    data_lists: Collection[str] = ()
    instance_data_lists: Collection[str] = ()
    # Types of task, in any case, that ``run_service_task`` does; and types of which the
    # other hooks are all that a task of them does.
    service_tasks: Collection[str] = ()
    task_types: Collection[str] = ()
    # And of the other servers that ``call_external_api`` asks for whoever may read.
    external_apis: Collection[str] = ()

    # --- a new instance ---------------------------------------------------------------
    def validate_instantiation(self, new: NewInstanceView) -> None:
        """Refuse an instance (403). Before the transaction, after the policy."""

    def prefill_instance(self, new: NewInstanceView) -> InstanceChanges | None:
        """Return what the instance has from the start. Before the transaction."""

    def validate_copy(self, copy: CopyView) -> None:
        """Refuse a copy of an archived instance (403). Before the transaction.

        After the policy, and before ``validate_instantiation``.
        """

    # --- data -------------------------------------------------------------------------
    def on_data_write(self, write: DataWrite) -> bytes | None:
        """Refuse content that is added or replaces other (400), or return other bytes.

        Other bytes are stored instead, for form data alone, and stay in its format.
        Before the transaction: also for each part that comes with a new instance.
        """

    def check_data_read(self, access: DataAccess) -> None:
        """Refuse a download (403). There is no transaction."""

    def check_data_delete(self, access: DataAccess) -> None:
        """Refuse a deletion (400). Before the transaction."""

    # --- the process ------------------------------------------------------------------
    def may_perform(self, action: ActionView) -> bool:
        """Return whether the caller may do what the policy permits: it only narrows.

        Before the transaction, for each action that leaving a task or a user action
        takes.
        """
        return True

    def validate_task(self, task: TaskView) -> Iterable[HookIssue]:
        """Return what is amiss in a task that is being completed (409 if an error).

        Before the transaction; data that changes meanwhile makes the step fail.
        """
        return ()

    def validate_form_data(self, form: FormInTask) -> Iterable[HookIssue]:
        """Return what is amiss in a form of the task; its element need not be named.

        With ``validate_task``; and after each change of the form, inside the
        transaction that makes it.
        """
        return ()

    def validate_data(self, data: DataInTask) -> Iterable[HookIssue]:
        """Return what is amiss in a file of the task. With ``validate_task``."""
        return ()

    def choose_flow(self, choice: FlowChoice) -> str | None:
        """Return the id of the flow to take from a gateway, or None to leave it open.

        Before the transaction.
        """

    def on_task_end(self, task: TaskView) -> InstanceChanges | None:
        """Act on a task that was completed (409 if refused). Inside the transaction."""

    def on_task_abandon(self, task: TaskView) -> InstanceChanges | None:
        """Act on a task that was rejected. Inside the transaction."""

    def on_task_start(self, task: TaskView) -> InstanceChanges | None:
        """Act on a task that was entered, the first too. Inside the transaction."""

    def on_process_end(self, task: TaskView) -> InstanceChanges | None:
        """Act on a process that has ended; ``task`` was its last. Inside."""

    def provide_signees(self, query: SigneeQuery) -> Iterable[Signee] | None:
        """Return who is to sign in a task that was entered. Inside the transaction."""

    def calculate_order(self, task: TaskView) -> Order | None:
        """Return what is to be paid in a task for that, anew each time it is asked.

        Inside the transaction of the action ``pay``; and without one, to be shown.
        """

    # --- service tasks ----------------------------------------------------------------
    def run_service_task(self, work: ServiceTaskView) -> ServiceTaskResult | None:
        """Do what a task of one of ``service_tasks`` is for; None is a plain success.

        There is no transaction. What is returned is written together with the step
        that leaves the task. Refused or failed, it is tried again, later and later, so
        it may be called several times for the same ``work.key``.
        """

    # --- notifications ----------------------------------------------------------------
    def should_send_notification(self, instance: InstanceView) -> bool:
        """Return whether a notification that is due is sent. There is no transaction.

        Without this hook one is until the process has ended. A refusal is a 400.
        """
        return not instance.ended

    # --- user actions -----------------------------------------------------------------
    def perform_action(self, action: ActionView) -> ActionResult | None:
        """Do what a button asks for. Inside the transaction.

        Also when a task is left with an action of ``user_actions`` other than
        ``reject``: then validation and the choice of a flow follow inside, too.
        """

    # --- lists to choose from ---------------------------------------------------------
    def provide_options(self, query: ListQuery) -> OptionList | None:
        """Return the options of a list, or None to have them read from files.

        There is no transaction. A refusal is a 400.
        """

    def provide_data_list(self, query: ListQuery) -> DataList | None:
        """Return a page of a list, or None for none (404). As ``provide_options``."""

    def call_external_api(self, query: ListQuery) -> object:
        """Return another server's answer, a JSON document, or None. As the others.

        ``kind`` of a refusal chooses its status.
        """
