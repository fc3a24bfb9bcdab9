"""Whether an address looks like that of an article: a rule of thumb for the links of section pages."""

import re
from itertools import pairwise
from urllib.parse import parse_qsl, unquote, urlsplit

MAX_LENGTH = 2_000


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PAGE_ENDINGS = _set(
    "html htm shtml xhtml stm php asp aspx jsp jspx do cfm cms ece action story amp ghtml phtml"
)
"""Endings behind which pages stand; what ends in anything else (.pdf, .jpg, .xml) is a file."""

_FILE_ENDING = re.compile(r"[a-z][a-z0-9]{1,4}|mp[34]|m4[av]|7z|3gp")

_LISTS = _set(
    "tag tags tagged topic topics thema themen tema temas author authors autor autoren autores autori auteur "
    "auteurs user users profile profiles profil person category categories categorie kategorie "
    "kategorien categoria categorias rubrik rubriken"
)
"""Path segments that open lists by topic or person; only a long headline further down says otherwise."""

_NEVER = _set(
    # Accounts and what is sold.
    "login signin sign-in signup sign-up register registration anmelden registrieren account accounts konto "
    "my-account logout auth sso oauth subscribe subscription subscriptions abo abonnement "
    "abonnements suscripcion suscribete assine shop store cart warenkorb checkout membership donate "
    # The house itself.
    "about about-us aboutus ueber-uns uber-uns quienes-somos chi-siamo qui-sommes-nous contact contacts "
    "contact-us kontakt contacto contatti contato impressum imprint privacy privacy-policy datenschutz "
    "privacidad confidentialite terms terms-of-use terms-of-service terms-and-conditions tos agb "
    "mentions-legales aviso-legal disclaimer cookies cookie-policy cookie accessibility advertise "
    "advertising mediadaten careers faq faqs hilfe newsletter newsletters sitemap "
    "site-map corrections masthead "
    # Machinery.
    "search suche buscar busca recherche ricerca rss feed feeds api ajax cgi-bin wp-admin wp-content "
    "wp-includes wp-json wp-login static assets print share email-a-friend "
    "widget widgets embed redirect out click cdn-cgi "
    # No text.
    "video videos podcast podcasts gallery galleries galerie bildergalerie slideshow crossword "
    "crosswords puzzles horoscope tv-guide tv-programm epaper e-paper livetv live-tv"
)
"""Path segments under which no articles stand, in the languages in which they are most often met."""

_ARTICLE_WORDS = _set(
    "a article articles artikel articolo articulo artigo noticia noticias nota story stories news "
    "newsview read detail details content view"
)
"""Path segments after which a number is that of an article."""

_LIST_WORDS = _set("page pagina seite p pg latest index default home archive archives archiv all")

_ID_PARAMETERS = _set(
    "id aid nid sid cid pid p artid art_id articleid article_id article newsid news_id news_no newsno no idx "
    "idxno ncd seq docid storyid story_id story contentid content_id arcid arc_id artno aidno oid key num "
    "item itemid bid"
)
"""Query parameters that name one article, where addresses are made by a program."""

