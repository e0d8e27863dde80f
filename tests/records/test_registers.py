"""The registers and word lists: what does not find, and what is found and proposed."""

from __future__ import annotations

import pytest
from invented_records import build, invent, material_of

from workbench.paths import Project
from workbench.records import load
from workbench.records.dossiers import Dossier
from workbench.records.registers import Registers


@pytest.fixture(scope="module")
def registers(root) -> Registers:
    return load.read_material(Project(root))[0].registers


def add(project: Project, register: str, line: str) -> None:
    path = project.registers / register
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


def replace(project: Project, register: str, old: str, new: str) -> None:
    path = project.registers / register
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def messages(project: Project) -> list[str]:
    return [str(problem) for problem in load.read_material(project)[1]]


# --- never matched on likeness ----------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    ["Hangzhou Public Librar", "Hangzhou Public Libraries", "Public Library Hangzhou",
    "Huzhou Public Library", "杭州 图书馆",
     "Hangzhou  Publik Library", "", " ", "leeds", "LEEDS-LIBRARIES", "Leeds_Libraries"],
)  # fmt: skip
def test_a_name_that_is_only_like_another_finds_nothing(registers: Registers, name: str) -> None:
    assert registers.find("organisations", name) == set()


@pytest.mark.parametrize(
    ("name", "id"),
    [("hangzhou-public-library", "hangzhou-public-library"),
    ("Hangzhou Public Library", "hangzhou-public-library"),
     ("Hangzhou Library", "hangzhou-public-library"), ("杭州图书馆", "hangzhou-public-library"),
     ("hangzhou public library", "hangzhou-public-library"),
     ("Hangzhou\u00a0Public  Library", "hangzhou-public-library"),
     ("Stadtbücherei Heidelberg", "heidelberg-city-library"),
     ("Stadtbu\u0308cherei Heidelberg", "heidelberg-city-library"),
     ("OCLC(联机计算机图书馆中心)", "oclc"),
     ("Российская государственная библиотека", "russian-state-library"),
     ("International Federation of Library Association", "ifla")],
)  # fmt: skip
def test_a_name_is_found_in_every_language_and_spelling(registers: Registers, name: str, id: str) -> None:
    assert registers.find("organisations", name) == {id}


def test_a_table_is_searched_alone(registers: Registers) -> None:
    assert registers.find("places", "Hangzhou") == {"hangzhou"}
    assert registers.find("organisations", "Hangzhou") == {"hangzhou-city"}
    assert registers.find("people", "Hangzhou") == set()


def test_a_name_of_two_finds_both(project: Project) -> None:
    add(project, "places.csv", "taizhou-jiangsu,city,CN,Jiangsu,32.455,119.923,,Taizhou,泰州,,,,")
    registers = load.read_material(project)[0].registers
    assert registers.find("places", "Taizhou") == {"taizhou-zhejiang", "taizhou-jiangsu"}
    assert registers.find("places", "台州") == {"taizhou-zhejiang"}
    assert registers.find("places", "Taizhou (Zhejiang)") == {"taizhou-zhejiang"}


def test_the_near_ones_are_proposed_best_first(registers: Registers) -> None:
    assert registers.candidates("organisations", "Hangzhou Publik Library")[0] == "hangzhou-public-library"
    assert registers.candidates("people", "Hu Fan")[0] == "hu-fang"
    assert registers.candidates("people", "Zzyzx") == []
    assert len(registers.candidates("organisations", "Library")) <= 4


def test_a_name_of_one_letter_proposes_without_end(registers: Registers) -> None:
    for name in ("", "a", "图", "x" * 5000):
        assert len(registers.candidates("organisations", name)) <= 4


# --- names ------------------------------------------------------------------------------------
def test_a_language_without_a_name_is_an_error_never_a_fallback(registers: Registers) -> None:
    assert registers.name("hu-fang", "en") == "Hu Fang"
    with pytest.raises(KeyError, match="hu-fang has no name in zh"):
        registers.name("hu-fang", "zh")
    with pytest.raises(KeyError):
        registers.name("nobody", "en")


def test_names_have_their_language_and_kind(project: Project) -> None:
    names = build(project)["names"]
    rows = names[names["id"] == "heidelberg-city-library"].itertuples()
    kinds = {(row.text, row.language): row.kind for row in rows}
    assert kinds == {
        ("Heidelberg City Library", "en"): "preferred",
        ("海德堡市图书馆", "zh"): "reading_of_ours",
        ("Stadtbücherei Heidelberg", "de"): "preferred",
    }


