"""Site rules: what an operator writes for a site decides, and what no longer fits is told, never raised."""

import pickle
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.config import ExtractConfig
from scraper.errors import ConfigError
from scraper.extract.rulefiles import read_text
from scraper.extract.siterules import RuleResult, SiteRules, apply
from scraper.page import PageOptions, extract_article
from scraper.records import Article, DateSource, Drop

PAGE = """<!DOCTYPE html>
<html><head>
<meta charset="utf-8">
<title>Ferry returns | The Harbour Post</title>
<meta property="article:published_time" content="2025-04-02T07:30:00+02:00">
</head><body class="story-page">
<nav><a href="/">Home</a> <a href="/sea">Sea</a></nav>
<div id="story" class="story wide">
  <h1>The ferry returns</h1>
  <p class="byline">By <span class="author">Ada Lund</span> and <span class="author">Jón Örn</span></p>
  <time class="published" datetime="2025-04-02T07:30">2 April</time>
  <p>The old ferry came back to the island on Tuesday.</p>
  <p class="promo">Read more: ten other ferries</p>
  <aside class="newsletter-box">Sign up for our letter.</aside>
  <p>It had been <b>away</b> for three winters.</p>
  <img src="https://ads.example.net/pixel.gif"> <ul><li>First sailing: 7.30</li></ul>
</div>
<div id="story-2"><p>A second part stands in a box of its own.</p></div>
<footer>All rights reserved</footer>
</body></html>"""

TEXT_RULE = """# The Harbour Post
title: //h1
author: //span[@class='author']
date: //time[@class='published']/@datetime
body: //div[@id='story']
strip: //p[contains(., 'Read more')]
strip_id_or_class: newsletter
strip: //p[@class='byline'] | //time
test_url: https://example.com/sea/1
"""

TOML_RULE = """# The Harbour Post
title = "h1"
authors = ".author"
date = "time.published"
body = "#story"
strip = [
    ".promo",
    ".newsletter-box",
    ".byline",
]
"""

BODY = [
    "The old ferry came back to the island on Tuesday.",
    "It had been away for three winters.",
    "First sailing: 7.30",
]


