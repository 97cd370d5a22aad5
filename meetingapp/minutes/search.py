"""How minutes are found: item by item, in the newest locked edition. It is composed from public titles and open texts only."""

from __future__ import annotations

from collections.abc import Iterable

from meetingapp.core import search
from meetingapp.minutes.models import Edition, Minutes


@search.source("minutes", Minutes, follows={Edition: lambda row: [row.minutes_id]})
def of_minutes(minutes: Minutes) -> Iterable[search.Entry]:
    """One entry for each item that was dealt with, and one for the meeting with its frame."""
    edition, meeting = minutes.edition, minutes.meeting
    if edition is None:
        return
    place, made = f"/kontor/moter/{meeting.id}/motebok/les", edition.document
    frame = " ".join(search.text_of(made.get(part, "")) for part in ("opening", "closing"))
    yield search.Entry(made["title"], place, meeting.council_id, meeting.starts_at, frame.strip())
    for item in made["items"]:
        title = " ".join(part for part in (item["number"], item["title"]) if part)
        said = [item["decision"], item["text"], *(row["html"] for row in (*item["proposals"], *item["statements"]))]
        text = "\n".join(search.text_of(html) for html in said if html)
        yield search.Entry(title, f"{place}#sak-{item['id']}", meeting.council_id, meeting.starts_at, text, part=item["id"])
