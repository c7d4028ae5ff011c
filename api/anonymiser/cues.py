"""What stands around names, by which `names.py` tells that a name follows or went before."""

import re

TITLE = (
    "dr|doctor|mr|mrs|ms|miss|mx|prof|professor|nurse|councillor|cllr|sir|dame|lord|lady|rev"
    "|reverend|pastor|imam|rabbi|judge|pc|sgt|sergeant|auntie?|uncle|granny|grandma|grandpa|nanny"
)
SHORT_TITLE = "dr|mr|mrs|ms|prof"
RELATIVE = (
    r"(?:step|grand|half[- ]|god|foster[- ]|twin[- ]|great[- ]){0,3}"
    r"(?:mother|mum|mam|mom|father|dad|brother|sister|son|daughter|child|girl|boy|baby)"
    r"(?:[- ]in[- ]law)?"
    r"|wife|husband|partner|boyfriend|girlfriend|fianc[ée]e?|spouse|ex(?:[- ](?:wife|husband"
    r"|partner|boyfriend|girlfriend))?|twin|cousin|aunt(?:ie)?|uncle|niece|nephew|nan|nana|gran"
    r"|granny|grandma|grandad|grandpa|carer|girl next door|boy next door"
)
COMPANION = (
    "friend|mate|flatmate|housemate|roommate|neighbou?r|boss|manager|supervisor|colleague"
    "|co-?worker|landlord|landlady|lodger|teacher|head ?teacher|tutor|lecturer|student|pupil"
    "|coach|vicar|priest|childminder|babysitter"
)
CARER = (
    "therapist|counsellor|psychologist|psychiatrist|gp|doctor|nurse|midwife|consultant|cpn"
    "|social worker|support worker|key ?worker|care co-?ordinator|health visitor|advocate"
    "|solicitor|mentor|sponsor|locum|pharmacist|dentist"
)
PEOPLE = f"(?:(?:{RELATIVE}|{COMPANION}|{CARER})s?|kids|children|parents)"

DETERMINERS = ("my", "the", "your", "our", "his", "her", "their", "this", "that", "a", "any")
NOT_DETERMINED = "".join(rf"(?<!\b{word} )" for word in DETERMINERS)
ABOUT_SOMEBODY = (
    "told|asked|texted|messaged|phoned|married|dating|hugged|kissed|trust|blamed?|forg[ai]ve"
    "|avoid(?:ed|ing)?|resent(?:ed)?|env(?:y|ied)|owed?|met|invited|missed|missing"
    "|(?:lied?|spoke|speak|talk(?:ed|ing)?|wrote|engaged|married|next|close|said|gave|listen(?:ed"
    "|ing)?|rude|kind|happened|belong(?:s|ed)?|grateful|thankful|apologi[sz]ed?) to"
    "|(?:argu(?:ed|ing|ment)|row|fight|fought|lunch|dinner|coffee|date|liv(?:e|es|ed|ing)"
    "|broke up|fell out|slept|friends) with"
    "|(?:worr(?:y|ied|ying)|think|thinking|thought|talk(?:ed|ing)?|dream(?:t|ed|ing)?|angry"
    "|upset|guilty) about"
    "|remind(?:s|ed|ing)? me of|(?:proud|afraid|scared|jealous|because|instead|fond) of"
    "|(?:text|message|call|letter|card|heard|hear|divorced?|separated) from"
    "|(?:shout(?:ed|ing)?|angry|mad|snap(?:ped)?|smiled|look(?:ed|ing)?|laugh(?:ed|ing)?) at"
)