def folder(path: Path, files: Mapping[str, str | bytes]) -> SiteRules:
    """A folder with these rule files, loaded."""
    for name, content in files.items():
        (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return SiteRules.load(path)


def read(path: Path, rule: str | bytes, html: str = PAGE, *, ending: str = "txt") -> RuleResult:
    """What one rule finds in a page."""
    rules = folder(path, {f"example.com.{ending}": rule})
    found = rules.rule_for("example.com")
    assert found is not None, rules.problems
    return apply(found, html, "https://example.com/1")


def texts(result: RuleResult) -> list[str]:
    return [block.text for block in result.blocks]


def which(rules: SiteRules, hostname: str) -> str | None:
    """The file whose rule speaks for a host."""
    rule = rules.rule_for(hostname)
    return rule.file if rule else None


@pytest.mark.parametrize(("rule", "ending"), [(TEXT_RULE, "txt"), (TOML_RULE, "toml")])
class TestBothFormats:
    def test_read_body_title_authors_and_date(self, tmp_path: Path, rule: str, ending: str) -> None:
        result = read(tmp_path, rule, ending=ending)
        assert texts(result) == BODY
        assert result.title == "The ferry returns"
        assert result.authors == ("Ada Lund", "Jón Örn")
        assert result.date == "2025-04-02T07:30"
        assert result.missed == ()

    def test_blocks_say_what_they_are_and_where_they_stood(
        self, tmp_path: Path, rule: str, ending: str
    ) -> None:
        blocks = read(tmp_path, rule, ending=ending).blocks
        assert [block.tag for block in blocks] == ["p", "p", "li"]
        assert "div#story.story.wide" in blocks[0].path

    def test_stand_windows_line_endings_and_a_byte_order_mark(
        self, tmp_path: Path, rule: str, ending: str
    ) -> None:
        source = b"\xef\xbb\xbf" + rule.replace("\n", "\r\n").encode()
        assert texts(read(tmp_path, source, ending=ending)) == BODY

    def test_give_no_blocks_and_say_so_when_the_site_has_changed(
        self, tmp_path: Path, rule: str, ending: str
    ) -> None:
        result = read(tmp_path, rule, "<p>Nothing of what the rule expects.</p>", ending=ending)
        assert result.blocks == ()
        assert result.title is result.date is None
        assert result.authors == ()
        line = rule.split("\n").index(next(at for at in rule.split("\n") if at.startswith("body"))) + 1
        body = rule.split("\n")[line - 1].split(" ", 1)[1].removeprefix("= ").strip('"')
        assert f"example.com.{ending}:{line}: body: {body}" in result.missed

    @pytest.mark.parametrize(
        "html", ["", " ", "\0", "<!-- -->", "text", "<", "\ud800", "<p>\x0c</p>\x0c<p>a"]
    )
    def test_raise_for_no_page(self, tmp_path: Path, rule: str, ending: str, html: str) -> None:
        assert read(tmp_path, rule, html, ending=ending).missed

    def test_read_the_body_below_a_thousand_boxes(self, tmp_path: Path, rule: str, ending: str) -> None:
        html = "<div>" * 900 + PAGE + "</div>" * 900
        assert texts(read(tmp_path, rule, html, ending=ending)) == BODY

    def test_stand_any_depth_of_nesting(self, tmp_path: Path, rule: str, ending: str) -> None:
        html = f"<div id=story>{'<div>' * 100_000}<p>Deep below.</p></div>"
        result = read(tmp_path, rule, html, ending=ending)
        assert texts(result) == ["Deep below."] or result.missed


class TestTextRules:
    def test_the_first_body_that_matches_is_used(self, tmp_path: Path) -> None:
        rule = "body: //section\nbody: //div[@id='story-2']\nbody: //div[@id='story']"
        result = read(tmp_path, rule)
        assert texts(result) == ["A second part stands in a box of its own."]
        assert result.missed == ()

    def test_a_body_without_text_makes_way_for_the_next(self, tmp_path: Path) -> None:
        html = "<main><video></video></main>"
        result = read(tmp_path, "body: //main\nbody: //article", html)
        assert result.missed == (
            "example.com.txt:1: body: //main (no text in it)",
            "example.com.txt:2: body: //article",
        )
        assert texts(read(tmp_path, "body: //main\nbody: //body", html + "Text")) == ["Text"]

    def test_a_body_of_several_elements_keeps_their_order_and_counts_nested_ones_once(
        self, tmp_path: Path
    ) -> None:
        rule = "body: //div[@id='story-2'] | //div[@id='story']/p[b] | //b | //div[@id='story-2']/p"
        assert texts(read(tmp_path, rule)) == [
            "It had been away for three winters.",
            "A second part stands in a box of its own.",
        ]

    def test_a_body_of_strings_becomes_paragraphs(self, tmp_path: Path) -> None:
        rule = "body: //div[@id='story']/p[not(@class)]/text()"
        html = PAGE.replace("three winters", "three &lt;winters&gt;")
        assert texts(read(tmp_path, rule, html)) == [
            "The old ferry came back to the island on Tuesday.",
            "It had been",
            "for three <winters>.",
        ]

    def test_a_body_of_table_rows_stays_in_lines(self, tmp_path: Path) -> None:
        html = "<table><tr><td>Oslo<td>7.30</tr><tr><td>Bergen<td>9.15</tr></table>"
        assert texts(read(tmp_path, "body: //tr", html)) == ["Oslo | 7.30", "Bergen | 9.15"]

    @pytest.mark.parametrize(
        ("expression", "author"),
        [
            ("substring-before(substring-after(//p[@class='byline'], 'By '), ' and')", "Ada Lund"),
            ("concat(//span[@class='author'][1], ', ', //span[@class='author'][2])", "Ada Lund, Jón Örn"),
            ("normalize-space(//p[contains(concat(' ', @class, ' '), ' byline ')]/span/text())", "Ada Lund"),
            ("//span[@class=concat('au', 'thor')][starts-with(., 'J')]/text()", "Jón Örn"),
        ],
    )
    def test_xpath_functions_are_understood(self, tmp_path: Path, expression: str, author: str) -> None:
        assert read(tmp_path, f"author: {expression}").authors == (author,)

    @pytest.mark.parametrize("expression", ["count(//p)", "boolean(//p)", "1 + 1"])
    def test_an_expression_that_points_at_nothing_matches_nothing(
        self, tmp_path: Path, expression: str
    ) -> None:
        result = read(tmp_path, f"title: {expression}")
        assert result.title is None
        assert result.missed == (f"example.com.txt:1: title: {expression}",)

    def test_strip_comes_before_the_body_is_looked_for(self, tmp_path: Path) -> None:
        rule = "body: //div[starts-with(@id, 'story')][1]\nstrip: //div[@id='story']"
        assert texts(read(tmp_path, rule)) == ["A second part stands in a box of its own."]

    def test_title_authors_and_date_are_read_before_anything_is_stripped(self, tmp_path: Path) -> None:
        result = read(tmp_path, "strip: //h1\nstrip_id_or_class: author\ntitle: //h1\nauthor: //span")
        assert result.title == "The ferry returns"
        assert result.authors == ("Ada Lund", "Jón Örn")

    def test_what_follows_a_stripped_element_stays(self, tmp_path: Path) -> None:
        html = "<p>It was <i>not</i> calm<sup>1</sup>.</p><div>x</div>and\x0c windy"
        result = read(tmp_path, "body: //body\nstrip: //i | //sup\nstrip: //div", html)
        assert texts(result) == ["It was calm.", "and windy"]

    def test_comments_and_pieces_of_text_can_be_stripped(self, tmp_path: Path) -> None:
        html = "<p>Kept<!-- no --> too<br>Advertisement<br>and this</p>"
        rule = "body: //p\nstrip: //comment()\nstrip: //text()[. = 'Advertisement']"
        assert " ".join(texts(read(tmp_path, rule, html))) == "Kept too and this"

    def test_strip_id_or_class_looks_for_a_part_of_either(self, tmp_path: Path) -> None:
        html = "<div><p>Text</p><p id=my-promo-1>a</p><p class='x promo'>b</p><p class=prom>c</p></div>"
        assert texts(read(tmp_path, "body: //div\nstrip_id_or_class: 'promo'", html)) == ["Text", "c"]

    def test_strip_id_or_class_never_takes_the_whole_page(self, tmp_path: Path) -> None:
        result = read(tmp_path, "body: //div[@id='story-2']\nstrip_id_or_class: story-page")
        assert texts(result) == ["A second part stands in a box of its own."]

    def test_strip_image_src_takes_out_images_by_a_part_of_their_address(self, tmp_path: Path) -> None:
        html = "<div><p>Text</p><img src='//ads.example.net/1.gif'><img src='/boat.jpg'></div>"
        rule = "body: //div[not(img[contains(@src, 'ads.')])]\nstrip_image_src: ads.example.net"
        assert texts(read(tmp_path, rule, html)) == ["Text"]
        assert read(tmp_path, "strip_image_src: doubleclick.net", html).missed

    def test_strings_are_replaced_before_the_page_is_parsed(self, tmp_path: Path) -> None:
        html = "<div id=story><noscript><p>Hidden without scripts</p></noscript><p>And: shown</p></div>"
        rule = (
            "find_string: <noscript>\nreplace_string: <section>\n"
            "replace_string(</noscript>): </section>\n"
            'replace_string(<div id=story): <div id="text"\n'
            "replace_string(And: ): \n"
            "body: //div[@id='text']/section | //div[@id='text']/p"
        )
        assert texts(read(tmp_path, rule, html)) == ["Hidden without scripts", "shown"]

    def test_strings_that_do_not_pair_up_are_left_alone_and_told_of(self, tmp_path: Path) -> None:
        rules = folder(
            tmp_path, {"example.com.txt": "find_string: a\nfind_string: b\nreplace_string: c\nbody: //p"}
        )
        rule = rules.rule_for("example.com")
        assert rule is not None
        assert texts(apply(rule, "<p>ab</p>", "")) == ["ab"]
        assert rules.problems == (
            "example.com.txt: nothing is replaced, as they do not pair up: 2 find_string, 1 replace_string",
        )

    def test_comments_and_directives_without_value_are_passed_over(self, tmp_path: Path) -> None:
        rule = "#body: //nav\n   # strip: //p\n\ntitle:\n  body :   //div[@id='story-2']  \n#"
        assert texts(read(tmp_path, rule)) == ["A second part stands in a box of its own."]

    def test_broken_xpath_is_left_out_and_told_of_and_the_rest_stands(self, tmp_path: Path) -> None:
        rules = folder(tmp_path, {"example.com.txt": "strip: //div[\nbody: //div[@id='story-2']\ntitle: )"})
        rule = rules.rule_for("example.com")
        assert rule is not None
        assert texts(apply(rule, PAGE, "")) == ["A second part stands in a box of its own."]
        assert [problem.partition(" (")[0] for problem in rules.problems] == [
            "example.com.txt:1: strip: not XPath 1.0: //div[",
            "example.com.txt:3: title: not XPath 1.0: )",
        ]

    @pytest.mark.parametrize("expression", ["//p[matches(., 'x')]", "//og:title", "$name"])
    def test_xpath_that_cannot_be_evaluated_is_missed_with_the_reason(
        self, tmp_path: Path, expression: str
    ) -> None:
        result = read(tmp_path, f"strip: {expression}\nbody: {expression}\nbody: //div[@id='story-2']")
        assert texts(result) == ["A second part stands in a box of its own."]
        strip, body = result.missed
        assert strip.startswith(f"example.com.txt:1: strip: {expression} (")
        assert body.startswith(f"example.com.txt:2: body: {expression} (")

    def test_every_directive_that_matched_nothing_is_listed_with_its_line(self, tmp_path: Path) -> None:
        rule = (
            "title: //h7\ntitle: //h8\nbody: //div[@id='story']\nstrip: //video\n"
            "strip_id_or_class: cookie\nstrip_image_src: tracker\nreplace_string(<center>): <div>"
        )
        assert read(tmp_path, rule).missed == (
            "example.com.txt:7: replace_string: <center>",
            "example.com.txt:1: title: //h7",
            "example.com.txt:2: title: //h8",
            "example.com.txt:4: strip: //video",
            "example.com.txt:5: strip_id_or_class: cookie",
            "example.com.txt:6: strip_image_src: tracker",
        )

    def test_a_directive_that_is_not_carried_out_is_told_of_once(self, tmp_path: Path) -> None:
        rule = (
            "body: //p\nsingle_page_link: //a[@id='all']\nsingle_page_link: //a\nwrap_in(blockquote): //q\n"
        )
        rules = folder(tmp_path, {"a.example.txt": rule, "b.example.txt": rule + "\nno directive\n"})
        for host in ("a.example", "b.example", "a.example"):
            assert which(rules, host)
        assert rules.problems == (
            "a.example.txt:2: single_page_link is not carried out (said once)",
            "a.example.txt:4: wrap_in is not carried out (said once)",
            "b.example.txt:6: not a directive: no directive",
        )

    def test_directives_about_fetching_and_testing_are_passed_over_silently(self, tmp_path: Path) -> None:
        rule = (
            "body: //p\nhttp_header(user-agent): Mozilla/5.0 (compatible)\nhttp_header(cookie): a=b\n"
            "test_url: https://example.com/\ntest_contains: ferry\nprune: no\ntidy: yes\nparser: html5php"
        )
        rules = folder(tmp_path, {"example.com.txt": rule})
        assert which(rules, "example.com")
        assert rules.problems == ()

    def test_a_page_too_deep_for_the_parser_is_missed_not_cut(self, tmp_path: Path) -> None:
        html = f"<div id=story><p>Above</p>{'<div>' * 3_000}<p>Below</p>"
        result = read(tmp_path, "body: //div[@id='story']", html)
        assert result.blocks == ()
        assert "Excessive depth" in result.missed[0]

    def test_other_scripts_are_read_and_compared_as_they_are(self, tmp_path: Path) -> None:
        html = "<div class='本文'><p>連絡船が島に戻った。</p><p>関連記事 港</p></div><span>عمر</span>"
        rule = (
            "# правило\nbody: //div[@class='本文']\n"
            "strip: //p[starts-with(., '関連')]\nauthor: //span[.='عمر']"
        )
        result = read(tmp_path, rule, html)
        assert texts(result) == ["連絡船が島に戻った。"]
        assert result.authors == ("عمر",)

    def test_bytes_that_are_not_utf_8_cost_a_comment_not_the_file(self, tmp_path: Path) -> None:
        assert texts(read(tmp_path, b"# caf\xe9\nbody: //div[@id='story-2']"))

    def test_what_the_page_declares_of_its_encoding_does_not_matter(self, tmp_path: Path) -> None:
        html = '<?xml version="1.0" encoding="latin-1"?><meta charset="shift_jis"><p>Jón Örn</p>'
        assert texts(read(tmp_path, "body: //p", html)) == ["Jón Örn"]


class TestTomlRules:
    def test_a_list_holds_alternatives(self, tmp_path: Path) -> None:
        rule = 'body = ["section", "#story-2", "#story"]\ntitle = ["h7", "title"]'
        result = read(tmp_path, rule, ending="toml")
        assert texts(result) == ["A second part stands in a box of its own."]
        assert result.title == "Ferry returns | The Harbour Post"
        assert result.missed == ()

    def test_meta_time_and_named_attributes_are_read(self, tmp_path: Path) -> None:
        rule = 'date = "meta[property$=time]"\ntitle = "#story-2::attr(id)"\nbody = "#story-2"'
        result = read(tmp_path, rule, ending="toml")
        assert result.date == "2025-04-02T07:30:00+02:00"
        assert result.title == "story-2"
        assert texts(result) == ["A second part stands in a box of its own."]

    def test_nested_matches_are_stripped_and_read_once(self, tmp_path: Path) -> None:
        html = (
            "<div><div><p>One</p><div class=x>x<p class=x>x<b class=x>x</b></p></div></div><p>Two</p></div>"
        )
        assert texts(read(tmp_path, 'body = "div, p"\nstrip = [".x", "b"]', html, ending="toml")) == [
            "One",
            "Two",
        ]

    def test_hosts_stand_in_the_file_when_its_name_is_not_enough(self, tmp_path: Path) -> None:
        rules = folder(tmp_path, {"group.toml": 'hosts = ["one.example", "*.two.example"]\nbody = "p"'})
        assert [which(rules, host) for host in ("one.example", "two.example", "m.two.example")] == [
            "group.toml"
        ] * 3
        assert which(rules, "group") is which(rules, "m.one.example") is None

    @pytest.mark.parametrize(
        ("rule", "message"),
        [
            ('body = "p"\ntitle = "h1', "example.com.toml:2: not TOML"),
            ('# a rule\nbody = "p"\nbodi = "p"\n', "example.com.toml:3: unknown key: bodi"),
            ('body = "p"\n\ndate = 5', "example.com.toml:3: date is a string or a list of strings"),
            ('strip = [\n  "p",\n  "div[",\n]', "example.com.toml:3: strip: not a CSS selector: 'div['"),
            ('body = ""', "example.com.toml:1: body: not a CSS selector: ''"),
            ('hosts = "example.com"', "example.com.toml:1: names none of body, title, authors, date, strip"),
            ('body = "p"\nhosts = "two words"', "example.com.toml: 'two words' is not a host"),
            (b'# fine\nbody = "\xff"', "example.com.toml:2: not UTF-8"),
        ],
    )
    def test_a_broken_rule_is_an_error_that_names_file_and_line(
        self, tmp_path: Path, rule: str | bytes, message: str
    ) -> None:
        with pytest.raises(ConfigError) as error:
            folder(tmp_path, {"example.com.toml": rule})
        assert str(error.value).startswith(message)

    def test_two_rules_for_one_host_are_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"b\.toml: a\.example\.toml already has a rule for a\.example"):
            folder(tmp_path, {"a.example.toml": 'body = "p"', "b.toml": 'hosts = "a.example"\nbody = "p"'})


