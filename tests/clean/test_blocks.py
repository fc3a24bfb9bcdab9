"""Form (a): what goes from the blocks of a page, and what stays."""

import pytest

from scraper.clean import KINDS, clean_blocks
from scraper.clean.catalogue import Strength, catalogue
from scraper.clean.patterns import parse
from scraper.errors import ConfigError
from scraper.records import Block, Metadata

PROSE = (
    "HARBOUR TOWN — The council voted on Tuesday to rebuild the old ferry pier, which it put off twice.",
    "The work will take two years, the harbour master, Ines Calder, said. It was asked for in 2009.",
    "Correction: An earlier version of this article misstated the length of the pier. It is 310 metres.",
    "A second vote, on the price of tickets, was put off until the spring.",
)


def cleaned(*texts: str, tag: str = "p", path: str = "", links: float = 0.0, **metadata: object) -> list[str]:
    blocks = [Block(text=text, tag=tag, path=path, link_density=links) for text in texts]
    result = clean_blocks(blocks, metadata=Metadata(**metadata), language="en")  # type: ignore[arg-type]
    return [paragraph.text for paragraph in result.paragraphs]


@pytest.mark.parametrize(
    "boilerplate",
    [
        "Please verify you’re not a robot by clicking the box.",  # noqa: RUF001
        "Invalid email address. Please re-enter.",
        "You must select a newsletter to subscribe to.",
        "Sign up for our free daily newsletter",
        "Get the best of the Courier delivered to your inbox every morning.",
        "View all Harbour Courier newsletters.",
        "Subscribe to continue reading",
        "Already a subscriber? Log in",
        "Follow us on Twitter and Facebook",
        "Follow Ines Calder on Twitter: @InesCalder.",
        "Ines Calder reported from Harbour Town, and Tom Okafor from London.",
        "Reporting by Tom Okafor; Editing by Ines Calder",
        "Our Standards: The Thomson Reuters Trust Principles.",
        "Read more: Ferry fares to rise again in spring",
        "Also read: How the pier was lost",
        "Story continues below advertisement",
        "Advertisement",
        "Photo: Tom Okafor/Reuters",
        "Image credit: Getty Images",
        "We use cookies to give you the best experience on our site.",
        "A version of this article appears in print on March 3, 2021, on Page B2 with the headline: Piers.",
        "Order Reprints | Today’s Paper | Subscribe",  # noqa: RUF001
        "This article was originally published in The Northern Review.",
        "We’re interested in your feedback on this page. Tell us what you think.",  # noqa: RUF001
        "Go to Home Page »",
        "Leave a comment",
        "Download our app for the latest news",
        "Listen to this article",
        "Support our journalism by becoming a member today.",
        "© 2021 Harbour Courier. All rights reserved.",
        "Last updated: 3 March 2021, 10:15",
        "By Tom Okafor and Ines Calder",
    ],
)
def test_a_block_that_phrases_fill_goes(boilerplate: str) -> None:
    assert cleaned(*PROSE, boilerplate) == list(PROSE)


@pytest.mark.parametrize(
    "text",
    [
        "The bank asked its customers to sign up for its daily newsletter, and few did.",
        "“Sign up for our newsletter,” the sign read.",
        "Captchas that ask you to verify you are not a robot are harder for people than for machines.",
        "Advertisement revenue fell by a fifth last year, the company said.",
        "Under the new law, a site that says “we use cookies” must also say why.",
        "Read more books, the minister told the pupils.",
        "Share prices rose in Tokyo on Monday.",
        "Newsletters such as hers have three times the readers of the local paper.",
        "By Audience",
        "Editor’s note: This article has been updated with the ministry’s answer.",  # noqa: RUF001
        "The article first appeared in print under another title, which angered her family.",
        "More than 300 people reported from the shelters that they had no water.",
        "She follows him on Twitter, Facebook and Instagram but has never met him.",
        "Subscriptions cost 12 euros a month; subscribe to two papers and the second is half price.",
        "Cancel culture",
    ],
)
def test_text_about_the_same_things_stays(text: str) -> None:
    assert cleaned(*PROSE, text) == [*PROSE, text]


def test_a_sure_phrase_goes_as_a_sentence_of_a_paragraph() -> None:
    text = "The pier will open in June. Follow Ines Calder on Twitter: @InesCalder. It will be longer."

    assert cleaned(text) == ["The pier will open in June. It will be longer."]


def test_datelines_corrections_and_subheadings_stay() -> None:
    assert cleaned(*PROSE, "Why it took so long", tag="h2") == [*PROSE, "Why it took so long"]


def test_a_weak_phrase_goes_only_where_its_place_or_its_neighbours_are_suspicious() -> None:
    assert cleaned(*PROSE, "Facebook") == [*PROSE, "Facebook"]
    assert cleaned("Facebook", links=1.0) == []
    assert cleaned(*PROSE, "Share this article", "Facebook", "Twitter") == list(PROSE)


def test_an_item_of_a_list_needs_a_strong_phrase_or_a_suspicious_place() -> None:
    assert cleaned("Newsletters", PROSE[0], "Leave a comment", tag="li") == ["Newsletters", PROSE[0]]
    assert cleaned("Newsletters", tag="li", links=1.0) == []


def test_a_safe_class_and_a_phrase_go_together() -> None:
    text = "What happens at the harbour, sent to your inbox by seven and read by all who sail"

    assert cleaned(text, path="article>div.newsletter-box>p") == []
    assert cleaned("Ferries run daily.", path="article>div.newsletter-box>p") == ["Ferries run daily."]


