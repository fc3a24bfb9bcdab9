"""Articles made from forms: weather, shares, matches, earnings, courts. None is a copy of another one."""

import random
import re
from collections.abc import Callable

SLOT = re.compile(r"\{(\w+)\}")

FORMS = {
    "weather": """
        The weather in {town} on {day}. {sky} in the morning, then {later} from noon. Highs of {n}
        degrees are expected in {town} and {n} degrees on the hills around {town}. The night brings
        {sky} with lows of {n} degrees. A {wind} wind blows from the {side} at {n} kilometres per hour,
        with gusts of up to {big} kilometres per hour towards {clock}. The chance of rain is {n} per
        cent. The sun rises at {clock} and sets at {clock}. Pollen: {plant} {level}, {plant} {level}.
        The air in {town} is {level}, with {n} micrograms of fine dust. The outlook: {day} {sky}, {n}
        degrees; {day} {later}, {n} degrees; {day} {sky}, {n} degrees. Water at {town}: {n} degrees.
        Roads: {level} risk of ice above {big} metres. The next report follows at {clock}.
        """,
    "shares": """
        Shares of {firm} {moved} {n}.{n} per cent to {big}.{n} on {day}. The {index} {moved} {n}.{n} per
        cent to {big} points at the same time. {firm} opened at {big}.{n} and traded between {big}.{n}
        and {big}.{n}. Volume came to {big} shares, against a mean of {big} over the past {n} days. The
        stock has {moved} {n} per cent since {month} and stands {n} per cent below its high of {big}.{n}
        of {month} {n}. Analysts at {firm} rate {firm} at {verdict} with a target of {big}.{n}. {name},
        who follows the sector at {firm}, pointed to {cause}. The company is valued at {big} million. It
        reports on {month} {n}. Earnings of {n}.{n} a share are expected, after {n}.{n} a year before.
        Among its peers, {firm} {moved} {n}.{n} per cent and {firm} {moved} {n}.{n} per cent.
        """,
    "match": """
        {town} beat {town} {n}-{n} on {day} in front of {big} spectators at {name} Park. {name} opened
        the scoring after {n} minutes with {shot} from {n} metres. {name} equalised in the {n}th minute
        after a {pass} from {name}. Shortly before the break {name} hit the {wood}. After the restart
        {name} made it {n}-{n} with {shot}, before {name} was sent off for {foul} in the {n}th minute.
        {name} settled it with {shot} in stoppage time. {town} coach {name} said his side had been
        {verdict}. {town} coach {name} called the result {verdict}. {town} move up to {n}th place with
        {n} points, {town} drop to {n}th with {n}. On {day} {town} travel to {town}, while {town} host
        {town}. {town}: {name}, {name}, {name}, {name}, {name}. {town}: {name}, {name}, {name}, {name},
        {name}. Referee: {name} of {town}. Yellow cards: {name}, {name}.
        """,
    "earnings": """
        {firm} on {day} reported {month} quarter net income of {big} million. The {town}-based company
        said it had profit of {n} cents per share. Earnings, adjusted for {cause}, came to {n} cents per
        share. The results {beat} expectations of analysts surveyed by {firm}, whose mean estimate was
        for {n} cents per share. The {trade} company posted revenue of {big} million in the period,
        which {beat} forecasts too: {n} analysts expected {big} million. For the year, the company
        reported profit of {big} million, or {n} cents per share. Revenue was reported as {big} million.
        For the quarter ending in {month}, {firm} expects earnings of {n} to {n} cents per share and
        revenue between {big} and {big} million. Shares of {firm} have {moved} {n} per cent since
        {month}. Chief executive {name} cited {cause}.
        """,
    "court": """
        The following cases were heard at {town} court on {day}. {name}, {n}, of {name} Road, {town},
        admitted {offence} on {month} {n}; fined {big}, costs {n}, {n} points. {name}, {n}, of {name}
        Street, {town}, admitted {offence} on {month} {n}; community order of {n} months with {n} hours
        of unpaid work, costs {big}. {name}, {n}, of {name} Close, {town}, denied {offence}; trial on
        {month} {n}. {name}, {n}, of {name} Lane, {town}, was proved in absence to have committed
        {offence}; fined {big}, surcharge {n}, costs {n}. {name}, {n}, of no fixed address, admitted
        {offence} at {firm}, {town}; {n} weeks in prison suspended for {n} months. {name}, {n}, of
        {name} Avenue, {town}, admitted {offence}; banned for {n} months.
        """,
}

WORDS = {
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "month": "January February March April May June July August September October November December".split(),
    "sky": [
        "sunny spells",
        "low cloud",
        "fog in the valleys",
        "clear skies",
        "light showers",
        "sleet",
        "haze",
    ],
    "later": ["heavy rain", "thunderstorms", "bright sunshine", "drizzle", "snow above the woods", "dry air"],
    "wind": "light fresh strong gusty weak".split(),
    "side": "north east south west north-west south-east".split(),
    "plant": "birch hazel grass alder ash mugwort".split(),
    "level": "low moderate high slight very-high none".split(),
    "index": ["broad index", "technology index", "small-cap index", "blue-chip index"],
    "moved": "rose fell climbed slipped gained lost".split(),
    "verdict": "buy hold sell deserved lucky harsh brilliant poor tired".split(),
    "cause": [
        "weak orders",
        "one-time costs",
        "a strong season",
        "higher rates",
        "the sale of a unit",
        "cheap oil",
    ],
    "shot": ["a header", "a volley", "a free kick", "a penalty", "a low drive", "a chip"],
    "pass": "cross corner throw-in long-ball back-heel".split(),
    "wood": "post bar side-netting".split(),
    "foul": ["a late tackle", "handling on the line", "dissent", "a push"],
    "beat": "beat missed met exceeded topped".split(),
    "trade": "software steel shipping drug toy insurance".split(),
    "offence": [
        "speeding",
        "theft of meat",
        "drink-driving",
        "assault",
        "criminal damage",
        "having no licence",
    ],
}
SYLLABLES = "bar den hol mer ris tan wick fel gor lan stow ham ley rod kin pel dun mar vic sor".split()


def form_letters(form: str, count: int, seed: int) -> list[str]:
    """`count` articles made from one of the FORMS."""
    draw = random.Random(f"{form} {seed}")  # noqa: S311 - texts, not secrets
    return [_filled(FORMS[form], draw) for _ in range(count)]


def _filled(form: str, draw: random.Random) -> str:
    made: dict[str, Callable[[], str]] = {
        "n": lambda: str(draw.randrange(1, 99)),
        "big": lambda: str(draw.randrange(100, 9_999)),
        "clock": lambda: f"{draw.randrange(24)}:{draw.randrange(60):02}",
        "name": lambda: f"{_name(draw)} {_name(draw)}",
        "firm": lambda: f"{_name(draw)} Holdings",
    }
    home = _name(draw)

    def fill(slot: re.Match[str]) -> str:
        kind = slot[1]
        if kind == "town":
            return home if draw.random() < 0.5 else _name(draw)
        return made[kind]() if kind in made else draw.choice(WORDS[kind])

    return " ".join(SLOT.sub(fill, form).split())


def _name(draw: random.Random) -> str:
    return "".join(draw.choice(SYLLABLES) for _ in range(2)).capitalize()