class TestLookup:
    def test_the_most_telling_name_wins(self, tmp_path: Path) -> None:
        names = ["example.com", ".example.com", "news.example.com", ".news.example.com"]
        rules = folder(tmp_path, {f"{name}.txt": "body: //p" for name in names})
        assert {host: which(rules, host) for host in ("example.com", "www.example.com", "m.example.com")} == {
            "example.com": "example.com.txt",
            "www.example.com": "example.com.txt",
            "m.example.com": ".example.com.txt",
        }
        assert which(rules, "news.example.com") == "news.example.com.txt"
        assert which(rules, "a.b.news.example.com") == ".news.example.com.txt"
        assert which(rules, "notexample.com") is which(rules, "com") is which(rules, "") is None

    def test_a_wildcard_speaks_for_the_host_itself_too(self, tmp_path: Path) -> None:
        rules = folder(tmp_path, {".example.com.txt": "body: //p", ".example.org.toml": 'body = "p"'})
        assert which(rules, "example.com") == which(rules, "www.example.com") == ".example.com.txt"
        assert which(rules, "example.org") == which(rules, "a.b.example.org") == ".example.org.toml"

    def test_for_one_name_toml_comes_before_text(self, tmp_path: Path) -> None:
        rules = folder(
            tmp_path,
            {
                "a.example.txt": "body: //p",
                "a.example.toml": 'body = "p"',
                ".b.example.toml": 'body = "p"',
                "b.example.txt": "body: //p",
            },
        )
        assert which(rules, "a.example") == "a.example.toml"
        assert which(rules, "b.example") == "b.example.txt"

    def test_a_file_of_which_nothing_can_be_used_makes_way_for_the_next(self, tmp_path: Path) -> None:
        rules = folder(tmp_path, {"example.com.txt": "body: //[\n", ".example.com.txt": "body: //p"})
        assert which(rules, "example.com") == ".example.com.txt"

    def test_hosts_in_other_scripts_are_found_by_their_ascii_form(self, tmp_path: Path) -> None:
        rules = folder(tmp_path, {"hafen-köln.example.txt": "body: //p", "Post.Example.txt": "body: //p"})
        assert which(rules, "xn--hafen-kln-67a.example") == "hafen-köln.example.txt"
        assert which(rules, "post.example") == "Post.Example.txt"

    def test_other_files_and_folders_are_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "example.com.txt").mkdir()
        (tmp_path / ".git").mkdir()
        rules = folder(
            tmp_path,
            {"README.md": "#", "LICENSE.txt": "Public domain.\n", ".editorconfig": "", "a b.txt": ""},
        )
        assert which(rules, "example.com") is None
        assert rules.problems == ()

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"extract\.site_rules: the folder .*missing cannot be read"):
            SiteRules.load(tmp_path / "missing")

    def test_two_thousand_files_load_at_once_and_are_read_when_met(self, tmp_path: Path) -> None:
        for number in range(2_000):
            (tmp_path / f"site{number}.example.txt").write_text(
                f"body: //div[@id='{number}']\ntitle: //h1[\n"
            )
        begun = process_time()
        rules = SiteRules.load(tmp_path)
        assert process_time() - begun < 0.2
        assert rules.problems == ()
        for number in (0, 7, 1_999):
            rule = rules.rule_for(f"www.site{number}.example")
            assert rule is not None
            assert rule.file == f"site{number}.example.txt"
            assert texts(apply(rule, f"<div id={number}>{number}</div>", "")) == [str(number)]
        assert rules.rule_for("site2000.example") is None
        assert len(rules.problems) == 3

    def test_a_rule_is_read_once(self, tmp_path: Path) -> None:
        rules = folder(tmp_path, {"example.com.txt": "body: //p"})
        first = rules.rule_for("example.com")
        (tmp_path / "example.com.txt").unlink()
        assert rules.rule_for("www.example.com") is first

    def test_a_file_that_vanished_is_a_problem_not_an_error(self, tmp_path: Path) -> None:
        rules = folder(tmp_path, {"example.com.txt": "body: //p"})
        (tmp_path / "example.com.txt").unlink()
        assert rules.rule_for("example.com") is None
        assert rules.problems == ("example.com.txt: cannot be read: No such file or directory",)

    def test_check_reads_all_files_and_tells_their_problems(self, tmp_path: Path) -> None:
        rules = folder(
            tmp_path, {"a.example.txt": "body: [", "b.example.txt": "oops", "c.example.txt": "body: //p"}
        )
        assert [problem.partition(": ")[0] for problem in rules.check()] == [
            "a.example.txt:1",
            "b.example.txt:1",
        ]

    def test_the_folder_travels_to_another_process_as_its_path(self, tmp_path: Path) -> None:
        rules = folder(tmp_path, {f"{number}.example.txt": "body: //p" for number in range(50)})
        sent = pickle.dumps(rules)
        assert len(sent) < 500
        assert which(pickle.loads(sent), "49.example") == "49.example.txt"  # noqa: S301 - our own


