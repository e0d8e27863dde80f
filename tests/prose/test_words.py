"""Facts into words: what a sentence remembers, and what it refuses."""

import jinja2
import pytest

from workbench.prose import facts, overview
from workbench.prose.facts import Fact
from workbench.prose.words import ProseError, Words

RECORD = (("events", "leeds-visit-2019"),)
SAMPLES = {
    "number": (facts.number(7, RECORD), "seven", "7"),
    "digits": (facts.number(7, RECORD), "7", "7"),
    "count('visit', 'visits')": (facts.number(7, RECORD), "seven visits", "7visitvisits"),
    "when": (facts.date("2017-10", RECORD), "in October 2017", "2017年10月"),
    "date": (facts.date("2017-10", RECORD), "October 2017", "2017年10月"),
    "name": (facts.name("leeds-city", RECORD), "the City of Leeds", "利兹市（City of Leeds）"),
    "heading": (facts.name("leeds-city", RECORD), "City of Leeds", "利兹市"),
    "names": (
        facts.names(["leeds-city", "leeds"], RECORD),
        "the City of Leeds and Leeds",
        "利兹市（City of Leeds）和利兹",
    ),
    "label": (facts.code("event_type", "visit", RECORD), "visit", "访问"),
    "plural": (facts.code("event_type", "symposium", RECORD), "symposia", "座谈会"),
    "a": (facts.code("event_type", "exhibition", RECORD), "an exhibition", "展览"),
    "text": (facts.text("a donation of books", RECORD), "a donation of books", "赠书"),
    "printed": (facts.printed("green tea", RECORD), "green tea", "green tea"),
    "people": (facts.people([("chu-shuqing", "hangzhou-public-library")], RECORD), "Chu Shuqing", "褚树青"),
}


def templates(words, **passages):
    """Let ``words`` read these passages of an invented template."""
    text = "".join(f"{{% block {name} %}}{body}{{% endblock %}}" for name, body in passages.items())
    files = {f"{language}/try.j2": text for language in ("en", "zh")}
    words._environment.loader = jinja2.ChoiceLoader([jinja2.DictLoader(files), jinja2.PackageLoader("workbench.prose")])
    return words


def sentence(body):
    return f"{{% call sentence() %}}{body}{{% endcall %}}"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("filter", SAMPLES)
def test_every_filter_words_its_fact_and_notes_it(asked, filter, language):
    fact, english, chinese = SAMPLES[filter]
    expected = {"en": english, "zh": chinese}[language]
    words = templates(asked("hangzhou-public-library").words(language), p=sentence(f"x {{{{ f|{filter} }}}}"))
    [said] = words.say("try/p", f=fact)
    assert said.markup == f"X {expected}"
    assert said.facts == (fact,)
    assert said.records == RECORD


def test_no_filter_is_missing_above(asked):
    environment = asked("hangzhou-public-library").words()._environment
    builtin = jinja2.Environment().filters
    own = {name for name, filter in environment.filters.items() if filter is not builtin.get(name)} - {"listed"}
    assert own == {filter.partition("(")[0] for filter in SAMPLES}


def test_a_mapped_filter_notes_every_fact(asked):
    words = templates(asked("hangzhou-public-library").words(), p=sentence('{{ fs|map("text")|listed }}'))
    several = [facts.text(f"thing {n}", (("plans", f"plan-{n}"),)) for n in "abc"]
    [said] = words.say("try/p", fs=several)
    assert said.markup == "Thing a, thing b and thing c"
    assert said.facts == tuple(several)


def test_each_sentence_has_its_own_facts(asked):
    body = sentence("a {{ f|number }}") + sentence("b {{ g|number }}")
    words = templates(asked("hangzhou-public-library").words(), p=body)
    f, g = facts.number(2, RECORD), facts.number(3, (("plans", "milan-return-visit"),))
    first, second = words.say("try/p", f=f, g=g)
    assert (first.facts, second.facts) == ((f,), (g,))
    assert words.say("try/p", f=f, g=g) == [first, second]  # nothing is left over from before


def test_a_sentence_without_a_record_is_refused(asked):
    words = templates(
        asked("hangzhou-public-library").words(), p=sentence("there are {{ f|number }}"), q=sentence("words")
    )
    with pytest.raises(ProseError, match="rests on no record"):
        words.say("try/p", f=facts.number(7))
    with pytest.raises(ProseError, match="rests on no record"):
        words.say("try/q")