_DATE = re.compile(
    r"(?:^|[/_.-])(?:19[89]\d|20[0-4]\d)(?:([/_.-]?)(?:0[1-9]|1[0-2]|[1-9])(?:\1(?:[0-2]\d|3[01]|[1-9]))?"
    r"|[/-](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[/-](?:[0-2]?\d|3[01]))(?=$|[/_.-]|t\d)"
)
_DAY = re.compile(r"(?:19[89]\d|20[0-4]\d)(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d*")
_DATE_PART = re.compile(r"\d{1,4}|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec")
_WORDS = re.compile(r"[-_+\s]+")
_NUMBER = re.compile(r"\d{5,}")
_MIXED_ID = re.compile(r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{8,40}")
_LETTER_ID = re.compile(r"[a-z]{1,4}[._-]?\d{4,}[a-z]?")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")

_MIN_WORDS = 4
"""Words of a slug that are proof enough by themselves; sections have up to three (`middle-east-news`)."""
_MIN_SLUG_CHARS = 24
"""Or three words that are as long as this together."""
_MIN_BELOW_CHARS = 16
"""Or as long as this below a section, none of them a small word: `/science/upper-wend-reservoir`, but not
`/news/science-and-technology`. A section that slips through costs a request; a missed article is lost."""
_SMALL_WORDS = _set("and of the for in und der die das y e de la el et du des i og och en van")
_LONG_HEADLINE_WORDS = 5
"""Words that make a headline even where a number or a word like `artikel` follows as its own segment."""
_MIN_CJK_CHARS = 8
"""Letters outside ASCII that make a headline where words are not set apart."""


def looks_like_article(url: str) -> bool:
    """Whether the address has what articles' addresses have: a date, a number or a headline in it.

    Pages that are never articles (tags, log-in, imprint, pictures) are refused by the names in their
    path. Tuned on the addresses of the article-extraction-benchmark, Fundus' test pages and WCXB.
    """
    if len(url) > MAX_LENGTH:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    segments = [segment for segment in unquote(parts.path).lower().split("/") if segment]
    names = [_without_ending(segment) for segment in segments]
    if _is_refused(names) or (segments and _is_file(segments[-1])):
        return False
    return _has_id_parameter(parts.query) or _is_of_article(names, has_ending=segments[-1:] != names[-1:])


def _is_of_article(names: list[str], *, has_ending: bool) -> bool:
    while names and names[-1] in {"amp", "index", "default", "", "print", "full"}:
        names.pop()
    if not names or (names[-1] in _LIST_WORDS) or _is_numbered_list(names):
        return False
    return (
        _is_dated(names)
        or _is_headline(names[-1], has_ending=has_ending, below_section=len(names) > 1)
        or _has_id(names, has_ending=has_ending)
        or any(len(_words(name)) >= _LONG_HEADLINE_WORDS for name in names[-2:-1])
    )


def _is_refused(names: list[str]) -> bool:
    if any(name in _NEVER for name in names):
        return True
    listed = next((index for index, name in enumerate(names) if name in _LISTS), None)
    if listed is None:
        return False
    return len(names) - listed <= 2 or len(_words(names[-1])) < _LONG_HEADLINE_WORDS  # noqa: PLR2004 - the list and its name


def _words(name: str) -> list[str]:
    return [word for word in _WORDS.split(name) if word]


def _without_ending(segment: str) -> str:
    stem, dot, ending = segment.rpartition(".")
    return stem if dot and ending in _PAGE_ENDINGS else segment


def _is_file(segment: str) -> bool:
    _, dot, ending = segment.rpartition(".")
    return bool(dot) and ending not in _PAGE_ENDINGS and _FILE_ENDING.fullmatch(ending) is not None


def _has_id_parameter(query: str) -> bool:
    if not query:
        return False
    for name, value in parse_qsl(query, max_num_fields=None):
        if name.lower() in _ID_PARAMETERS and any(c.isdigit() for c in value) and len(value) > 2:  # noqa: PLR2004 - pages of lists are numbered up to 99
            return True
    return False


def _is_numbered_list(names: list[str]) -> bool:
    """`/page/3`, `/archive/2024`."""
    return len(names) > 1 and names[-1].isdigit() and len(names[-1]) < 5 and names[-2] in _LIST_WORDS  # noqa: PLR2004 - shorter than ids are


def _is_dated(names: list[str]) -> bool:
    """A date in the path, and something that is dated: `/2024/05/` alone is an archive's page."""
    if _DATE_PART.fullmatch(names[-1][:3] if names[-1].isalpha() else names[-1]) and len(names[-1]) < 5:  # noqa: PLR2004 - a year has four
        return False
    path = "/".join(names)
    found = _DATE.search(path)
    if not found and not any(_DAY.match(name) for name in names):
        return False
    return not (found and found.start() <= 1 and found.end() == len(path))


def _is_headline(name: str, *, has_ending: bool, below_section: bool) -> bool:
    words = _words(name)
    letters = sum(len(word) for word in words if not word.isdigit())
    if len(words) >= _MIN_WORDS or (len(words) == _MIN_WORDS - 1 and letters >= _MIN_SLUG_CHARS):
        return True
    if below_section and len(words) == _MIN_WORDS - 1 and letters >= _MIN_BELOW_CHARS:
        return _SMALL_WORDS.isdisjoint(words)
    if sum(not c.isascii() for c in name) >= _MIN_CJK_CHARS:
        return True
    return has_ending and len(words) >= _MIN_WORDS - 1


def _has_id(names: list[str], *, has_ending: bool) -> bool:
    last = names[-1]
    if _UUID.search(last) or _NUMBER.search(last) or _LETTER_ID.fullmatch(last):
        return True
    if last.isdigit() and (has_ending or (len(last) > 3 and len(names) > 1)):  # noqa: PLR2004 - pages of lists are numbered up to 999
        return True
    if any(_MIXED_ID.fullmatch(word) and sum(c.isdigit() for c in word) > 1 for word in _words(last)):
        return True
    if any(_NUMBER.fullmatch(name) or _LETTER_ID.fullmatch(name) for name in names[-3:-1]):
        return True
    return any(
        name in _ARTICLE_WORDS and following.isdigit() and len(following) > 2  # noqa: PLR2004 - as above
        for name, following in pairwise(names)
    )
