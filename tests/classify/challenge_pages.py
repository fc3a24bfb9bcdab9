"""Bot checks in the shape of the real products' pages: ours in words and names, theirs in build."""

# ruff: noqa: E501, RUF001 - pages stand as they are


def page(title: str, body: str, head: str = "") -> str:
    """A small document."""
    return f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{body}</body></html>"


def plain(lang: str, title: str, heading: str, text: str) -> str:
    """A check of nobody's make: a heading, a sentence, a box to tick."""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title></head><body><div class="box">'
        f"<h1>{heading}</h1><p>{text}</p><form method=post><input type=checkbox><button>OK</button></form></div></body></html>"
    )


CLOUDFLARE_NOSCRIPT = (
    "<noscript><div class=h2><span>Enable JavaScript and cookies to continue</span></div></noscript>"
)

PAGES: dict[str, str] = {
    # Cloudflare
    "cloudflare managed challenge": page(
        "Just a moment...",
        f'<div class="main-wrapper" role="main"><div class="main-content">{CLOUDFLARE_NOSCRIPT}</div></div>'
        "<script>(function(){window._cf_chl_opt={cvId:'3',cZone:'harbour.example',cType:'managed',cRay:'8f'};"
        "var a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=8f';"
        "document.head.appendChild(a);}());</script>",
        '<meta http-equiv="refresh" content="390"><meta name="robots" content="noindex,nofollow">',
    ),
    "cloudflare managed challenge in german": page(
        "Einen Moment, bitte …",
        "<script>window._cf_chl_opt={cType:'managed'};</script><noscript>Aktivieren Sie JavaScript und Cookies, um fortzufahren</noscript>",
    ),
    "cloudflare browser check of old": page(
        "Just a moment...",
        '<h1 data-translate="checking_browser"><span>Checking your browser before accessing</span> harbour.example.</h1>'
        "<p>This process is automatic. Your browser will redirect to your requested content shortly.</p><p>Please allow up to 5 seconds…</p>"
        '<form id="challenge-form" action="/?__cf_chl_jschl_tk__=1" method="POST"><input type="hidden" name="jschl_vc"></form>'
        "<p>DDoS protection by <a href=#>Cloudflare</a></p><p>Ray ID: 7aa</p>",
    ),
    "cloudflare turnstile with words": page(
        "harbour.example",
        "<h1>harbour.example</h1><p>Verify you are human by completing the action below.</p><div id=turnstile-wrapper></div>"
        "<p>harbour.example needs to review the security of your connection before proceeding.</p>"
        "<p>Ray ID: 8f1c</p><p>Performance &amp; security by Cloudflare</p>",
    ),
    "cloudflare verifying": page(
        "www.harbour.example",
        "<h1>www.harbour.example</h1><p>Verifying you are human. This may take a few seconds.</p><p>Ray ID: 91</p>",
    ),
    "cloudflare performing verification": page(
        "harbour.example",
        "<h1>harbour.example</h1><h2>Performing security verification</h2><p>This website uses a security service to protect against "
        "malicious bots. This page is displayed while the website verifies you are not a bot.</p>",
    ),
    "cloudflare block": page(
        "Attention Required! | Cloudflare",
        '<div id="cf-wrapper"><div id="cf-error-details"><h1>Sorry, you have been blocked</h1><h2>You are unable to access harbour.example</h2>'
        "<h2>Why have I been blocked?</h2><p>This website is using a security service to protect itself from online attacks. The action "
        "you just performed triggered the security solution. There are several actions that could trigger this block including "
        "submitting a certain word or phrase, a SQL command or malformed data.</p><h2>What can I do to resolve this?</h2>"
        "<p>You can email the site owner to let them know you were blocked. Please include what you were doing when this page came up "
        "and the Cloudflare Ray ID found at the bottom of this page.</p></div></div>",
    ),
    "cloudflare captcha of old": page(
        "Attention Required! | Cloudflare",
        "<h1>One more step</h1><h2>Please complete the security check to access harbour.example</h2><form id=challenge-form "
        'class="challenge-form" action="/cdn-cgi/l/chk_captcha"></form><h2>Why do I have to complete a CAPTCHA?</h2><p>Completing the '
        "CAPTCHA proves you are a human and gives you temporary access to the web property.</p>",
    ),
    "cloudflare access denied 1020": page(
        "Access denied | harbour.example used Cloudflare to restrict access",
        '<div id="cf-error-details"><h1>Error 1020</h1><h2>Access denied</h2><p>This website is using a security service to protect '
        "itself from online attacks.</p></div>",
    ),
    "cloudflare rate limit 1015": page(
        "Access denied | harbour.example used Cloudflare to restrict access",
        '<div id="cf-wrapper"><h1>Error 1015</h1><h2>You are being rate limited</h2><p>The owner of this website (harbour.example) '
        "has banned you temporarily from accessing this website.</p></div>",
    ),
    "cloudflare in spanish": page(
        "Un momento…",
        "<script>window._cf_chl_opt={};</script><noscript>Habilita JavaScript y las cookies para continuar</noscript>",
    ),
    # DataDome
    "datadome bare": '<html><head><title>harbour.example</title><style>#cmsg{animation: A 1.5s;}</style></head><body style="margin:0">'
    "<p id=\"cmsg\">Please enable JS and disable any ad blocker</p><script data-cfasync=\"false\">var dd={'rt':'c','cid':'AHr',"
    "'hsh':'A1','t':'bv','s':1,'host':'geo.captcha-delivery.com'}</script>"
    '<script src="https://ct.captcha-delivery.com/c.js"></script></body></html>',
    "datadome interstitial": "<html lang=\"en\"><head><title>harbour.example</title></head><body><script>var dd={'rt':'i','cid':'x'}</script>"
    '<script src="https://ct.captcha-delivery.com/i.js"></script></body></html>',
    "datadome slider frame": page(
        "DataDome CAPTCHA",
        '<iframe src="https://geo.captcha-delivery.com/captcha/?initialCid=A" title="DataDome CAPTCHA"></iframe><p>Verification required. '
        "Slide right to complete the puzzle.</p>",
    ),
    "datadome block": page(
        "You have been blocked",
        "<h1>You have been blocked</h1><p>You have been blocked from the network because there is a robot on the same network "
        "(IP 192.0.2.7) as you.</p><p>ID: 5f1</p>",
    ),
    # HUMAN, once PerimeterX
    "human press and hold": page(
        "Access to this page has been denied",
        '<div class="px-captcha-container"><h1>Before we continue...</h1><p>Press &amp; Hold to confirm you are a human (and not a bot).</p>'
        '<div id="px-captcha"></div><p>Reference ID 3b1</p></div><script>window._pxAppId="PX1";window._pxUuid="u";</script>',
    ),
    "human denied": page(
        "Access to this page has been denied.",
        "<h1>Access to this page has been denied because we believe you are using automation tools to browse the website.</h1><p>This "
        "may happen as a result of the following:</p><ul><li>Javascript is disabled or blocked by an extension</li><li>Your browser "
        "does not support cookies</li></ul><p>Reference ID: #a1</p><p>Powered by PerimeterX, Inc.</p>",
    ),
    "human on a shop": page(
        "Robot or human?",
        "<h1>Robot or human?</h1><p>Activate and hold the button to confirm that you’re human. Thank You!</p><p>Try a different method</p>",
    ),
    "human script only": "<html><head><script>window._pxAppId='PXa';window._pxJsClientSrc=\"/a/init.js\";</script>"
    "<script src=\"/a/captcha/captcha.js?a=c&u=1&v=&m=0\"></script></head><body><div id='px-captcha'></div></body></html>",
    # Akamai
    "akamai denied": "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n You don't have permission to "
    'access "http&#58;&#47;&#47;www&#46;harbour&#46;example&#47;news" on this server.<P>\nReference&#32;&#35;18&#46;2d\n'
    "<P>\nhttps&#58;&#47;&#47;errors&#46;edgesuite&#46;net&#47;18&#46;2d\n</BODY>\n</HTML>",
    "akamai behavioural": page(
        "",
        '<div id="sec-if-cpt-container" style="width:100%"></div><div class="behavioral-content"><p class="scf-akamai-logo-text">Powered '
        'and protected by</p></div><script src="/_sec/cp_challenge/ak-challenge-4-3.js"></script>',
    ),
    "akamai crypto wait": '<html><head><meta http-equiv="refresh" content="5; URL=\'/?bm-verify=AAQ\'"></head><body>'
    "<script>triggerInterstitialChallenge();</script></body></html>",
    # Imperva
    "imperva frame": '<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"></head><body style="margin:0px">'
    '<iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=5-1&incident_id=77-1&edet=12" frameborder=0>Request '
    "unsuccessful. Incapsula incident ID: 77-1</iframe></body></html>",
    "imperva interruption": page(
        "Pardon Our Interruption",
        "<h1>Pardon Our Interruption</h1><p>As you were browsing something about your browser made us think you were a bot. There are a "
        "few reasons this might happen:</p><ul><li>You're a power user moving through this website with super-human speed.</li><li>You've "
        "disabled cookies in your web browser.</li><li>A third-party browser plugin is preventing JavaScript from running.</li></ul>"
        "<p>To regain access, please make sure that cookies and JavaScript are enabled before reloading the page.</p>",
    ),
    "imperva interstitial script": "<html><head><script>var onProtectionInitialized=function(){window.reeseSkipExpirationCheck=true}</script>"
    '<script src="/xyz-interstitial-reese?d=1" async></script></head><body></body></html>',
    "imperva error 15": page(
        "harbour.example - Error",
        "<p>Error 15</p><p>This request was blocked by our security service</p><p>Incident ID: 77-2</p><p>Powered by Imperva</p>",
    ),
    # AWS WAF
    "aws challenge": '<!DOCTYPE html><html lang=en><head><title></title><script>window.awsWafCookieDomainList=[];window.gokuProps={"key":"A"};'
    '</script><script src="https://de5282.token.awswaf.com/de5282/challenge.js"></script></head><body><div id="challenge-container"></div>'
    "<noscript><h1>JavaScript is disabled</h1>In order to continue, we need to verify that you're not a robot. This requires JavaScript. "
    "Enable JavaScript and then reload the page.</noscript></body></html>",
    "aws captcha": page(
        "Human Verification",
        '<script src="https://b.captcha-sdk.awswaf.com/b/jsapi.js"></script><h1>Let\'s confirm you are human</h1><p>Complete the security '
        "check before continuing. This step verifies that you are not a bot.</p><button>Begin</button>",
    ),
    "aws cloudfront block": page(
        "ERROR: The request could not be satisfied",
        "<H1>403 ERROR</H1><H2>The request could not be satisfied.</H2><HR>Request blocked. We can't connect to the server for this app or "
        "website at this time. There might be too much traffic or a configuration error. Generated by cloudfront (CloudFront)",
    ).replace("ERROR: The", "The"),
    # Kasada
    "kasada": "<!DOCTYPE html><html><head></head><body><script>window.KPSDK={};KPSDK.now=typeof performance!=='undefined'?performance.now:"
    'Date.now;KPSDK.start=KPSDK.now();</script><script src="/149e9513-01fa-4fb0-aad4-566afd725d1b/2d206a39/ips.js?KP_UIDz=0"></script>'
    "</body></html>",
    # Sucuri
    "sucuri block": page(
        "Sucuri WebSite Firewall - Access Denied",
        "<h1>Access Denied - Sucuri Website Firewall</h1><p>If you are the site owner (or you manage this site), please whitelist your IP or if "
        "you think this block is an error please open a support ticket.</p><h3>Block details:</h3><table><tr><td>Your IP:</td><td>192.0.2.1"
        "</td></tr></table>",
    ),
    "sucuri javascript": page(
        "You are being redirected...",
        "<noscript>Javascript is required. Please enable javascript before you are allowed to see this page.</noscript>"
        "<script>var s={},u,c;sucuri_cloudproxy_js='';S='cz0i';</script>",
    ),
    # DDoS-Guard
    "ddos-guard": page(
        "DDoS-Guard",
        '<h1 id="title" data-ddg-l10n="title">Checking your browser before accessing harbour.example</h1><p data-ddg-l10n="text">Please wait a '
        'few seconds. Once this check is complete, the website will open automatically.</p><script src="/.well-known/ddos-guard/js-challenge/'
        'index.js"></script>',
    ),
    "ddos-guard in russian": page(
        "DDoS-Guard",
        "<h1>Проверка браузера перед переходом на сайт harbour.example</h1><p>Подождите несколько секунд. После завершения проверки сайт "
        "откроется автоматически.</p>",
    ),
    # Vercel
    "vercel": page(
        "Vercel Security Checkpoint",
        '<main><p id="header-text">We\'re verifying your browser</p><p><a href="https://vercel.link/security-checkpoint">Website owner? Click '
        "here to fix</a></p></main><p>Vercel Security Checkpoint | fra1::17</p><noscript>Enable JavaScript to continue</noscript>",
    ),
    # Anubis
    "anubis": page(
        "Making sure you&#39;re not a bot!",
        '<script id="anubis_version" type="application/json">"v1.2"</script><script id="anubis_challenge" type="application/json">{}</script>'
        '<h1>Making sure you&#39;re not a bot!</h1><img src="/.within.website/x/cmd/anubis/static/img/pensive.webp"><p id="status">Loading...</p>'
        "<details><summary>Why am I seeing this?</summary><p>You are seeing this because the administrator of this website has set up Anubis "
        "to protect the server against the scourge of companies aggressively scraping websites. This can and does cause downtime for the "
        "websites, which makes their resources inaccessible for everyone.</p></details><p>Protected by Anubis from Techaro.</p>",
    ),
    "anubis in german": page(
        "Es wird geprüft, dass Sie kein Bot sind!",
        '<script id="anubis_challenge" type="application/json">{}</script><h1>Es wird geprüft …</h1>',
    ),
    # Google
    "google unusual traffic": page(
        "https://www.google.com/search?q=harbour",
        '<form id="captcha-form" action="index" method="post"><div id="recaptcha"></div></form><p>About this page</p><p>Our systems have '
        "detected unusual traffic from your computer network. This page checks to see if it's really you sending the requests, and not a "
        "robot. Why did this happen?</p><p>IP address: 192.0.2.3</p>",
    ),
    "google unusual traffic in german": page(
        "https://news.google.com/rss",
        "<p>Unsere Systeme haben ungewöhnlichen Datenverkehr aus Ihrem Computernetzwerk festgestellt. Auf dieser Seite wird überprüft, ob die "
        "Anfragen wirklich von Ihnen und nicht von einem Robot gesendet werden.</p>",
    ),
    # captcha interstitials
    "recaptcha interstitial": page(
        "Are you human?",
        "<h1>Are you human?</h1><p>Tick the box and you may go on reading.</p><form><div class='g-recaptcha' data-sitekey=x></div></form>"
        '<script src="https://www.google.com/recaptcha/api.js"></script>',
    ),
    "hcaptcha interstitial": page(
        "Security Check",
        "<p>Please complete the captcha so that we know you are a person.</p><div class=h-captcha></div>"
        '<script src="https://js.hcaptcha.com/1/api.js"></script>',
    ),
    "amazon characters": page(
        "Robot Check",
        "<h4>Enter the characters you see below</h4><p>Sorry, we just need to make sure you're not a robot. For best results, please make sure "
        'your browser is accepting cookies.</p><form action="/errors/validateCaptcha"><input id="captchacharacters"></form>',
    ),
    "yandex": page(
        "Ой!",
        '<div class="CheckboxCaptcha"><h1>Подтвердите, что запросы отправляли вы, а не робот</h1><p>Нам очень жаль, но запросы с вашего '
        "устройства похожи на автоматические.</p><input type=submit value='Я не робот'></div>",
    ),
    "geetest": page("验证", '<div class="geetest_challenge_page"></div><p>请完成安全验证</p>'),
    # Bloomberg
    "bloomberg": page(
        "Bloomberg - Are you a robot?",
        "<h2>We've detected unusual activity from your computer network</h2><p>To continue, please click the box below to let us know you're not "
        "a robot.</p><h3>Why did this happen?</h3><p>Please make sure your browser supports JavaScript and cookies and that you are not blocking "
        "them from loading. For more information you can review our Terms of Service and Cookie Policy.</p><h3>Need Help?</h3><p>For "
        "inquiries related to this message please contact our support team and provide the reference ID below.</p><p>Block reference ID: 1f</p>",
    ),
    # F5 and others
    "f5 rejected": page(
        "Request Rejected",
        "The requested URL was rejected. Please consult with your administrator.<br><br>Your support ID is: 1234<br><a href='javascript:"
        "history.back();'>[Go Back]</a>",
    ),
    "client challenge": page(
        "Client Challenge",
        "<noscript>JavaScript is disabled in your browser. Please enable JavaScript to proceed.</noscript><p>A required part of this site "
        "couldn’t load. This may be due to a browser extension, network issues, or browser settings.</p>",
    ),
    "one moment": page(
        "One moment, please...",
        "<h1>Please wait while your request is being verified...</h1><script>setTimeout(go,5)</script>",
    ),
    # plain words in twelve languages and more
    "plain english": plain(
        "en",
        "The Harbour Post",
        "One more thing",
        "Please verify that you are human before you go on to the Harbour Post.",
    ),
    "plain english robot": plain(
        "en", "Are you a robot?", "Are you a robot?", "Tick the box so that we know you are not."
    ),
    "plain german": plain(
        "de",
        "Hafenpost",
        "Kurz warten",
        "Bitte bestätigen Sie, dass Sie ein Mensch sind, dann geht es weiter.",
    ),
    "plain german du": plain(
        "de", "Hafenpost", "Ich bin kein Roboter", "Setze den Haken, um zur Seite zu kommen."
    ),
    "plain french": plain(
        "fr",
        "Le Port",
        "Vérification de sécurité",
        "Confirmez que vous n’êtes pas un robot pour accéder au site.",
    ),
    "plain spanish": plain(
        "es", "El Puerto", "Un paso más", "Verifica que no eres un robot para seguir leyendo El Puerto."
    ),
    "plain italian": plain("it", "Il Porto", "Controllo", "Conferma di non essere un robot per continuare."),
    "plain portuguese": plain(
        "pt", "O Porto", "Verificação", "Confirme que você não é um robô para continuar."
    ),
    "plain dutch": plain("nl", "Havenpost", "Controle", "Bevestig dat u geen robot bent om verder te gaan."),
    "plain swedish": plain(
        "sv", "Hamnposten", "Kontroll", "Bekräfta att du är en människa för att fortsätta."
    ),
    "plain norwegian": plain(
        "nb", "Havneposten", "Kontroll", "Bekreft at du ikke er en robot for å fortsette."
    ),
    "plain danish": plain("da", "Havneposten", "Kontrol", "Bekræft, at du er et menneske, for at fortsætte."),
    "plain polish": plain(
        "pl", "Port", "Weryfikacja", "Potwierdź, że nie jesteś robotem, aby przejść dalej."
    ),
    "plain russian": plain("ru", "Порт", "Проверка", "Подтвердите, что вы не робот, чтобы продолжить."),
    "plain turkish": plain("tr", "Liman", "Kontrol", "Devam etmek için robot olmadığınızı doğrulayın."),
    "plain japanese": plain("ja", "港", "確認", "続けるには、ロボットではないことを確認してください。"),
    "plain chinese": plain("zh", "港口", "验证", "请确认您不是机器人，然后继续。").replace(
        "请确认您不是机器人", "请验证您是真人"
    ),
    "plain korean": plain("ko", "항구", "확인", "계속하려면 사람인지 확인해 주세요."),
    "plain czech": plain("cs", "Přístav", "Kontrola", "Potvrďte, že nejste robot, a můžete pokračovat."),
    "your ip is blocked": plain(
        "en",
        "Harbour",
        "Access restricted",
        "Your IP address has been blocked after automated requests from your network.",
    ),
}
"""Name of the product or kind, and the page."""

HEADERS: dict[str, tuple[tuple[str, str], ...]] = {
    "cloudflare": (("cf-mitigated", "challenge"),),
    "aws challenge": (("x-amzn-waf-action", "challenge"),),
    "aws captcha": (("X-Amzn-Waf-Action", "captcha"),),
    "vercel": (("x-vercel-mitigated", "challenge"),),
    "sucuri": (("x-sucuri-block", "1"),),
    "human": (("x-px-blocked", "1"),),
}
"""Headers that decide whatever the body says."""