@pytest.mark.parametrize(
    ("body", "values", "says"),
    [
        ("{{ f|name }}", {"f": facts.name("nobody-knows", RECORD)}, "no name for nobody-knows in en"),
        ("{{ f|name }}", {"f": facts.name(None, RECORD)}, "."),
        ("{{ f|number }}", {}, "try/p"),
        ("{{ f.place|name }}", {"f": object()}, "try/p"),
        ("{{ f }}", {"f": facts.number(7, RECORD)}, "a fact needs a filter"),
        ("{{ f|number }}", {"f": 7}, "words facts, not 7"),
        ("{{ f|number }}", {"f": facts.number(None, RECORD)}, "."),
        ("{{ f|label }}", {"f": facts.code("event_type", None, RECORD)}, "."),
        ("{{ f|text }}", {"f": facts.text(None, RECORD)}, "."),
        ("{{ f|names }} met", {"f": facts.names([], RECORD)}, "."),
        ("{{ f|people }} met", {"f": facts.people([], RECORD)}, "."),
        ("{{ f|label }}", {"f": facts.code("event_type", "no_such_code", RECORD)}, "."),
        ("{{ f|when }}", {"f": facts.date("no date", RECORD)}, "."),
    ],
    ids=[
        "name", "no-name", "fact", "part-of-a-fact", "no-filter", "no-fact", "no-number", "no-code",
        "no-text", "no-names", "no-people", "code", "date",
    ],
)  # fmt: skip
def test_whatever_is_missing_is_an_error_never_a_gap(asked, body, values, says):
    words = templates(asked("hangzhou-public-library").words(), p=sentence(body))
    with pytest.raises(ProseError, match=says):
        words.say("try/p", **values)


def test_a_missing_template_or_passage_is_an_error(asked):
    words = asked("hangzhou-public-library").words()
    for passage in ("nowhere/lead", "overview/nowhere"):
        with pytest.raises(ProseError, match="there is no passage"):
            words.say(passage)
        with pytest.raises(ProseError, match="there is no passage"):
            words.phrase(passage)


def test_a_missing_translation_is_an_error(asked):
    chinese = asked("hangzhou-public-library").words("zh")
    with pytest.raises(ProseError, match="no name for hpl-sports-branch in zh"):
        chinese.name("hpl-sports-branch")
    chinese._environment.loader = jinja2.DictLoader({"en/try.j2": "{% block p %}{% endblock %}"})
    with pytest.raises(ProseError, match="there is no passage try/p in zh"):
        chinese.say("try/p")


def test_our_words_without_a_wording_are_an_error_that_says_where_to_add_them(asked):
    """Of a text of the records the record is named; what is in the language already passes as it is."""
    told = asked("hangzhou-public-library").corpus
    lacking = told.tables["wordings"]
    corpus = told.revalued({"wordings": lacking[lacking["en"] != "a donation of books"]})
    chinese, english = Words(corpus, "zh"), Words(corpus, "en")
    with pytest.raises(ProseError) as error:
        chinese.text("a donation of books")
    assert str(error.value) == (
        '"a donation of books" (what of heidelberg-book-donation) has no wording in zh: '
        "add a row to data/raw/registers/wordings.csv"
    )
    assert english.text("a donation of books") == "a donation of books"
    assert english.text("馆员交流") == "the exchange of staff"
    assert chinese.text("赠书") == "赠书"
    with pytest.raises(ProseError, match='"赠书" has no wording in en'):
        english.text("赠书")
    with pytest.raises(ProseError, match="add a row"):
        chinese.record_title("heidelberg-book-donation")


def test_people_are_printed_as_the_sources_print_them_bodies_and_places_are_not(asked):
    chinese = asked("hangzhou-public-library").words("zh")
    assert chinese.name("andrea-ellison") == "Andrea Ellison"
    assert chinese.person("andrea-ellison", "leeds-libraries") == "Andrea Ellison"
    assert chinese.name("chu-shuqing") == "褚树青"
    for id in ("hpl-sports-branch", "no-such-person"):
        with pytest.raises(ProseError, match=f"no name for {id} in zh"):
            chinese.name(id)


def test_posts_are_in_the_language(asked):
    told = asked("hangzhou-public-library", people="posts")
    assert told.words("zh").person("andrea-ellison", "leeds-libraries") == "首席馆员"


