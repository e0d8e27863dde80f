"""A report written by hand as notebooks leave it: every kind of part, in both languages."""

from __future__ import annotations

from typing import Any

from workbench.publish.content import Content, Part

SVG = (
    '<svg role="img" aria-labelledby="figure-1-title figure-1-alt" xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 470 200" width="470pt" height="200pt">'
    '<defs><path id="figure-1-dot" d="M-4 0L0 4L4 0L0 -4Z"/></defs>'
    '<rect x="0" y="0" width="470" height="200" fill="#e8e6df"/>'
    '<a data-report="partner:leeds-libraries"><g><title>Leeds: 2</title>'
    '<path d="M60 60C180 20 300 80 400 150" stroke="#c4501b" fill="none"/></g></a>'
    '<use xlink:href="#figure-1-dot" x="60" y="60" fill="#1b2733"/></svg>'
)
WORDS = {
    "en": {"contents": "Contents", "notes": "Notes", "sources": "Sources", "draft": "Draft, not released",
           "edition": "Edition of {day}, released by {name}"},
    "zh": {"contents": "目录", "notes": "注释", "sources": "来源", "draft": "草稿，未发布",
           "edition": "{day}版，发布人：{name}"},
}  # fmt: skip
# What people and machines write that typst, Markdown, HTML, Jinja or TeX would take for code.
NASTY = [
    "<script>alert(1)</script> & <b>bold</b>", "\"quoted\" 'twice' \\ \\\\ \\\"", '#eval("x") #{1 + 1} #import "x": *',
    "*bold* _slanted_ `code` ~ $x^2$ @ref <label> [[x]] [a](b)", "= no heading", "- no list", "1. no list",
    "/ no: term", "// no comment /* none */", "{{ 7 * 7 }} {% raw %} ${x} %s", "-1 ... --- -- ~~x~~", "https://example.net/in-text",
    "مرحبا שלום 100", "🎉 👨‍👩‍👧 𠮷 \u200b", "Wrocław Köln Київ 杭州图书馆", "x" * 5000,
]  # fmt: skip
# Addresses that are none of the web.
ELSEWHERE = ["javascript:alert(1)", "file:///etc/hosts", "ftp://example.org", "data:text/html,x", " https://example.org",
             "//example.org", "mailto:a@example.org"]  # fmt: skip
TEXTS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Leeds Libraries and Hangzhou Public Library", "home": "Hangzhou Public Library",
        "as_of": "As of 31 October 2026",
        "lead": "Leeds Libraries and Hangzhou Public Library have known each other since 2018.",
        "heading": "What has happened", "under": "Visits",
        "said": "On 2 April 2019 both libraries signed a memorandum; Wrocław, Köln, Café and Київ are spelt so.",
        "caption": "Agreements, in order of date", "heads": ["What", "With", "On record"],
        "row": ["Memorandum", "Leeds Libraries", "signed 2 April 2019 (our reading)"],
        "figure": "Two visits led here", "sub": "Visits by direction; line width: number of records",
        "alt": "Map of two visits from Leeds to Hangzhou.", "note": "Two records drawn. As of 31 October 2026.",
        "verdict": "Say with this caveat", "safe": "The two libraries have exchanged staff, as far as the records go.",
        "remark": "The records do not say what became of the exchange of books.",
        "cards": [("2", "visits, one by an inferred date"), ("1 : 0", "visits here against visits there"),
                  ("1", "agreement of its own")],
        "source": "Libraries agree to work closer together", "publisher": "Global Leeds, own website, 5 April 2019",
        "place": "paragraph", "told": "Visit of 2019: source", "card": "Visit, 2019",
    },
    "zh": {
        "title": "利兹图书馆与杭州图书馆", "home": "杭州图书馆", "as_of": "截至2026年10月31日",
        "lead": "利兹图书馆（Leeds Libraries）与杭州图书馆自2018年起往来。",
        "heading": "往来情况", "under": "来访",
        "said": "双方于2019年4月2日前后签署备忘录，“谅解”二字见于原文；弗罗茨瓦夫（Wrocław）与科隆（Köln）原名照录。",
        "caption": "合作文件，按日期排列", "heads": ["类别", "对方", "记录情况"],
        "row": ["备忘录", "利兹图书馆", "约2019年4月2日签署"],
        "figure": "来访多于出访", "sub": "按方向统计的访问；线宽表示记录数",
        "alt": "地图：利兹两次来访杭州。", "note": "绘入2条记录。截至2026年10月31日。",
        "verdict": "可以说，须加说明", "safe": "就现有记录所见，两馆曾互派人员。",
        "remark": "图书交换的后续，记录未注明。",
        "cards": [("2", "次来访，其中一次日期为推定"), ("1 : 0", "来访与出访之比"), ("1", "项自签协议")],
        "source": "两市图书馆将进一步合作", "publisher": "利兹市政府网站，2019年4月5日",
        "place": "段落", "told": "2019年来访：来源", "card": "2019年来访",
    },
}  # fmt: skip


