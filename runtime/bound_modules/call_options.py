"""What holds for every call of some bound modules."""

from dataclasses import field

from runtime.bound_modules.own_records import OwnRecords
from runtime.frozen_dataclass import frozen_dataclass
from runtime.host.call_parameters import CallParameters


@frozen_dataclass
class CallOptions:
    """Options of calls.

    Attributes:
        call_parameters: what the modules are told, or None.
        timeout: seconds in place of the service's own limit, or None.
        records: dataclasses of the caller's own in place of those that would be made.
    """

    call_parameters: CallParameters | None = None
    timeout: float | None = None
    records: OwnRecords = field(default_factory=dict)