def test_a_column_of_ours_and_others_words_what_is_ours(asked):
    """A group and a judgement in the language; a person or a value of a source as printed; who is not known."""
    chinese, english = (asked("hangzhou-public-library").words(language) for language in ("zh", "en"))
    assert chinese.told("library staff") == "图书馆工作人员"
    assert chinese.told("Jing Ying") == "Jing Ying"
    assert (chinese.told("unknown"), english.told("unknown")) == ("未注明", "not given")


def test_a_reason_keeps_who_judged_and_when(asked):
    chinese, english = (asked("hangzhou-public-library").words(language) for language in ("zh", "en"))
    assert chinese.reason("a donation of books (A Curator, 2026-11-21)") == "赠书（A Curator, 2026-11-21）"
    assert english.reason("it fits (better) (A Curator, 2026-11-21)") == "it fits (better) (A Curator, 2026-11-21)"
    assert english.reason("it fits (better)") == "it fits (better)"


def test_a_passage_inside_a_sentence_forgets_nothing(asked):
    # A person without a post is "a member of staff", a passage of its own, in the middle of a sentence.
    told = asked("hangzhou-public-library", people="posts")
    words = templates(told.words(), p=sentence("{{ d|when }} {{ who|people }} came to {{ place|name }}"))
    date, who = facts.date("2017-10", RECORD), facts.people([("nobody-with-a-post", "leeds-libraries")], RECORD)
    place = facts.name("hangzhou", (("plans", "milan-return-visit"),))
    [said] = words.say("try/p", d=date, who=who, place=place)
    assert said.markup == "In October 2017 a member of staff came to Hangzhou"
    assert said.facts == (date, who, place)


def test_a_sentence_begins_large_and_keeps_its_marks_close(asked):
    words = templates(
        asked("hangzhou-public-library").words(), p=sentence("{{ f|text }} , and\n  more {% if f %} .{% endif %}")
    )
    [said] = words.say("try/p", f=facts.text("tea", RECORD))
    assert said.markup == "Tea, and more."


def test_markup_in_a_record_stays_text(asked):
    words = templates(
        asked("hangzhou-public-library").words(), p=sentence("{{ f|text }} & {{ n|number }}"), q="{{ f|text }}"
    )
    [said] = words.say("try/p", f=facts.text("<b>tea</b>", RECORD), n=facts.number(2, RECORD))
    assert "<b>" not in said.markup
    assert words.phrase("try/q", f=facts.text("<b>tea</b>")) == "<b>tea</b>"  # plain text, not for a page


def test_facts_have_no_words_of_their_own():
    with pytest.raises(TypeError, match="needs a filter"):
        str(facts.number(7))
    assert not facts.names([])
    assert not facts.text("")
    assert facts.code("event_type", "visit").code == "visit"
    assert facts.number(7).code == ""
    assert len(facts.names(["a", "b"])) == 2
    assert facts.records("events", ["a"]) == (("events", "a"),)
    assert Fact("number", 0)  # a zero is a number, not a gap


@pytest.mark.parametrize("home", ["zhejiang-libraries", "hangzhou-public-library", "zhejiang-library"])
def test_the_headline_says_the_same_in_both_languages(asked, home):
    told = asked(home)
    lead = overview.lead(told.answers)
    english = told.words("en").say("overview/lead", **lead)
    chinese = told.words("zh").say("overview/lead", **lead)
    assert [set(s.facts) for s in english] == [set(s.facts) for s in chinese]
    assert all("\u4e00" <= s.markup[0] <= "\u9fff" for s in chinese)
    assert all(s.markup.endswith(".") for s in english)
    assert all(s.markup.endswith("。") for s in chinese)


def test_a_body_abroad_gets_its_own_name_at_its_first_mention_in_chinese(asked):
    words = templates(
        asked("hangzhou-public-library").words("zh"),
        p=sentence("{{ a|name }}、{{ b|name }}、{{ a|name }}。") + sentence("{{ a|name }}。"),
        head="{{ a|name }}",
    )
    facts_ = {"a": facts.name("leeds-libraries", RECORD), "b": facts.name("hangzhou-public-library", RECORD)}
    assert words.phrase("try/head", **facts_) == "利兹图书馆", "a heading gives no original and introduces nobody"
    said = [one.markup for one in words.say("try/p", **facts_)]
    assert said == ["利兹图书馆（Leeds Libraries）、杭州图书馆、利兹图书馆。", "利兹图书馆。"]
