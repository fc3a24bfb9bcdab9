"""Articles that must stay articles: about bot checks, cookies and paywalls, and with such things in them."""

# ruff: noqa: E501, ISC004 - pages stand as they are

TEXT = (
    "The old ferry came back to the island on Tuesday morning, eleven months after it had left for repairs in the yard across the sound. "
    "About two hundred people stood on the quay when the ramp went down, and the mayor, who had promised the return three times, was the first on board.",
    "“We have missed it more than we like to say,” said Ada Lund, who runs the bakery at the harbour. Through the winter her flour had come on a "
    "fishing boat, one pallet at a time, and twice the weather had kept it away for a week.",
    "The yard replaced both engines and most of the car deck. The bill, at first put at four million, had grown to nearly seven by the time the hull "
    "was opened, the county said, because the steel below the waterline was thinner than any survey had shown.",
    "From next week the boat will leave five times a day, as it did before. The county has ordered a second one, to be driven by batteries, but it "
    "is not expected before the end of the decade, and nobody on the quay on Tuesday wished to talk about that.",
)


def article(title: str, *paragraphs: str, extra: str = "", head: str = "") -> str:
    """A news page around some paragraphs."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{title} | The Harbour Post</title>"
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        f'<meta property="article:published_time" content="2025-04-02T07:30:00+02:00">{head}</head><body>'
        '<header><nav><a href="/">Home</a> <a href="/sea">Sea</a> <a href="/land">Land</a></nav></header>'
        f'<main><article><h1>{title}</h1><p class="byline">By Ada Lund</p>{body}{extra}</article></main>'
        "<footer><a href=/imprint>Imprint</a> <a href=/privacy>Privacy policy</a></footer></body></html>"
    )


def json_ld(**fields: object) -> str:
    """A JSON-LD block of a news article."""
    import json  # noqa: PLC0415 - only here

    node = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "The ferry returns",
        **fields,
    }
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


ROBOT_FORM = (
    '<form class="newsletter"><h3>Our letter, every Friday</h3><p>Please verify that you are human and not a robot.</p>'
    '<div class="g-recaptcha" data-sitekey="x"></div><input type="email"><button>Subscribe</button></form>'
)
BANNER = (
    '<div id="onetrust-consent-sdk"><div id="onetrust-banner-sdk"><h2>We value your privacy</h2><p>We and our 843 partners store and/or access '
    "information on a device, such as cookies, and process personal data for personalised ads and content.</p><button>Accept all</button>"
    "<button>Reject all</button><button>Manage options</button></div></div>"
)

ARTICLES: dict[str, str] = {
    "plain report": article("The ferry returns to the island", *TEXT),
    "about cloudflare": article(
        "Just a moment: Cloudflare outage takes half the web down",
        "For three hours on Tuesday readers of many sites saw nothing but “Checking your browser before accessing” and “Verify you are human by "
        "completing the action below”. Cloudflare said that a faulty rule had sent every visitor to its challenge page.",
        *TEXT,
    ),
    "about captchas, short": article(
        "Are you a robot? The end of the captcha",
        "“I'm not a robot” is the lie that software tells best. Researchers at the harbour college let a program tick the box ten thousand times; it "
        "failed twice. People who were asked to prove that they are human failed one time in nine, most often at traffic lights, and some gave up.",
        "The makers say that the box was never the test. What counts is how the hand moves towards it, and that, they admit, can be learnt as well. "
        "They now watch what a visitor did before, which the college calls a poor trade: fewer puzzles, and more spying on everybody.",
    ),
    "about cookie banners": article(
        "Why you click Accept all",
        "“We value your privacy”, says the banner, and nine in ten readers click “Accept all” within two seconds. A study of consent notices found "
        "that “Reject all” was hidden in every second one, and that the list of partners, often more than eight hundred, was opened by nobody.",
        *TEXT[1:],
    ),
    "about paywalls": article(
        "Subscribe to continue reading: what paywalls earned in a year",
        "“Already a subscriber? Log in” has become the sentence that papers print most. A survey of sixty of them shows what their paywalls brought: "
        "less than hoped in the first year and more than feared in the third.",
        *TEXT[1:],
    ),
    "with a robot check in its newsletter form": article(
        "The ferry returns to the island", *TEXT[:2], ROBOT_FORM, *TEXT[2:]
    ),
    "short, bare, with a robot check in its newsletter form": (
        "<html lang=en><head><title>The ferry returns to the island</title></head><body><nav><a href=/>Home</a></nav><article>"
        f"<h1>The ferry returns to the island</h1><p>{TEXT[1]}</p><div class=newsletter><p>Please verify you're not a robot by clicking "
        f"the box.</p></div><p>{TEXT[3]}</p></article><footer>Copyright</footer></body></html>"
    ),
    "with a cookie banner before it": article("The ferry returns to the island", *TEXT).replace(
        "<header>", BANNER + "<header>"
    ),
    "with a cookie banner behind it": article("The ferry returns to the island", *TEXT, extra=BANNER),
    "with a turnstile in its comments": article(
        "The ferry returns to the island",
        *TEXT,
        extra='<form id="comments"><div class="cf-turnstile"></div><input name="cf-turnstile-response"></form>',
    ),
    "with cloudflare's beacon": article(
        "The ferry returns to the island",
        *TEXT,
        extra='<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>',
    ),
    "short, with cloudflare's beacon": article(
        "Storm delays ferry",
        TEXT[0],
        extra="<script>a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js';</script>",
    ),
    "in a wrapper called paywall": article(
        "The ferry returns to the island",
        f'<div class="paywall premium-content">{"".join(f"<p>{text}</p>" for text in TEXT)}</div>',
    ),
    "not free, but all there": article(
        "The ferry returns to the island",
        *TEXT,
        head=json_ld(
            isAccessibleForFree=False,
            wordCount=210,
            hasPart={"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"},
        ),
    ),
    "with an invitation to subscribe at its end": article(
        "The ferry returns to the island", *TEXT, "Already a subscriber? Log in."
    ),
    "page not found in its title": article("Page not found: how libraries lose their books", *TEXT),
    "live blog": article("The storm, minute by minute", *TEXT, head=json_ld(**{"@type": "LiveBlogPosting"})),
}
"""Name and page."""