def test_variants_are_parted_and_trimmed_and_stand_once(project: Project) -> None:
    several = "Leeds City Council || Leeds Town | Leeds Town |"
    replace(project, "organisations.csv", "Leeds City Council", several)
    names = build(project)["names"]
    variants = names[(names["id"] == "leeds-city") & (names["kind"] == "variant")]["text"].to_list()
    assert variants == ["Leeds City Council", "Leeds Town"]


def test_a_printed_name_is_remembered_with_its_source(project: Project) -> None:
    names = build(project)["names"]
    of_milan = names[names["id"] == "milan-public-libraries"]
    row = of_milan[of_milan["text"] == "Public Library System of Milan"]
    assert row["kind"].to_list() == ["variant"]
    invent(project, a=NAMED % "Old Mill Library: elsewhere-library")
    names = build(project)["names"]
    row = names[names["text"] == "Old Mill Library"]
    assert row[["of", "id", "kind", "language", "source_id"]].to_numpy().tolist() == [
        ["organisations", "elsewhere-library", "variant", "en", "a"]
    ]


NAMED = """names:
  %s
events:
- id: tour
  type: visit
  says: an invented tour
  where: elsewhere
  who: {host: Old Mill Library, visitor: yonder-library}
"""


def test_a_printed_name_holds_in_its_dossier_only(project: Project) -> None:
    other = (NAMED % "Some Other Name: elsewhere-library").replace("tour", "other")
    invent(project, a=NAMED % "Old Mill Library: elsewhere-library", b=other)
    wrong = [message for message in messages(project) if "is not known" in message]
    assert len(wrong) == 1
    assert "/b.yaml:" in wrong[0]


def test_a_printed_name_settles_what_two_share(project: Project) -> None:
    """Said under names: in this dossier the name is that of one of them."""
    invent(project, a=NAMED % "Old Mill Library: elsewhere-library")
    for id in ("mill-one", "mill-two"):
        add(project, "organisations.csv", f"{id},public_library,elsewhere,,Old Mill Library,,,,,,,,,")
    dossier: Dossier = material_of(project).dossiers[0]
    assert [party["party_id"] for party in dossier.records[0].parties] == [
        "elsewhere-library",
        "yonder-library",
    ]
    path = project.dossiers / "a.yaml"
    path.write_text(path.read_text().replace("names:\n  Old Mill Library: elsewhere-library\n", ""))
    assert any("names 2 of the register" in m and "mill-one or mill-two" in m for m in messages(project))


def test_one_name_in_two_rows_is_listed(project: Project) -> None:
    add(project, "organisations.csv", "leeds-libraries-two,public_library,leeds,,LEEDS  Libraries,,,,,,,,,")
    assert any("leeds-libraries and leeds-libraries-two" in message for message in messages(project))


def test_a_local_name_is_not_in_a_language_of_its_own_column(project: Project) -> None:
    """Two preferred English names of one body would leave the choice to chance."""
    replace(project, "organisations.csv", "Stadt Heidelberg,de", "Town of Heidelberg,en")
    assert any("local_language" in message and ":6 " in message for message in messages(project))


def test_a_reading_of_ours_needs_a_name_in_that_language(project: Project) -> None:
    replace(project, "organisations.csv", "利兹图书馆,,,,zh", "利兹图书馆,,,,de")
    assert any("our_reading" in message and ":16 " in message for message in messages(project))


# --- word lists -------------------------------------------------------------------------------
def test_a_word_is_never_a_fallback(project: Project) -> None:
    words = load.read_material(project)[0].vocabularies
    assert words.label("mode", "in_person", "zh") == "现场"
    for arguments in (("mode", "in_person", "de"), ("mode", "nothing", "en"), ("nothing", "a", "en")):
        with pytest.raises(KeyError):
            words.label(*arguments)


def test_finer_codes_follow_their_list(project: Project) -> None:
    words = load.read_material(project)[0].vocabularies
    assert words.narrower("agreement_kind", "sister_city", "city_tie_unspecified")
    assert not words.narrower("agreement_kind", "city_tie_unspecified", "sister_city")
    assert not words.narrower("agreement_kind", "sister_city", "friendly_exchange_city")
    assert not words.narrower("agreement_kind", "sister_city", "sister_city")
    assert not words.narrower("agreement_kind", "nothing", "sister_city")


def test_a_new_code_needs_a_row_and_no_change_of_code(project: Project) -> None:
    add(project, "vocabularies/event_type.csv", "book_fair,book fair,书展,an invented kind,")
    text = NAMED % "Old Mill Library: elsewhere-library"
    invent(project, a=text.replace("type: visit", "type: book_fair"))
    assert set(build(project)["events"]["type"]) == {"book_fair"}
