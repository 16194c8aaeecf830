"""Notes of issues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.sandbox.edits import rewrite_note, write_note
from audit.sandbox.rest import shapes
from audit.sandbox.rest.lookups import issue_of, note_of, require, signed_in
from audit.sandbox.rest.page_links import paged
from audit.sandbox.wire import Reply, as_bool, json_reply, one_of, refuse, refuse_error

if TYPE_CHECKING:
    from audit.sandbox.data.work_items import StoredNote
    from audit.sandbox.instance import Call

_FILTERS = frozenset({"all_notes", "only_comments", "only_activity"})
_ORDERS = frozenset({"created_at", "updated_at"})
_LIMIT = 1_048_576


def listed(call: Call, key: str, iid: str) -> Reply:
    """GET .../notes, newest first unless asked otherwise; what mentions the unreadable makes a page short."""
    issue = issue_of(call, key, iid)
    params = call.request.params
    kind = one_of("activity_filter", params.get("activity_filter", "all_notes"), _FILTERS)
    order = one_of("order_by", params.get("order_by", "created_at"), _ORDERS)
    newest = one_of("sort", params.get("sort", "desc"), frozenset({"asc", "desc"})) == "desc"
    rows = [
        note
        for note in issue.notes
        if (kind == "all_notes" or note.system is (kind == "only_activity"))
        and (note.mentions is not None or call.viewer.reads_note(note))
    ]
    rows.sort(key=lambda note: (getattr(note, order), note.id), reverse=newest)
    return paged(call, rows, lambda note: shapes.note(call, note), kept=call.viewer.reads_note)


def show(call: Call, key: str, iid: str, note_id: str) -> Reply:
    """GET .../notes/:id."""
    return json_reply(shapes.note(call, note_of(call, key, iid, note_id)))


def create(call: Call, key: str, iid: str) -> Reply:
    """POST .../notes: 201 with the note, or 202 without one when the text was nothing but commands."""
    signed_in(call)
    issue = issue_of(call, key, iid)
    text = _body(call)
    internal = call.request.params.get("internal", call.request.params.get("confidential", False))
    require(call.viewer.comments_on(issue))
    call.site.count_note(call.viewer)
    _check(text)
    if len(issue.comments) >= call.site.limits.comments_per_issue:
        raise refuse(400, '400 Bad request - Note {:base=>["Maximum number of comments exceeded"]}')
    written = write_note(call, issue, text, internal=as_bool("internal", internal))
    if written.note is None:
        body = {"commands_changes": written.effect.changes, "summary": written.effect.summary}
        return json_reply(body, 202)
    return json_reply(shapes.note(call, written.note) | {"commands_changes": written.effect.changes}, 201)


def edit(call: Call, key: str, iid: str, note_id: str) -> Reply:
    """PUT .../notes/:id, for its author and for maintainers."""
    note = _editable(call, key, iid, note_id)
    text = _body(call)
    _check(text)
    written = rewrite_note(call, note, text)
    if written.note is None:
        raise refuse(400, '400 Bad request - Failed to save note {:commands_only=>["Commands applied"]}')
    return json_reply(shapes.note(call, note) | {"commands_changes": written.effect.changes})


def delete(call: Call, key: str, iid: str, note_id: str) -> Reply:
    """DELETE .../notes/:id."""
    note = _editable(call, key, iid, note_id)
    note.issue.notes.remove(note)
    return Reply(status=204)


def awards(call: Call, key: str, iid: str, note_id: str) -> Reply:
    """GET .../notes/:id/award_emoji."""
    note = note_of(call, key, iid, note_id)
    return paged(call, note.awards, lambda award: shapes.award(call, award, note))


def award(call: Call, key: str, iid: str, note_id: str) -> Reply:
    """POST .../notes/:id/award_emoji, once for each user and name."""
    signed_in(call)
    note = note_of(call, key, iid, note_id)
    name = call.request.params.get("name")
    if name is None:
        raise refuse_error(400, "name is missing")
    if not call.viewer.awards(note):
        raise refuse(404, "404 Award Emoji Not Found")
    given = note.award(str(name), by=call.user, at=call.now)
    if given is None:
        raise refuse(404, "404 Award Emoji Name has already been taken Not Found")
    return json_reply(shapes.award(call, given, note), 201)


def _editable(call: Call, key: str, iid: str, note_id: str) -> StoredNote:
    signed_in(call)
    note = note_of(call, key, iid, note_id)
    require(call.viewer.edits_note(note))
    return note


def _body(call: Call) -> str:
    body: Any = call.request.params.get("body")
    if body is None:
        raise refuse_error(400, "body is missing")
    return str(body)


def _check(text: str) -> None:
    if not text.strip():
        raise refuse(400, '400 Bad request - Note {:note=>["can\'t be blank"]}')
    if len(text) > _LIMIT:
        raise refuse(400, '400 Bad request - Note {:note=>["is too long. The maximum size is 1 MiB."]}')
