"""Where somebody lives: postcodes, and streets with what belongs to them.

A street is found by its number, by a house with a name before it, or by being lived in; a street
that is merely mentioned stays. Capitals decide where a word could be any word: "12 Larch Rise",
but not "2 steps rise".
"""

import re

from api.anonymiser.spans import Found, matches

AREAS = (
    "AB|AL|B|BA|BB|BD|BF|BH|BL|BN|BR|BS|BT|BX|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN"
    "|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GIR|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW"
    "|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM"
    "|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN"
    "|WR|WS|WV|YO|ZE|ZZ"
)
# The second half has none of the letters C, I, K, M, O, V, but for ZZ99 3VZ, which is nowhere.
POSTCODES = (
    re.compile(
        rf"(?<!\w)(?:{AREAS})\d[A-Z\d]? {{0,2}}\d[A-Z]{{2}}(?!\w)",
    ),
    re.compile(
        rf"(?<!\w)(?:{AREAS})\d[A-Z\d]? ?(?!1st|2nd|3rd|\dth)\d[ABD-HJLNP-UW-Z]{{2}}(?!\w)|"
        r"(?<!\w)zz99 ?3vz(?!\w)",
        re.IGNORECASE,
    ),
)

CLEAR = "street|road|avenue|lane|crescent|terrace|grove|mews|gardens"
ANY = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Crescent|Cres|Terrace|Grove|Mews|Gardens?|Gdns|Drive|Dr"
    "|Close|Court|Ct|Hill|Park|Place|Pl|Rise|Square|Sq|Walk|Way|Row|Yard|Wharf|Parade|Quay|Green"
    "|Vale|View|Croft|Meadows?|Fields?|Bank|Gate|Heights|Path|Boulevard|Broadway|Circus|Wynd"
    "|Villas|Cottages|Mount|Fold|Garth|Common|Reach|Approach|Esplanade|Embankment"
)
HOUSE = "Cottage|House|Lodge|Farm|Barn|Villa|Manor|Court|Hall|Mill|Bungalow"
UNIT = (
    r"(?:(?i:flat|apartment|apt|unit|room|suite|floor|block)\.? "
    r"(?:\d{1,4}[A-Za-z]?|[A-Z]\d{0,3}),? |\d{1,2}/\d{1,2},? "
    r"|\d{1,2}(?:st|nd|rd|th) (?i:floor),? |(?i:ground floor),? )"
)
NUMBER = r"\d{1,4}[A-Za-z]?(?:[/-]\d{1,4}[A-Za-z]?)?,? "
CAPITALISED = r"(?:(?!\d)[^\W_a-zß-öø-ÿ][\w'’-]{0,29})"
# Words that make a number a measure or a street any street.
ORDINARY = (
    "a|an|the|this|that|my|our|your|his|her|its|their|same|next|other|own|quiet|busy|main|long"
    "|short|dead|wrong|right|high|open|big|small|new|old|nice|in|on|at|of|to|down|up|by|for|off"
    "|from|along|across|over|under|and|or|with|more|few|many|people|person|men|women|kids|cars"
    "|hours?|minutes?|mins?|days?|weeks?|months?|years?|miles?|km|metres?|yards?|steps?|stone"
    "|way|bed|bedroom|lane|one|two|three"
)
PLAIN = rf"(?!(?i:{ORDINARY})\b)[^\W\d_][\w'’-]{{0,29}}"

STREET = (
    rf"(?:(?:St\.? )?(?:{CAPITALISED} ){{1,3}}(?:{ANY}|(?:{CLEAR}))|The (?:{ANY})"
    rf"|(?:Ffordd|Heol|Stryd|Lôn|Rhodfa|Rue) (?:yr? |de |la |du )?{CAPITALISED}"
    rf"(?: {CAPITALISED})?)\b"
)
PLAIN_STREET = rf"(?:{PLAIN} ){{1,2}}(?i:{CLEAR})\b"
ANY_STREET = rf"(?:{PLAIN} ){{1,2}}(?i:{ANY})\b"
TOWN = rf"(?:,? {CAPITALISED}(?:[ -]{CAPITALISED}){{0,2}}(?=,? ?\0|[.;!?)]|,? ?$))?"
NAMED_HOUSE = (
    rf"(?:(?:{CAPITALISED} ){{1,2}}(?:{HOUSE}),? |The (?:{CAPITALISED} ){{0,2}}{CAPITALISED}, )"
)
LIVED_IN = (
    r"(?i:\b(?:live[sd]?|living|stay(?:s|ed|ing)?|mov(?:e|ed|ing)|grew up|house|flat|home)"
    r"(?: back| in)? (?:on|in|at|to|into) )"
)
ADDRESSES = (
    re.compile(
        rf"(?<![\w.,£$€-])(?:{NAMED_HOUSE})?(?:{UNIT}{{1,2}}(?:{NAMED_HOUSE})?)?{NUMBER}{STREET}{TOWN}"
    ),
    re.compile(rf"(?<![\w'’-]){NAMED_HOUSE}{STREET}{TOWN}"),
    re.compile(rf"(?<![\w.,£$€-])(?:{UNIT}{{1,2}})?{NUMBER}{PLAIN_STREET}"),
    re.compile(rf"{LIVED_IN}(?P<it>(?:{STREET}|{PLAIN_STREET}|{NUMBER}{ANY_STREET}){TOWN})"),
)


def postcodes(text: str) -> list[Found]:
    """Find British postcodes by their areas and letters."""
    return matches(text, "POSTCODE", *POSTCODES)


def addresses(text: str) -> list[Found]:
    """Find streets with their numbers, the flat or house before, and the town behind them."""
    return matches(text, "ADDRESS", *ADDRESSES)
