"""Bytes to text."""
# ruff: noqa: RUF001 - letters and marks of many scripts are what this is about

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.web.charset import decode

SAMPLES = {
    "windows-1251": "Сегодня в городе открыли новый мост, движение начнётся завтра утром. ",
    "koi8-r": "Сегодня в городе открыли новый мост, движение начнётся завтра утром. ",
    "windows-1252": "Le président a été réélu hier à l’issue d’un scrutin où l’on n’espérait plus. ",
    "windows-1250": "Wczoraj „Gazeta” napisała, że żółte światło nie świeci się już od środy. ",
    "windows-1253": "Η νέα γέφυρα άνοιξε σήμερα στην πόλη και η κίνηση αρχίζει αύριο. ",
    "windows-1255": "הגשר החדש נפתח היום בעיר והתנועה תתחיל מחר בבוקר. ",
    "windows-1256": "افتتح الجسر الجديد اليوم في المدينة وتبدأ الحركة غدا صباحا. ",
    "shift_jis": "新しい橋が今日、市内で開通しました。カタカナとひらがなの文章です。",
    "euc-jp": "新しい橋が今日、市内で開通しました。カタカナとひらがなの文章です。",
    "gb18030": "新桥今天在市内开通，明天早上开始通车。记者从现场了解到。",
    "big5": "新橋今天在市內開通，明天早上開始通車。記者從現場了解到。",
    "euc-kr": "새 다리가 오늘 시내에서 개통되었다. 내일 아침부터 통행이 시작된다. ",
}


def html(text: str, head: str = "") -> str:
    return f"<html><head>{head}<title>x</title></head><body>\n<p class=a>{text}</p>\n</body></html>"


class TestOrder:
    @pytest.mark.parametrize("bom", ["utf-8-sig", "utf-16"])
    def test_a_byte_order_mark_comes_first(self, bom: str) -> None:
        text = html("Straße – 新")
        assert decode(text.encode(bom), "text/html; charset=windows-1251") == text

    @pytest.mark.parametrize("label", SAMPLES)
    def test_then_the_header(self, label: str) -> None:
        text = html(SAMPLES[label], "<meta charset=utf-8>")
        assert decode(text.encode(label), f"text/html; charset={label}") == text

    @pytest.mark.parametrize("label", SAMPLES)
    @pytest.mark.parametrize(
        "form",
        [
            '<meta charset="{}">',
            "<meta http-equiv='Content-Type' content='text/html; charset={}'>",
            "<?xml version='1.0' encoding='{}'?>",
        ],
    )
    def test_then_what_the_page_declares(self, label: str, form: str) -> None:
        text = html(SAMPLES[label], form.format(label))
        assert decode(text.encode(label), "text/html") == text

    @pytest.mark.parametrize("label", SAMPLES)
    def test_then_detection(self, label: str) -> None:
        text = html("</p>\n<p>".join([SAMPLES[label]] * 10))
        assert decode(text.encode(label), None) == text

    def test_the_language_of_the_page_tells_the_latin_encodings_apart(self) -> None:
        text = html("</p>\n<p>".join(["Včera byl ve městě otevřen nový most, řekl žlutý kůň."] * 10))
        text = text.replace("<html>", '<html class="no-js" lang="cs-CZ">')
        assert decode(text.encode("windows-1250"), None) == text

    @pytest.mark.parametrize("content_type", [None, "", "text/html", "text/html; charset=nonsense"])
    def test_utf_8_needs_no_declaration(self, content_type: str | None) -> None:
        text = html("Straße – 新 – 😀")
        assert decode(text.encode(), content_type) == text

    def test_utf_8_is_utf_8_whatever_a_default_says(self) -> None:
        text = html("Straße", '<meta charset="utf-8">')
        assert decode(text.encode(), "text/html; charset=ISO-8859-1") == text

    def test_a_wrong_header_gives_way_to_a_declaration_that_fits(self) -> None:
        text = html(SAMPLES["windows-1251"], "<meta charset=windows-1251>")
        assert decode(text.encode("windows-1251"), "text/html; charset=utf-8") == text


class TestLabels:
    @pytest.mark.parametrize(
        "label", ["iso-8859-1", "latin1", "us-ascii", "ISO_8859-1", "windows-1252", "x-cp1252"]
    )
    def test_latin_1_means_windows_1252(self, label: str) -> None:
        assert decode(b"\x93caf\xe9\x94 \x80", f"text/html; charset={label}") == "“café” €"

    @pytest.mark.parametrize("label", ["gb2312", "gbk", "x-gbk", "GB_2312-80"])
    def test_gb2312_means_gb18030(self, label: str) -> None:
        assert decode("朱镕基".encode("gb18030"), f"text/html; charset={label}") == "朱镕基"

    def test_the_holes_of_windows_1252_are_controls_and_no_question_marks(self) -> None:
        assert decode(b"\x81\xe9", "text/html; charset=latin1") == "\x81é"

    @pytest.mark.parametrize(
        "label", ["utf-7", "unicode_escape", "idna", "punycode", "base64", "undefined", "rot13"]
    )
    def test_what_is_no_encoding_of_the_web_is_not_used(self, label: str) -> None:
        assert (
            decode(b"<p>+ADw- \\u0041 caf\xe9</p>", f"text/html; charset={label}")
            == "<p>+ADw- \\u0041 café</p>"
        )

    def test_a_declaration_of_utf_16_that_can_be_read_is_not_believed(self) -> None:
        text = html("Straße", '<meta charset="utf-16">')
        assert decode(text.encode(), None) == text

    def test_iso_2022_jp_is_not_taken_for_ascii(self) -> None:
        text = html("新しい橋", "<meta charset=iso-2022-jp>")
        assert decode(text.encode("iso-2022-jp"), None) == text


class TestBroken:
    def test_a_few_broken_bytes_leave_a_page_utf_8(self) -> None:
        body = html("Straße über Größe " * 20).encode() + b"<p>\xff</p>"
        assert decode(body, None).startswith(html("Straße über Größe " * 20))

    def test_a_stray_quote_of_windows_1252_is_what_it_was_meant_to_be(self) -> None:
        body = "Größe ".encode() * 20 + b"it\x92s a caf\xe9s"
        assert decode(body, "text/html; charset=utf-8") == "Größe " * 20 + "it’s a cafés"

    def test_a_cut_character_is_one_replacement(self) -> None:
        body = "Größe ".encode() * 20 + "–".encode()[:2] + b'">'
        assert decode(body, None) == "Größe " * 20 + '\ufffd">'

    def test_nul_bytes_are_left_out(self) -> None:
        assert decode(b"<p>a\x00b</p>", None) == "<p>ab</p>"

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_utf_16_without_mark_is_known_by_its_look(self, encoding: str) -> None:
        assert decode(html("Straße").encode(encoding), None) == html("Straße")

    @given(st.binary(), st.sampled_from([None, "text/html; charset=gb2312", "text/html; charset=utf-16"]))
    def test_it_never_fails(self, body: bytes, content_type: str | None) -> None:
        assert "\x00" not in decode(body, content_type)

    @given(st.text(st.characters(exclude_characters="\x00\ufeff\x1b", exclude_categories=["Cs"])))
    def test_utf_8_comes_back_as_it_went(self, text: str) -> None:
        assert decode(codecs.BOM_UTF8 + text.encode(), None) == text

    def test_large_pages_of_nonsense_take_a_bounded_time(self) -> None:
        body = bytes(range(256)) * 20_000
        started = time.process_time()
        decode(body, None)
        assert time.process_time() - started < 3.0