class TestStrippedPages:
    @pytest.mark.parametrize(("rule", "ending"), [("strip: //nav", "txt"), ('strip = "nav"', "toml")])
    def test_a_rule_without_body_gives_the_page_without_what_it_strips(
        self, tmp_path: Path, rule: str, ending: str
    ) -> None:
        result = read(tmp_path, rule, ending=ending)
        assert result.blocks == ()
        assert result.stripped is not None
        assert "Home" not in result.stripped
        assert "three winters" in result.stripped

    def test_a_page_that_it_does_not_change_is_not_given(self, tmp_path: Path) -> None:
        assert read(tmp_path, "strip: //video").stripped is None

    def test_a_rule_whose_body_is_missing_gives_no_page(self, tmp_path: Path) -> None:
        assert read(tmp_path, "strip: //nav\nbody: //main").stripped is None


class TestHiddenText:
    def test_hidden_boxes_are_left_out(self, tmp_path: Path) -> None:
        html = "<div><p>Shown</p><div style='display: none'><p>Hidden</p></div></div>"
        assert texts(read(tmp_path, "body: /html/body/div", html)) == ["Shown"]

    def test_a_body_that_scripts_would_show_is_kept(self, tmp_path: Path) -> None:
        html = "<div style='display:none'><p>Shown by a script</p></div>"
        assert texts(read(tmp_path, 'body = "div"', html, ending="toml")) == ["Shown by a script"]