def test_a_safe_class_around_the_whole_article_says_nothing() -> None:
    prose = (
        "Not all cooks like it. She told me to subscribe to one idea a plate, says the chef, and I did. " * 5
    )
    blocks = [Block(text=f"{number}. {prose}", tag="p", path="body>div.advert-free>p") for number in range(6)]
    assert clean_blocks(blocks, metadata=Metadata()).removed == ()


def test_a_path_of_any_length_costs_little() -> None:
    path = ">".join(["div.newsletter"] * 100_000)
    assert (
        clean_blocks([Block(text="It rained.", tag="p", path=path)], metadata=Metadata()).text == "It rained."
    )


def test_a_caption_goes_by_its_element() -> None:
    assert cleaned("The pier in 1931", path="article>figure>figcaption") == []


def test_the_title_on_top_and_the_authors_names_are_not_repeated() -> None:
    texts = ("The Pier Rises Again", "Tom Okafor and Ines Calder", *PROSE)

    assert cleaned(*texts, title="The pier rises again", authors=("Tom Okafor", "Ines Calder")) == list(PROSE)


def test_every_removal_says_what_where_and_why() -> None:
    blocks = [Block(text=PROSE[1], tag="p"), Block(text="  Advertisement ", tag="p")]

    result = clean_blocks(blocks, metadata=Metadata())

    (removal,) = result.removed
    joined = "\n\n".join(block.text for block in blocks)
    assert joined[removal.offset :].startswith(removal.text)
    assert (removal.text, removal.kind) == ("Advertisement", "advertisement")
    assert removal.rule.startswith("en.advertisement: ")


def test_a_kind_can_be_kept() -> None:
    blocks = [Block(text="Advertisement", tag="p"), Block(text="Listen to this article", tag="p")]

    result = clean_blocks(blocks, metadata=Metadata(), keep=["audio"])

    assert result.text == "Listen to this article"


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigError, match="newsletters"):
        clean_blocks([], metadata=Metadata(), keep=["newsletters"])


def test_the_paragraphs_keep_their_types_and_are_joined_by_blank_lines() -> None:
    blocks = [Block(text="The vote", tag="h2"), Block(text="It  passed.", tag="p"), Block(text=" ", tag="p")]

    result = clean_blocks(blocks, metadata=Metadata())

    assert [(item.type, item.text) for item in result.paragraphs] == [("h2", "The vote"), ("p", "It passed.")]
    assert result.text == "The vote\n\nIt passed."


@pytest.mark.parametrize(
    ("language", "boilerplate", "prose"),
    [
        ("de", "Lesen Sie auch: Fähre wird teurer", "Der Rat hat am Dienstag für den Bau gestimmt."),
        ("de", "Newsletter abonnieren", "Der Newsletter der Stadt hat tausend Leser, so der Bürgermeister."),
        ("fr", "Inscrivez-vous à notre newsletter", "La ville a voté mardi la reconstruction de la jetée."),
        ("fr", "La suite après cette publicité", "La publicité rapporte moins que prévu, dit la mairie."),
        ("es", "Te puede interesar: Sube el precio del ferri", "El ayuntamiento votó el martes a favor."),
        ("it", "Riproduzione riservata", "Il consiglio ha votato martedì a favore del molo."),
        ("pt", "Continua após a publicidade", "A câmara votou na terça-feira a favor da obra."),
        ("nl", "Lees ook: Veerboot wordt duurder", "De raad stemde dinsdag voor de bouw van de pier."),
        ("pl", "Czytaj także: Prom drożeje", "Rada zagłosowała we wtorek za budową mola."),
        ("sv", "Läs mer: Färjan blir dyrare", "Rådet röstade i tisdags för att bygga piren."),
        ("no", "Les også: Fergen blir dyrere", "Rådet stemte tirsdag for å bygge moloen."),
        ("da", "Læs også: Færgen bliver dyrere", "Rådet stemte tirsdag for at bygge molen."),
        ("tr", "Bizi Twitter hesabımızdan takip edin", "Belediye meclisi salı günü iskele için oy kullandı."),  # noqa: RUF001
        ("ru", "Читайте также: Паром подорожает", "Совет во вторник проголосовал за новый причал."),
        ("uk", "Читайте також: Пором подорожчає", "Рада у вівторок проголосувала за новий причал."),  # noqa: RUF001
        ("ja", "あわせて読みたい", "市議会は火曜日、桟橋の再建を可決した。"),
        ("ko", "무단전재 및 재배포 금지", "시의회는 화요일 부두 재건을 의결했다."),
        ("zh", "责任编辑：王小明", "市议会周二投票通过了重建码头的决定。"),  # noqa: RUF001
    ],
)
def test_other_languages_have_their_phrases(language: str, boilerplate: str, prose: str) -> None:
    blocks = [Block(text=prose, tag="p"), Block(text=boilerplate, tag="p")]

    assert clean_blocks(blocks, metadata=Metadata(), language=language).text == prose
    assert clean_blocks(blocks, metadata=Metadata()).text == prose


def test_every_phrase_of_the_catalogue_can_be_read() -> None:
    phrases = catalogue().phrases

    for phrase in phrases:
        parse(phrase.source).compiled()
    assert {phrase.kind for phrase in phrases} | {"template", "title"} == KINDS
    assert {phrase.strength for phrase in phrases} == set(Strength)
