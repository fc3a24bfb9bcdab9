"""Consent pages, and teasers of articles that must be paid for, in the shape of the real products' pages."""

# ruff: noqa: E501, RUF001 - pages stand as they are

from tests.classify.articles import TEXT, article, json_ld
from tests.classify.challenge_pages import page

LEGAL = "<p><a href=/imprint>Impressum</a> <a href=/privacy>Datenschutz</a></p>"

CONSENT: dict[str, str] = {
    "google before you continue": page(
        "Before you continue to Google News",
        "<h1>Before you continue to Google</h1><p>We use cookies and data to</p><ul><li>Deliver and maintain Google services</li><li>Track outages "
        "and protect against spam, fraud, and abuse</li></ul><p>If you choose to “Accept all,” we will also use cookies and data to develop and "
        "improve new services, deliver and measure the effectiveness of ads and show personalized content, depending on your settings.</p>"
        "<button>Reject all</button><button>Accept all</button><a href=#>More options</a>",
    ),
    "google in german": page(
        "Bevor Sie zu Google weitergehen",
        "<h1>Bevor Sie fortfahren</h1><p>Wir verwenden Cookies und Daten, um Google-Dienste bereitzustellen und zu betreiben.</p><p>Wenn Sie „Alle "
        "akzeptieren“ auswählen, verwenden wir Cookies und Daten auch, um neue Dienste zu entwickeln.</p><button>Alle ablehnen</button>",
    ),
    "google in french": page(
        "Avant de continuer", "<h1>Avant de continuer</h1><p>Nous utilisons des cookies et d'autres données pour assurer nos services.</p>"
        "<button>Tout refuser</button><button>Tout accepter</button>"
    ),
    "yahoo family": page(
        "Yahoo is part of the Yahoo family of brands",
        "<h1>Yahoo is part of the Yahoo family of brands</h1><p>When you use our sites and apps, we use cookies to provide our sites and apps to you, "
        "authenticate users and measure your use. If you click 'Accept all', we and our partners, including 240 who are part of the IAB "
        "Transparency Framework, will also store and/or access information on a device.</p><form class=consent-form><button>Accept all</button></form>",
    ),
    "yahoo in german": page(
        "Yahoo ist Teil der Yahoo Markenfamilie",
        "<p>Wenn Sie unsere Websites nutzen, verwenden wir Cookies. Wir und unsere Partner speichern Informationen auf einem Gerät. Ihre Einwilligung "
        "können Sie jederzeit widerrufen.</p><button>Alle akzeptieren</button><button>Datenschutzeinstellungen verwalten</button>",
    ),
    "sourcepoint pur wall": page(
        "Hafenpost – mit Werbung oder im PUR-Abo",
        '<script src="https://cdn.privacy-mgmt.com/unified/wrapperMessagingWithoutDetection.js"></script><div id="sp_message_container_1"></div>'
        "<h2>Hafenpost mit Werbung nutzen</h2><p>Besuchen Sie unsere Seite wie gewohnt mit Werbung und Tracking. Details finden Sie in der "
        "Datenschutzerklärung und im Privacy Center.</p><button>Akzeptieren und weiter</button><h2>Hafenpost im PUR-Abo</h2><p>Nutzen Sie uns ohne "
        "Werbetracking und praktisch werbefrei für 4,99 Euro im Monat.</p><button>Jetzt PUR-Abonnent werden</button>" + LEGAL,
    ),
    "sourcepoint wall of a daily": page(
        "Zustimmung",
        "<h1>Weiter mit Werbung oder im Pur-Abo</h1><p>Wir und unsere 190 Partner verarbeiten personenbezogene Daten. Ihre Zustimmung können Sie "
        "jederzeit widerrufen.</p><button>Einwilligen und weiter</button><button>Pur abonnieren</button>" + LEGAL,
    ),
    "contentpass wall": page(
        "Hafentechnik",
        '<div class="cp-overlay"><h1>Weiter mit Werbung oder werbefrei mit contentpass</h1><p>Tracking und Cookies: Um der Nutzung mit Werbung '
        "zuzustimmen, klicken Sie auf „Akzeptieren“. Mit contentpass lesen Sie mehr als 500 Angebote ohne Tracking.</p><button>Jetzt abonnieren"
        "</button><p>Bereits Abonnent? Anmelden</p></div>" + LEGAL,
    ),
    "onetrust in the page's place": page(
        "The Harbour Post",
        '<div id="onetrust-consent-sdk"><div id="onetrust-pc-sdk"><h2>Privacy Preference Center</h2><p>When you visit any website, it may store or '
        "retrieve information on your browser, mostly in the form of cookies. Your consent applies to harbour.example.</p><button>Accept all</button>"
        "<button>Reject all</button></div></div>",
    ),
    "didomi wall": page(
        "Le Port",
        '<div id="didomi-host"><div class="didomi-notice"><h1>Continuer sans accepter</h1><p>Avec votre accord, nos partenaires et nous utilisons des '
        "cookies ou technologies similaires pour stocker et accéder à des informations personnelles comme votre visite sur ce site. Vous pouvez "
        "retirer votre consentement à tout moment.</p><button>Accepter &amp; fermer</button><button>En savoir plus</button></div></div>",
    ),
    "french cookie or pay": page(
        "Le Port du matin",
        "<h2>Refuser et s'abonner</h2><p>Accéder au site avec publicité : en acceptant, vous autorisez nos partenaires à déposer des traceurs et des "
        "cookies pour des publicités personnalisées.</p><button>Accepter et continuer</button><p>Politique de confidentialité</p>",
    ),
    "usercentrics wall": page(
        "Hafenpost",
        '<div id="usercentrics-root"></div><script src="https://app.usercentrics.eu/browser-ui/latest/loader.js"></script><h2>Datenschutz­einstellungen'
        "</h2><p>Wir verwenden Cookies und Dienste von Drittanbietern. Ihre Einwilligung ist freiwillig.</p><button>Alle akzeptieren</button>",
    ),
    "consentmanager wall": page(
        "Wirtschaftshafen",
        '<div id="cmpbox"><h2>Willkommen</h2><p>Wir und unsere Partner möchten Cookies auf einem Gerät speichern, um personalisierte Werbung zu '
        "zeigen.</p><button>Alle akzeptieren</button><button>Mehr Optionen</button></div>",
    ),
    "cookiebot wall": page(
        "Havneposten",
        '<div id="CybotCookiebotDialog"><h2>Havneposten bruger cookies</h2><p>Vi bruger cookies til at tilpasse indhold og annoncer. Vores partnere '
        "kan kombinere disse data.</p><button>Accepter alle</button><button>Afvis alle</button></div>",
    ),
    "dpg privacy gate": page(
        "DPG Media Privacy Gate",
        "<h1>Jouw privacy</h1><p>DPG Media en haar partners gebruiken cookies om inhoud en gepersonaliseerde advertenties te tonen. Lees ons "
        "privacybeleid.</p><button>Akkoord</button><button>Instellingen aanpassen</button>",
    ),
    "spanish cookies or pay": page(
        "El Puerto",
        '<div class="didomi-notice"><h2>Sigue leyendo con cookies</h2><p>Nosotros y nuestros socios utilizamos cookies para almacenar o acceder a '
        "información en un dispositivo y mostrar anuncios y contenido personalizados.</p><button>Aceptar y continuar</button><button>Rechazar y "
        "suscribirse</button></div>",
    ),
    "italian cookies or pay": page(
        "Il Porto",
        '<div id="iubenda-cs-banner"><h2>Accetta e continua</h2><p>Noi e i nostri partner utilizziamo i cookie per archiviare informazioni su '
        "dispositivo. Puoi negare il tuo consenso abbonandoti.</p><button>Rifiuta e abbonati</button></div>",
    ),
    "polish wall": page(
        "Port",
        "<h2>Szanujemy Twoją prywatność</h2><p>My i nasi partnerzy używamy plików cookie, aby wyświetlać spersonalizowane reklamy. Zgodę możesz "
        "wycofać w każdej chwili.</p><button>Przejdź do serwisu</button>",
    ),
    "swedish wall": page(
        "Hamnposten",
        "<h2>Vi använder kakor</h2><p>Våra partners och vi behöver ditt samtycke för anpassade annonser.</p><button>Godkänn alla</button>",
    ),
    "english consent or pay": page(
        "The Harbour Post",
        "<h1>Consent or pay</h1><p>Continue with ads and tracking: your consent lets our partners use cookies for personalised advertising. Or choose "
        "an ad-free subscription for £4 a month. See our privacy policy and list of partners.</p><button>Accept and continue</button>",
    ),
}  # fmt: skip
"""Pages that ask for consent in an article's place."""

