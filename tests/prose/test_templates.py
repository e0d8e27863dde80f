"""A lint of every template: words only. Numbers and names come from facts, with their records."""

import re
from importlib import resources

import jinja2
import pytest

from workbench.records import load, vocabularies

FOLDER = resources.files("workbench.prose").joinpath("templates")
TEMPLATES = sorted((path for language in FOLDER.iterdir() for path in language.iterdir()), key=str)
LANGUAGES = ("en", "zh")
# Counting words that state a value. "First", "last" and "once" say an order or a rule of counting.
ENGLISH_NUMBERS = re.compile(
    r"\b(zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(thir|four|fif|six|seven|eigh|nine)teen|"
    r"(twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|millions?|dozens?|half|twice|pair|couple)\b",
    re.IGNORECASE,
)
CHINESE_NUMBERS = re.compile("[〇零一二两三四五六七八九十百千万亿]")
NUMBERS = {"en": ENGLISH_NUMBERS, "zh": CHINESE_NUMBERS}


def literal(text):
    """The text of a template that reaches a reader: outside Jinja's code, and strings inside it."""
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    found = []
    for line, kind, value in environment.lex(text):
        if kind == "data" or kind == "string":
            found.append((line, value.strip("\"'") if kind == "string" else value))
    return found


def hits(path, pattern):
    lines = literal(path.read_text(encoding="utf-8"))
    return [f"line {line}: …{m[0]}…" for line, words in lines for m in pattern.finditer(words)]


@pytest.fixture(scope="session")
def register_names(held):
    """Every name of the registers in any language, of the homes, of countries, series and programmes."""
    tables, settings = load.ensure_tables(held)
    lists, _ = vocabularies.read(held.vocabularies, "vocabularies")
    names = set(tables["names"]["text"].dropna())
    names |= {home.name[language] for home in settings.homes.values() if home.name for language in LANGUAGES}
    names |= {term.label(language) for term in lists["country"].values() for language in LANGUAGES}
    names |= set(tables["series"]["name"].dropna()) | set(tables["programmes"]["name"].dropna())
    return {name for name in names if len(name) > 1}


def as_pattern(names):
    """Any of the names: whole words where letters are Latin, anywhere in Chinese."""
    words = (
        rf"(?<!\w){re.escape(n)}(?!\w)" if n.isascii() else re.escape(n) for n in sorted(names, key=len, reverse=True)
    )
    return re.compile("|".join(words))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_digits(path):
    assert hits(path, re.compile(r"\d+")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_number_words(path):
    assert hits(path, NUMBERS[path.parent.name]) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_names_of_the_registers(path, register_names):
    assert hits(path, as_pattern(register_names)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_arithmetic(path):
    # Templates count nothing: a sum or a difference is a fact of its own.
    environment = jinja2.Environment()
    tree = environment.parse(path.read_text(encoding="utf-8"))
    sums = (
        jinja2.nodes.Add,
        jinja2.nodes.Sub,
        jinja2.nodes.Mul,
        jinja2.nodes.Div,
        jinja2.nodes.FloorDiv,
        jinja2.nodes.Mod,
    )
    assert [node.lineno for node in tree.find_all(sums)] == []


def test_the_lint_sees_what_it_must(register_names):
    environment_text = (
        "{% block a %}Nine visits of {{ n|number }} in Leeds, 3 {{ n|count('two', '四') }}{# 7 #}{% endblock %}"
    )
    words = " ".join(value for _, value in literal(environment_text))
    assert ENGLISH_NUMBERS.findall(words)
    assert as_pattern(register_names).findall(words) == ["Leeds"]
    assert re.findall(r"\d", words) == ["3"]
    assert CHINESE_NUMBERS.findall(words) == ["四"]


def blocks(language, name):
    text = FOLDER.joinpath(f"{language}/{name}.j2").read_text(encoding="utf-8")
    return set(re.findall(r"{%-? *block (\w+)", text))


def test_both_languages_have_the_headline_passage():
    assert {"lead"} <= blocks("en", "overview") & blocks("zh", "overview")
    assert "somebody" in blocks("en", "common") & blocks("zh", "common")


def test_every_template_can_be_read():
    for language in LANGUAGES:
        environment = jinja2.Environment(loader=jinja2.PackageLoader("workbench.prose"))
        names = (
            "number",
            "digits",
            "count",
            "when",
            "date",
            "name",
            "names",
            "heading",
            "people",
            "label",
            "plural",
            "a",
            "text",
            "printed",
        )
        environment.filters.update(dict.fromkeys((*names, "listed"), str))
        for name in environment.list_templates(filter_func=lambda n, language=language: n.startswith(f"{language}/")):
            environment.get_template(name)