def report(language: str = "en", kind: str = "overview", **changes: Any) -> Content:
    """A short report in a language; ``changes`` replace some of its texts (see `TEXTS`)."""
    texts = TEXTS[language] | changes
    facts = {
        "kind": kind, "title": texts["title"], "home": "hangzhou-public-library", "home_name": texts["home"],
        "language": language, "period": "", "as_of": "2026-10-31", "as_of_words": texts["as_of"],
        "draft_words": WORDS[language]["draft"], "lead": texts["lead"], "words": WORDS[language],
        "notes": {"1": _note(texts, 1), "2": _note(texts, 1), "3": _note(texts, 2), "4": _note(texts, 2, "4–6"),
                  "9": "never called for"},
    }  # fmt: skip
    return Content(facts, tuple(_parts(texts, language)))


def _parts(texts: dict[str, Any], language: str) -> list[Part]:
    other = "zh" if language == "en" else "en"
    cards = "".join(f"<div><dt>{words}</dt><dd>{number}</dd></div>" for number, words in texts["cards"])
    figure = (
        f'<figure class="drawing"><figcaption><strong id="figure-1-title">{texts["figure"]}</strong>'
        f"<span>{texts['sub']}</span></figcaption>"
        f'<div class="canvas" tabindex="0" role="group" aria-label="{texts["figure"]}">{SVG}</div>'
        f'<p class="alt" id="figure-1-alt">{texts["alt"]}</p><p class="figure-note">{texts["note"]}</p>'
        f'<details class="data"><summary>as a table</summary>{_table("left out", texts["heads"], [])}</details>'
        "</figure>"
    )
    verdict = (
        f'<div class="verdict say_with_caveat"><p class="verdict-word">{texts["verdict"]}</p>'
        f"<p>{_sentence(texts['safe'], 4)}</p></div>"
    )
    return [
        Part("title", f"<h1>{texts['title']}</h1>"),
        Part("paragraph", f'<p class="lead">{_sentence(texts["lead"], 1)}</p>'),
        Part("paragraph", f'<p class="lead" lang="{other}">{_sentence(TEXTS[other]["lead"], 2)}</p>'),
        Part("key-figures", f'<dl class="key-figures">{cards}</dl>'),
        Part("heading", f'<h2 id="what">{texts["heading"]}</h2>'),
        Part("paragraph", f'<h3>{texts["under"]}</h3><p class="partner">{_sentence(texts["said"], 3)}</p>'),
        Part("note", f'<p class="note">{texts["remark"]}</p>'),
        Part("figure", figure),
        Part("table", _table(texts["caption"], texts["heads"], [texts["row"]] * texts.get("rows", 3))),
        Part("verdict", verdict),
        Part("sources", _sources(texts, WORDS[language]["sources"])),
        Part("records", f'<section class="records"><h2 id="records">{texts["card"]}</h2></section>'),
    ]


def _sentence(text: str, note: int) -> str:
    source = 1 if note < 3 else 2
    mark = f'<sup class="marks" data-note="{note}"><a href="#source-{source}">{source}</a></sup>'
    return f'<span class="sentence" id="s-{note}" data-records="events:leeds-visit-2019">{text}{mark}</span>'


def _table(caption: str, heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    body = ""
    for row in rows:
        cells = [f'<td data-label="{name}">{text}</td>' for name, text in zip(heads, row, strict=True)]
        mark = '<sup class="marks" data-note="3"><a href="#source-2">2</a></sup>'
        body += f"<tr>{''.join(cells)[: -len('</td>')]} {mark}</td></tr>"
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _note(texts: dict[str, Any], source: int, place: str = "4") -> str:
    return f'{texts["told"]} <a href="#source-{source}">[{source}]</a>, {texts["place"]} {place}'


def _sources(texts: dict[str, Any], heading: str) -> str:
    items = "".join(
        f'<li id="source-{number}"><p><cite lang="en">{texts["source"]}</cite>, {texts["publisher"]}.<br>'
        f'<a class="address" href="https://example.org/{number}">https://example.org/{number}</a></p>'
        f'<ul><li>{texts["place"]} 4: <q lang="zh">签署备忘录</q></li><li>{texts["place"]} 7</li></ul></li>'
        for number in (1, 2)
    )
    return f'<section class="sources"><h2 id="sources">{heading}</h2><ol>{items}</ol></section>'