REDIRECTED = (
    "https://consent.google.com/m?continue=https://news.google.com/articles/1",
    "https://consent.yahoo.com/v2/collectConsent?sessionId=3_cc",
    "https://guce.yahoo.com/consent?brandType=eu",
    "https://myprivacy.dpgmedia.nl/consent?siteKey=x",
    "https://www.hafenpost.example/zustimmung?url=%2Fpolitik",
)
"""Addresses at which a request for an article ends on a consent page."""

_BUY = "<div class=offer><h3>{}</h3><p>{}</p><a href=/abo>{}</a></div>"


def teaser(text: str, offer: str, **data: object) -> str:
    """The beginning of an article and what stands where it breaks off."""
    return article("What the ferry really cost", text, extra=offer, head=json_ld(**data) if data else "")


PAYWALLS: dict[str, str] = {
    "declared, and breaks off": teaser(TEXT[0][:180] + "…", "", isAccessibleForFree=False),
    "declared as a word": teaser(TEXT[0][:180] + " ...", "", isAccessibleForFree="False"),
    "declared by address": teaser(TEXT[0][:180] + " […]", "", isAccessibleForFree="http://schema.org/False"),
    "short of its word count": teaser(" ".join(TEXT[:2]), "", isAccessibleForFree=False, wordCount=1480),
    "short of its own article body": teaser(TEXT[0], "", isAccessibleForFree=False, articleBody=" ".join(TEXT * 3)),
    "declared, english offer": teaser(TEXT[0], _BUY.format("Subscribe to continue reading", "Four weeks for one pound.", "Subscribe"), isAccessibleForFree=False),
    "declared, german offer": teaser(TEXT[0], _BUY.format("Jetzt weiterlesen", "Mit Hafen+ alle Artikel lesen.", "Testen"), isAccessibleForFree=False),
    "declared, french offer": teaser(TEXT[0], _BUY.format("Cet article est réservé aux abonnés", "Il vous reste 70 % à lire.", "S'abonner"), isAccessibleForFree=False),
    "declared, spanish offer": teaser(TEXT[0], _BUY.format("Suscríbete para seguir leyendo", "Un euro al mes.", "Suscribirse"), isAccessibleForFree=False),
    "declared, norwegian offer": teaser(TEXT[0], _BUY.format("Denne saken er for abonnenter", "For å lese videre må du logge inn.", "Kjøp"), isAccessibleForFree=False),
    "declared, dutch offer": teaser(TEXT[0], _BUY.format("Verder lezen?", "Dit artikel is exclusief voor abonnees.", "Word abonnee"), isAccessibleForFree=False),
    "declared, italian offer": teaser(TEXT[0], _BUY.format("Contenuto riservato agli abbonati", "Abbonati ora.", "Abbonati"), isAccessibleForFree=False),
    "declared, japanese offer": teaser("港の船が火曜日に戻った。" * 6, _BUY.format("この記事は会員限定です", "続きを読むには登録してください。", "登録"), isAccessibleForFree=False),
    "content tier locked": teaser(TEXT[0][:150] + "…", _BUY.format("Unlock this article", "Join today.", "Join")).replace(
        "</head>", '<meta property="article:content_tier" content="locked"></head>'
    ),
    "undeclared, with the phrase": teaser(TEXT[0], _BUY.format("Subscribe to continue reading", "Already a subscriber? Log in", "Subscribe")),
    "undeclared, german phrase": teaser(TEXT[0], _BUY.format("Sie möchten weiterlesen?", "Dieser Inhalt ist nur für Abonnenten.", "Abo")),
}  # fmt: skip
"""Teasers of articles that must be paid for."""