RULE_PARTS = (
    "body: ", "//p", "strip: ", "//*", "[", "]", "'", "\n", "\n", "\r", "#", ":", "replace_string(", "): ",
    "find_string: <", "title: string(/)", "\0", "é", "strip_id_or_class: a", "/@*", "text()", " | ",
    "namespace::*",
)  # fmt: skip
HTML_PARTS = (
    "<p class=a>", "</p>", "<div>", "</div>", "text ", "<table>", "<td>", "&#12;", "\x01", "<!--", "-->",
    "<svg><p>", "<a<b>", "\0", "\ufffe", "<?x ?>",
)  # fmt: skip


@given(
    source=st.lists(st.sampled_from(RULE_PARTS), max_size=20).map("".join),
    html=st.lists(st.sampled_from(HTML_PARTS), max_size=20).map("".join),
)
def test_no_text_rule_and_no_page_raise(source: str, html: str) -> None:
    rule = read_text("example.com.txt", source.encode()).rule
    if rule is not None:
        apply(rule, html, "")


ARTICLE = """<html><body><article><h1>The ferry returns</h1>
<p>The old ferry came back to the island on Tuesday, three winters after a storm tore the ramp from the
quay and left four hundred people with nothing but the post boat and their own rowing.</p>
<p>The harbour master counted forty cars in the first hour, among them a hearse, two milk lorries and a
wedding party that had waited since dawn. "Nobody was late," she said. "Nobody complained either."</p>
<p id="rock">The county paid for the new ramp after a long quarrel about who owns the rock it stands on. A
court in the capital decided in March that it belongs to the parish, which lets it for one crown a year.</p>
<p>Until October the ferry will sail six times a day. In winter, when the sound freezes at its northern end,
two crossings are left, and the parish council has asked for a third on market days.</p>
</article></body></html>"""


