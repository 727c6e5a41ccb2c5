"""Files that come in by program: send, follow, read what was rejected."""

from uuid import UUID

from django.db.models import QuerySet
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile
from ninja.pagination import paginate

from forecourt.engines.intake import rejections, uploads
from forecourt.engines.intake.models import Import
from forecourt.faces.api.door import ApiRequest, right
from forecourt.faces.api.pages import Pages
from forecourt.faces.api.shapes import ImportOut, Problem, RejectedRowOut
from forecourt.runtime import access

router = Router()


@router.get("", response=list[ImportOut], **right("intake.see_imports", names_a_thing=False))
@paginate(Pages)
def imports(request: ApiRequest) -> QuerySet[Import]:
    """Imports, newest first."""
    return Import.objects.order_by("-number")


@router.post("", response={202: ImportOut, 409: Problem}, **right("intake.run_imports"))
def send(
    request: ApiRequest,
    file: File[UploadedFile],
    source: Form[str],
    dry_run: Form[bool] = False,  # noqa: FBT002 - a field of the form, named by who sends it
    site_id: Form[UUID | None] = None,
) -> Status[Import]:
    """Send a file; its columns are read as saved for the source, else as guessed. A worker does it: follow its state."""
    came = uploads.take(actor=request.actor, name=file.name or "upload", stream=file, source=source, site_id=site_id, dry_run=dry_run)
    return Status(202, came)


@router.get("/{uuid:import_id}", response=ImportOut, **right("intake.see_imports"))
def one_import(request: ApiRequest, import_id: UUID) -> Import:
    """One import with its counts."""
    return access.fetch(Import, import_id, actor=request.actor, right="intake.see_imports")


@router.get("/{uuid:import_id}/rejected", response=list[RejectedRowOut], **right("intake.see_imports"))
@paginate(Pages)
def rejected(request: ApiRequest, import_id: UUID) -> list[RejectedRowOut]:
    """Rows that were left out: line, column, value and reason."""
    rows: list[RejectedRowOut] = rejections.of(actor=request.actor, import_id=import_id)
    return rows
