"""Repair orders in the shape of STAR (ProcessRepairOrder and its relatives): a row for each labour and each part, with the order's own columns.

The order's columns are called by their path. Labour and parts are told in different words there and become the same columns here. Of all
parties only the customer's are read: an adviser's telephone number is not to be taken for theirs.
"""

from collections.abc import Iterator
from typing import Final

from forecourt.adapters.dms.elements import Element, flat
from forecourt.engines.intake.ports import Cell

_KINDS: Final = {"ServiceLabor": "labour", "Labor": "labour", "ServiceParts": "part", "Parts": "part"}
_CUSTOMERS: Final = ("OwnerParty", "CustomerParty", "Owner", "Customer")
_CODES: Final = ("LaborOperationID", "OperationID", "ItemID", "PartNumber", "PartID", "ManufacturerPartNumber")
_TEXTS: Final = ("LaborOperationDescription", "OperationName", "ItemDescription", "PartDescription", "Description", "PartName")
_JOB_TEXTS: Final = (
    "OperationName", "CustomerSalesRequestDescription", "ComplaintDescription", "CorrectionDescription", "JobDescription", "Description",
)  # fmt: skip
_HOURS: Final = ("LaborAllowanceHoursNumeric", "LaborBilledHoursNumeric", "LaborActualHoursNumeric", "LaborHours")
_QUANTITIES: Final = ("ItemQuantity", "PartQuantity", "QuantityShipped", "Quantity")
_AMOUNTS: Final = ("ExtendedPrice", "TotalAmount", "ChargeAmount", "Amount")


def rows(order: Element) -> Iterator[dict[str, Cell]]:
    """An order without lines is one row."""
    cells: dict[str, Cell] = dict(flat(order, _segment))
    number = 0
    for job in order.all("Job"):
        for line in _lines(job):
            number += 1
            yield cells | {"Line.Number": number} | line
    if not number:
        yield cells


def _lines(job: Element) -> Iterator[dict[str, Cell]]:
    told: dict[str, Cell] = {"Line.Job": job.first("JobNumberString", "JobNumber")}
    words = job.first(*_JOB_TEXTS)
    is_bare = True
    for line in job.all(*_KINDS):
        is_bare = False
        yield {
            **told, "Line.Kind": _KINDS[line.name], "Line.Code": line.first(*_CODES), "Line.Text": line.first(*_TEXTS) or words,
            "Line.Hours": line.first(*_HOURS), "Line.Quantity": line.first(*_QUANTITIES), "Line.Amount": line.first(*_AMOUNTS),
        }  # fmt: skip
    if is_bare and (words or job.first(*_CODES)):
        yield {
            **told, "Line.Kind": "labour", "Line.Code": job.first(*_CODES), "Line.Text": words, "Line.Hours": job.first(*_HOURS),
            "Line.Quantity": "", "Line.Amount": job.first(*_AMOUNTS),
        }  # fmt: skip


def _segment(element: Element) -> str | None:
    if element.name == "Job":
        return None
    if element.name in ("RepairOrderHeader", "Header"):
        return ""
    if element.name.endswith("Party") and element.name not in _CUSTOMERS:
        return "Dealer" if element.name == "DealerParty" and _named_only(element) else None
    if element.name.endswith("Communication"):
        use = next((each.text for each in element.children if each.name in ("ChannelCode", "UseCode") and each.text), "")
        return f"{element.name}.{use}" if use else element.name
    return element.name


def _named_only(party: Element) -> bool:
    """Of the dealer its number is read, and nobody who works there."""
    party.children = [each for each in party.children if each.name in ("PartyID", "DealerNumberID", "DealerManagementSystemID")]
    return True