class TestInAPage:
    @staticmethod
    def extracted(html: str, site_rules: Path | None) -> Article | Drop:
        options = PageOptions(
            extract=ExtractConfig(site_rules=str(site_rules) if site_rules else None, min_words=5)
        )
        crawled = datetime(2025, 5, 1, tzinfo=UTC)
        return extract_article(html, "https://www.rules.example/1", options=options, date_crawled=crawled)

    def test_the_rule_speaks_before_the_extractor(self, tmp_path: Path) -> None:
        (tmp_path / "rules.example.txt").write_text(TEXT_RULE)
        article = self.extracted(PAGE, tmp_path)
        assert isinstance(article, Article)
        assert article.text.split("\n")[0] == BODY[0]
        assert (article.method, article.confidence) == ("rule:rules.example.txt", 1.0)
        assert article.title == "The ferry returns"
        assert article.authors == ("Ada Lund", "Jón Örn")
        assert article.date_source is DateSource.RULE

    def test_the_date_of_a_rule_comes_before_those_of_the_page(self, tmp_path: Path) -> None:
        (tmp_path / "rules.example.toml").write_text('body = "#story"\ndate = "b"')
        article = self.extracted(PAGE.replace("away", "3 January 2024"), tmp_path)
        assert isinstance(article, Article)
        assert article.date_source is DateSource.RULE
        assert article.date_published == datetime(2024, 1, 3, tzinfo=UTC)

    def test_a_rule_that_matches_nothing_leaves_the_page_as_it_would_be_without(self, tmp_path: Path) -> None:
        (tmp_path / "rules.example.txt").write_text("body: //main\ntitle: //h7\nstrip: //p[@id='rock']")
        missed = self.extracted(ARTICLE, tmp_path)
        assert isinstance(missed, Article)
        assert missed.notes == ("rules.example.txt:2: title: //h7", "rules.example.txt:1: body: //main")
        assert msgspec.structs.replace(missed, notes=()) == self.extracted(ARTICLE, None)

    def test_a_rule_that_only_strips_leaves_the_rest_to_the_extractor(self, tmp_path: Path) -> None:
        (tmp_path / "rules.example.toml").write_text('strip = "#rock"')
        start, end = ARTICLE.index('<p id="rock">'), ARTICLE.index("<p>Until")
        without = ARTICLE[:start] + ARTICLE[end:]
        assert self.extracted(ARTICLE, tmp_path) == self.extracted(without, None)