# What is matched ends where a name would begin.
CUES = {
    cue: re.compile(pattern, re.IGNORECASE)
    for cue, pattern in {
        # Here a name may be in small letters as well.
        "called": r"\b(?:(?:my|his|her|their) (?:full |first |last |real |own )?name(?: is|['’]s) "
        rf"|i(?:['’]?m| am) called |{NOT_DETERMINED}(?:{SHORT_TITLE})\.? )",
        "named": r"\b(?:name(?: is|['’]s|:) ?|(?:named|called) |known as |go(?:es)? by |went by "
        r"|(?:calls?|called|know|known) (?:me|him|her|them) (?:as )?|signed (?:it )?(?:as )?"
        r"|sign it as )",
        "title": rf"\b{NOT_DETERMINED}(?:{TITLE})\.? ",
        "person": rf"\b{PEOPLE}(?:,? | \(| [–-] |: | is | was )",
        "greeted": r"(?:^|[.!?\n] ?)(?:hi|hiya|hello|hey|dear|thanks|thank you|sorry|cheers"
        r"|bye),? ",
        "addressed": rf"\b(?:{ABOUT_SOMEBODY}) ",
        # A name follows if nothing but an end, or a new beginning, follows it.
        "parting": r"(?:regards|wishes|love|sincerely|faithfully|truly|cheers|thanks|care|yours"
        r"|hugs),\s(?:from )?",
        "speaking": r"\bi(?:['’]?m| am) ",
        # A name that is a word as well, or that no list knows, does not follow.
        "sentence": r"(?:^|[.!?:;…•*\n\"“‘(]|\b\d[.)])[\s\"“‘(]*",
        "determined": r"(?:\b(?:a|an|the|my|your|our|his|her|their|some|any|no|each|every|another"
        r"|this|these|those|its|such)"
        r"|['’]s) ",
        "place": r"\b(?:in|from|to|at|near|of|around|outside|on|into|onto|through|across|between"
        r"|via|towards|past|inside) ",
        "used": r"(?:&|\b(?:tak(?:e|es|en|ing)|took|on|read(?:ing)?|watch(?:ed|es|ing)?|play(?:ed|s"
        r"|ing)?|eat|ate|dr[ai]nk|drives?|used?|using|buy|bought|stud(?:y|ies|ied|ying)|failed"
        r"|passed|climbed|speaks?|learn(?:t|ed|ing)?|supports?|ha(?:ve|s|d)|and|or)) ",
        "in a title": r"(?-i:(?<=[a-zß-öø-ÿ,;\0\1] )(?!I\b)[A-Z][^\W\d_]*(?:['’-][^\W\d_]+)* )",
        "saint": r"\b(?:st|saint)\.? ",
        "eve": r"\b(?:christmas|year['’]?s) ",
        "no name": r"\b(?:in|since|until|till|last|next|this|by|from|of|to|during|early|late|mid"
        r"|through|before|after|every|each|on|between|and|a|an|the|my|our|no) ",
    }.items()
}
GIVES_A_NAME = ("named", "title", "person", "greeted", "addressed")

ENGLISH = re.compile(r"\b(?:the|and|I|my|is|to|of|it|me|you|he|she|we|they|with|for)\b")

# What follows a name.
SPOKE = re.compile(
    r" (?:said|says|told|tells|asked|asks|rang|phoned|texted|texts|messaged|emailed|replied"
    r"|shouted|screamed|laughed|cried|hugged|hugs|kissed|promised|apologised|thinks|thought|wants"
    r"|wanted|hates|loves|knows|drove|died|goes|whispered|insisted|insists|reckons|married|dumped"
    r"|visited|slammed|smiled|nodded|stared|sighed|yelled|complained|argued|refused|forgot"
    r"|remembered|noticed|believes|blames|blamed|worries|worried|prays|visits|sleeps|snores"
    r"|drinks|moved|came)\b"
)
DOES = re.compile(
    r" (?:has|had|is|was|left|never|will|would|went|started|got|gets|makes|made|does|did|can"
    r"|could|gave|gives|took|takes|turned|looks|looked)\b"
)
STARTS = re.compile(r" (?:and I|here)\b")
APPOSED = re.compile(rf",? \(?(?:my|our|his|her|their|the) {PEOPLE}\b", re.IGNORECASE)
SAID = re.compile(r"\s*(?:[,.!?;:()\n–-]|\Z| (?:and|from|by|but|again|here)\b)")
END = re.compile(r"(?: x+)?[ .!]*(?:\Z|\n)")
INVERTED = re.compile(r" (?:I|you|he|she|it|we|they|this|that|there|the|my|be|not)\b")
INSTITUTION = (
    "Street|St|Road|Rd|Park|Hospital|School|College|University|Station|Line|Square|Ward|Clinic"
    "|Centre|Center|Avenue|Lane|Surgery|Infirmary|Library|Museum|Bridge|Theatre|Cathedral|Church"
    "|Airport|Hotel|Arms|Pharmacy|Academy"
)
PLACE = re.compile(rf"(?:['’]s)? (?P<word>{INSTITUTION})\b")

# Small words between the parts of a name.
PARTICLES = "van|von|de|der|den|di|da|dos|du|la|le|el|al|bin|ibn|ap|ferch|ní|ó|mac"
NEXT_PART = re.compile(
    rf"(?: (?i:{PARTICLES}))*[ ](?!(?:{INSTITUTION})\b)"
    r"(?P<word>[^\W\d_]\.|[^\W\d_]+(?:['’-](?!s\b)[^\W\d_]+)*)"
)

# Shops, drinks, figures and the like that begin with somebody's name.
THINGS = re.compile(
    r"\b(?:john lewis|marks (?:&|and) spencer|ben (?:&|and) jerry|jack daniel|fred perry"
    r"|laura ashley|paul smith|ted baker|harry potter|jack wills|dorothy perkins|tommy hilfiger"
    r"|calvin klein|guy fawkes|robin hood|robin redbreast|will ?power|grace period|peter pan"
    r"|alice band|jack frost|james bond|jack russell|holly blue|rosemary oil|father christmas)\b",
    re.IGNORECASE,
)
