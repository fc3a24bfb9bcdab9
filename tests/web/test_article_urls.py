"""Which addresses look like articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.web.article_urls import looks_like_article

ARTICLES = [
    # A date in the path.
    "https://www.gazette.example/2024/05/06/ferry",
    "https://www.gazette.example/2024/05/06/world/europe/ferry-strike.html",
    "https://www.gazette.example/news/2024/may/06/ferry-strike-ends",
    "https://www.gazette.example/2024-05-06/ferry",
    "https://www.gazette.example/sea/20240506-ferry",
    "https://www.gazette.example/20240506/k10014441231000.html",
    "https://www.gazette.example/2024/05/ferry-strike/",
    "https://www.gazette.example/a/20240506_1.htm",
    # A headline.
    "https://www.gazette.example/ferry-service-resumes-after-storm",
    "https://www.gazette.example/sea/ferry-service-resumes-after-storm/",
    "https://www.gazette.example/sea/harbourmaster-criticises-government",
    "https://www.gazette.example/wirtschaft/faehre-faehrt-wieder.html",
    "https://www.gazette.example/sea/ferry_service_resumes_after_storm.php",
    "https://www.gazette.example/sea/ferry-service-resumes-after-storm/amp/",
    "https://www.gazette.example/jobs/why-nobody-wants-to-be-a-ferry-captain",
    "https://www.gazette.example/weather/storm-over-the-northern-islands",
    "https://www.gazette.example/mer/le-ferry-repart-apr%C3%A8s-la-temp%C3%AAte",
    "https://www.gazette.example/%D9%85%D9%82%D8%A7%D9%84%D8%A7%D8%AA/%D8%B9%D9%88%D8%AF%D8%A9-%D8%A7%D9%84%D8%B9%D8%A8%D8%A7%D8%B1%D8%A9-%D8%A8%D8%B9%D8%AF-%D8%A7%D9%84%D8%B9%D8%A7%D8%B5%D9%81%D8%A9",
    "https://www.gazette.example/sea/台风过后轮渡服务恢复正常",
    "https://www.gazette.example/science/upper-wend-reservoir",
    # A headline and a number, in either order, in one segment or two.
    "https://www.gazette.example/sea/ferry-1234567",
    "https://www.gazette.example/sea/ferry-a-1234567.html",
    "https://www.gazette.example/1234567/ferry",
    "https://www.gazette.example/sea/ferry/2000001234567/",
    "https://www.gazette.example/sea/ferry-service-resumes-after-storm/ar-BBxYz",
    "https://www.gazette.example/sea/ferry-service-resumes-after-storm-98765/artikel",
    "https://www.gazette.example/sea/id_1234567/ferry.html",
    "https://www.gazette.example/sea/ferry,123456789.html",
    # A number or a code alone.
    "https://www.gazette.example/a/123.html",
    "https://www.gazette.example/article/3834/1",
    "https://www.gazette.example/articles/-/123456",
    "https://www.gazette.example/articles/c4nglegege1o",
    "https://www.gazette.example/news/world-europe-68912345",
    "https://www.gazette.example/art/123456",
    "https://www.gazette.example/national/20240506-OYT1T50123/",
    "https://www.gazette.example/articles/ASS5622T1S56UTFK00BM.html",
    "https://www.gazette.example/n/0b6cf9a2-7f3e-4a34-9a38-5c5d7e0c9a11",
    "https://m.gazette.example/view/AKR20240506001200004",
    # A number in the query.
    "https://www.gazette.example/?p=12345",
    "https://www.gazette.example/news/articleView.html?idxno=123456",
    "https://www.gazette.example/mnews/article.do?aid=0012345678&sid=101",
    "https://www.gazette.example/detail.php?id=4711",
    # Below an author, but a headline all the same.
    "https://www.gazette.example/autoren/mira-okafor/warum-die-faehre-nicht-mehr-faehrt",
]

OTHERS = [
    "https://www.gazette.example/news/science-and-technology",
    "https://www.gazette.example",
    "https://www.gazette.example/",
    "https://www.gazette.example/index.html",
    "https://www.gazette.example/sea",
    "https://www.gazette.example/sea/",
    "https://www.gazette.example/world/middle-east",
    "https://www.gazette.example/news/uk-politics/",
    "https://www.gazette.example/en/latest",
    "https://www.gazette.example/sea?page=123",
    "https://www.gazette.example/sea/page/12/",
    "https://www.gazette.example/sea/3",
    "https://www.gazette.example/2024/",
    "https://www.gazette.example/2024/05/",
    "https://www.gazette.example/2024/05/06/",
    "https://www.gazette.example/archive/2024/05",
    "https://www.gazette.example/tag/ferry-service-resumes-after-storm",
    "https://www.gazette.example/topics/c40rjmqdlzzt",
    "https://www.gazette.example/thema/faehre-1234567/",
    "https://www.gazette.example/category/sea/page/2",
    "https://www.gazette.example/author/mira-okafor-1234567",
    "https://www.gazette.example/autoren/mira-okafor/alle",
    "https://www.gazette.example/profile/mira.okafor",
    "https://www.gazette.example/login?id=12345",
    "https://www.gazette.example/account/register-now-for-full-access",
    "https://www.gazette.example/subscribe/offer-2024-05-06",
    "https://www.gazette.example/about/how-we-work-and-why",
    "https://www.gazette.example/about-us",
    "https://www.gazette.example/privacy-policy",
    "https://www.gazette.example/datenschutz/",
    "https://www.gazette.example/impressum.html",
    "https://www.gazette.example/kontakt.html",
    "https://www.gazette.example/terms-of-use",
    "https://www.gazette.example/search?q=ferry&id=12345",
    "https://www.gazette.example/rss/2024/05/06/all",
    "https://www.gazette.example/video/ferry-service-resumes-after-storm",
    "https://www.gazette.example/newsletters/the-morning-ferry-in-brief",
    "https://www.gazette.example/2024/05/06/ferry.jpg",
    "https://www.gazette.example/docs/ferry-service-report-of-2024.pdf",
    "https://www.gazette.example/sitemap-2024-05-06.xml",
    "https://www.gazette.example/wp-content/uploads/2024/05/ferry",
    "https://www.gazette.example/" + "a-" * 2_000,
    "http://[broken",
    "",
]


@pytest.mark.parametrize("url", ARTICLES)
def test_an_article_is_known_by_date_headline_or_number(url: str) -> None:
    assert looks_like_article(url)


@pytest.mark.parametrize("url", OTHERS)
def test_lists_services_and_files_are_not_articles(url: str) -> None:
    assert not looks_like_article(url)


@given(st.text(max_size=80) | st.text("/-_.?=&%0123456789abcxyz", max_size=80))
def test_any_text_gets_an_answer(path: str) -> None:
    looks_like_article(path)
    looks_like_article("https://www.gazette.example/" + path)
