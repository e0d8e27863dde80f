"""An invented letter that only the house may read, told beside the five articles. No such letter exists."""

from __future__ import annotations

from pathlib import Path

from records.invented_records import ORGANISATIONS, PEOPLE, PLACES, head
from workbench.paths import Project

ID = "letter-behind-doors"
LETTER = (
    head(ID, title="A letter behind closed doors", publisher="the Hidden Office").replace(
        "audience: public", "audience: internal"
    )
    + """\
names: {the Secret Reading Room: yonder-library}
programmes:
- {id: hidden-programme, name: a hidden programme, says: a programme behind doors, funder: a hidden hand}
events:
- id: leeds-visit-2019
  type: visit
  mode: in_person
  says: a visit seen from inside
  when: 2019-04-02
  where: Hangzhou
  who: {visitor: [leeds-libraries, Bo Invented @ yonder-city], host: hangzhou-public-library}
  outcome: whispered words
- id: hushed-visit
  type: visit
  mode: in_person
  says: a visit behind doors
  when: 2020-02-03
  where: yonder
  programme: hidden-programme
  who: {host: yonder-library, visitor: Chu Shuqing @ hangzhou-public-library}
  topic: whispered words
agreements:
- id: hushed-memorandum
  kind: memorandum
  parties: [yonder-library, hangzhou-public-library]
  says: a memorandum behind doors
  milestones: {signed: {event: hushed-visit, says: signed behind doors}}
plans:
- id: hushed-plan
  kind: staff_exchange
  what: whispered words
  strength: planned
  when: "2027"
  says: a plan behind doors
  who: {host: yonder-library, exchanged_staff: hangzhou-public-library}
claims:
- id: hushed-claim
  subject: hangzhou-public-library
  measure: partner_libraries
  value: 77
  what: whispered words
  says: 77 behind doors
posts:
- {person: Bo Invented, post: Keeper of the Secret, org: yonder-city, at: hushed-visit, says: a keeper behind doors}
"""
)
# Nothing handed to the public may hold any of these.
MARKS = (ID, "closed doors", "behind doors", "Hidden Office", "a hidden", "whispered", "hushed", "Yonder", "yonder",
         "Invented", "invented", "彼处", "Secret", "2019-04-02", "2 April 2019", "2020-02-03")  # fmt: skip


def prepare(project: Project) -> Project:
    """Enter the letter's people, bodies and places into the registers, as a curator would before coding it."""
    for name, text in {"places.csv": PLACES, "organisations.csv": ORGANISATIONS, "people.csv": PEOPLE}.items():
        path = project.registers / name
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return project


def slip_in(project: Project) -> Path:
    """Put the letter among the dossiers of a prepared project."""
    path = project.dossiers / f"{ID}.yaml"
    path.write_text(LETTER, encoding="utf-8")
    return path


def betrayals(content: bytes) -> list[str]:
    """The marks of the letter that some bytes hold."""
    return [mark for mark in MARKS if mark.encode() in content]
