"""Words that `names.py` must not take for names, folded."""

from api.anonymiser.given_names import words

# Not even behind a title or a given name: words that join others, what people are to each other,
# days and feasts, peoples, beliefs and the like.
NEVER_NAMES = words(
    """
    a about adhd advent afghan african after again against agnostic albanian algerian all allah
    also although always am american among an and anglican anglo another any anybody anyone
    anything april aquarius arab arabic are aries around as asian at atheist august aunt auntie
    australian austrian autistic bangladeshi baptist barbadian be because been before behind
    being belgian below bengali beside between beyond bi bipolar black blind bosnian boss both
    brazilian british brother brummie buddha buddhist bulgarian but by can canadian cancer
    cantonese capricorn caribbean catholic chinese christian christmas colombian cornish could
    counsellor cousin croatian cuban cypriot czech dad daddy dame danish daughter deaf dear
    december did diwali do doctor does done dr during dutch dyslexic each easter eastern
    egyptian eid either english eritrean estonian ethiopian european evangelical even every
    everybody everyone everything except father february feminist few filipino finnish for
    french friday fridays friend from gaelic gay gemini geordie german ghanaian glaswegian god
    gran grandad grandma grandpa granny greek gujarati had halloween hanukkah has have having he
    hebrew hello her here hey hi him hindi hindu his how hungarian husband i icelandic if in
    indian indonesian inside into iranian iraqi irish is islamic israeli it italian its jain
    jamaican january japanese jesus jew jewish july june just kenyan korean kurdish labour
    lankan latin latina latino latvian lebanese lent leo lesbian let lgbt libra lithuanian
    londoner lord madam malaysian mam mancunian mandarin many march may maybe me methodist
    mexican might mine miss mixed mom monday mondays more mormon moroccan most mother mr mrs ms
    much mum mummy muslim must mx my nan nana near neither nepali never nigerian no nobody none
    nor northern norwegian not nothing november now nurse ocd october of off often oh ok okay on
    once only onto or other our ours out outside over pagan pakistani palestinian papa partner
    passover past pentecostal perhaps persian pisces please polish portuguese prof professor
    protestant psychiatrist psychologist ptsd punjabi quaker queer ramadan really rev reverend
    romanian russian sagittarius santa satan saturday saturdays saudi scorpio scottish scouse
    september serbian shall she shia should sikh since sir sister slovak so socialist somali
    some somebody someone something sometimes son sorry southern spanish sri still sudanese
    sunday sundays sunni swedish swiss syrian tamil taurus thai than thank thanks that the their
    them then therapist there these they this those though through throughout thursday thursdays
    till to today tomorrow tonight too tory towards trans tuesday tuesdays tunisian turkish
    twice ugandan ukrainian uncle under until up upon urdu us vegan vegetarian very via
    vietnamese virgo was we wednesday wednesdays well welsh were western what when where which
    while white who whom whose why wife will with within without would x yes yesterday yet
    yorkshire you your yours zimbabwean
    """
)
# What else people write with a capital at times, in their simplest forms.
ORDINARY = words(
    """
    abuse accept access accident account ache act action active activity address admit adult
    advice affect afford afraid afternoon age agree aid air alarm alcohol alive allergy allow
    alone amount anger angry animal answer anxiety anxious apart apology app appetite
    appointment approach area argue arm arrive art ask asleep assess assessment assistant
    atmosphere attack attempt attend automatic autumn average avoid awake aware away awful baby
    back bad bag balance ball band bank bar basic bath battle beach bear beat beautiful bed
    bedroom bee begin behavioural believe bell benefit bereavement best better big bike bill
    bird birth birthday bit bitter blame blanket bless blood board body book bored bottle bottom
    box brain brave bread break breakfast breath breathe bridge bright bring brown bubble budget
    build burden bus business busy butter button buy cafe cake call calm candle cap captain car
    card care career careful carry case cat catch cause centre certain chair challenge chance
    change chaos charge charity chat cheap check cheer chemistry chest child childhood children
    chocolate choice choose church circle city claim class clean clear clever client climb
    clinic clinical clock close clothes club coach coat coffee cognitive cold colleague college
    colour combat comfort comic common community company compassion complain computer
    concentrate concern condition confidence confused consultant contact continue control
    conversation cook cool cope coping core corner correspondence cost cough council count
    counter couple courage course court cover crap crash crazy cream creative credit crisis
    cross crowd cruel cry cup cure cut daily damage dance danger dark day dead deal death debt
    decide decision deep defence degree delay demon depressed depression deputy describe deserve
    desk despair detail diagnosis diary die diet different difficult dinner director dirty
    disabled disaster discharge discuss disease distance distract distress district divorce
    doing door dose doubt down dragon drain drama draw dream dress drink drive driver drop drug
    dull dust duty early earn earth easy eat economics edge education effort egg eight eighteen
    eighty electric eleven email embarrassed emergency emotion empty end energy engine engineer
    enjoy enough entry escape essay evening event evidence exact exam excuse executive exercise
    exhausted exist expect experience explain exposure extra eye face fact fail failure fair
    fall false family far farm fast fat fault fear feel fever field fifteen fifty fight film
    final find fine finger finish fire firm first fish fit five flashback flat flight floor
    flower fly focus food fool foot football force foreign forest forget forgive form formal
    forty forward four free fresh fridge front frozen full fun funeral funny furious future gain
    game garden gas gate general gentle geography get giant gift girl give glad glass go goal
    gold good grade grateful gratitude grave great green grey grief ground grounding group grow
    guess guest guide guilt guilty gut gym habit hair half hall hand hang happen happy hard hate
    head headache healing health healthy hear heart heat heaven heavy height hell help hide high
    history hit hold hole holiday holy home homework honest honestly hospital host hot hotel
    hour house housing huge human hundred hungry hurt ice idea identity ill illness image
    imagine important impossible inbox income increase inner insomnia insurance interest
    internet interview intrusive isolated issue itch jacket job join joke journal journey judge
    jump junior keep kettle key kick kid kill kind king kiss kitchen knee knife know knowledge
    label lack lady lamp land language large last late laugh laundry law lawyer lazy lead leader
    leaf learn leave left leg lesson letter level library lie life lift light like likely line
    list listen literature little live living local lock lonely long look loose lose loss lost
    loud love low luck lunch lung machine mad magic mail main make man manage management manager
    manic manner map marriage married master match maths matter meal mean measure medical
    medication medicine meditation meet meeting memory mental message method middle midnight
    mind mindful mindfulness minute mirror miserable mistake mobile mode moment money monster
    month monthly mood moon morning mortgage motivation mountain mouth move movie mud music name
    nature nausea navy neck need negative neighbour nerve neutral new news next nice night
    nightmare nine nineteen noise normal nose note notice number nursery observe obvious odd
    offer office officer old older one open operation opinion order ordinary original overdose
    own oxygen pace page pain paint pair palace panic paper parent park part partial party pass
    passive patient pattern pause pay peace people perfect period person personal phase phone
    photo physical physics physiotherapy pick picture piece pig pill place plan plane plant
    plate play plead point poison police policy polite poor population position positive
    possible post postcode potential pound poverty power practice pray prayer pregnant prepare
    prescription present president press pressure pretend pretty prevent price pride primary
    prime priority prison private prize problem process professional profile programme progress
    project promise proof proper protect proud provide psychology public pull punish pupil pure
    purpose push put quality quarter queen question queue quick quiet quit quite race radio rage
    rain raise rate read ready real reality reason receive record recovery red reduce refer
    reference referral reflect refuse register registrar regret relapse relationship relax
    relief religion remember remind rent repeat replace reply report request rescue research
    resentment resilience respect response rest result retire retreat return review rice rich
    ride right ring rise risk river road role roof room rough routine row royal rude rule run
    rush sad safe safety salt same sane sauce save say scan scared schedule scheme school
    science scream screen sea search season seat second secret secretary section see seek self
    selfish send senior sense serenity serious service session set seven seventy sex shadow
    shame shape share sharp sheet shelf shift shine ship shirt shock shoe shop short shoulder
    shout show shower sick side sign silence silly similar simple sin sing single sister sit
    situation six sixteen sixty size skill skin sky sleep slow small smart smell smile smoke
    snow sober social society sofa soft soldier solution song soon sort soul sound soup space
    speak special speech speed spend spirit spiritual split sport spring square staff stage
    stair stand standard star stare start state station statutory stay steady steal step stick
    stomach stop store storm story strange stranger street strength stress strict strike strong
    struggle student studies study stuff stupid style sub success sudden suffer suffering sugar
    suicidal suicide suit summary summer sun super support suppose sure surgery surprise survive
    survivor suspect swear sweat sweet swim swimming switch symptom system table tablet take
    talent talk talking tall target task taste tax tea teach teacher team tear tell temper ten
    tennis tense term terrible test text theory therapy thick thin thing think third thirteen
    thirty thought thousand three throat throw ticket tidy tie tight time tiny tip tired toast
    toilet tone tongue tool tooth top torture total touch tough tour town toy track trade
    tradition train training trap trauma travel treat treatment tree trial trigger trip trouble
    truck true trust truth try tube turn twelve twenty twin two type ugly umbrella unable
    uncertain understand unemployed unhappy uniform union unit universal universe university
    unsafe upset urge use useful useless usual vague valley value van variety vast vegetable
    versus victim video view village violence virus vision visit vitamin voice voluntary vomit
    vote vulnerable wage wait wake walk wall want war ward warm warning wash waste watch water
    wave way weak weakness wealth wear weather wedding week weekend weekly weight weird welcome
    welfare wellbeing west wet wheel whole wide wild win wind window wine winter wish witness
    wonder wonderful wood word work worker world worry worse worst worth worthless wound write
    wrong year young youth zero
    """
)
ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "est")
ABSTRACT = (
    "tion",
    "sion",
    "ness",
    "ment",
    "ity",
    "ism",
    "ship",
    "ance",
    "ence",
    "ful",
    "less",
    "ous",
    "able",
    "ical",
    "ology",
    "graphy",
)
# Places, makers, papers, works, diseases.
THINGS = words(
    """
    aberdeen act africa aldi alzheimer amazon america amsterdam android apple argos arsenal asda
    asia asperger athens australia bake bangladesh barbie barnardos bath bbc belfast berlin
    bible birmingham boots bradford brexit bridgerton brighton bristol britain brussels
    cambridge camhs canada cardiff cbt childline china citizens cornwall costa coventry covid
    cpn crohn dbt deliveroo derby disney dublin dundee duolingo durham ebay edinburgh egypt emdr
    england eu europe everton exeter facebook france gad germany ghana glasgow google gp greece
    greggs guardian hamlet hashimoto hodgkin hull huntington ikea india instagram inverness
    iphone ireland istanbul italy itv japan kenya koran lancaster leeds lego leicester lidl
    lisbon liverpool london lyme madrid manchester mcdonalds mencap microsoft monopoly monzo
    morrisons mri nandos netflix newcastle newport nhs nigeria nintendo norwich nottingham
    oxford pakistan parkinson parliament paypal phq playstation plymouth poland portsmouth
    portugal prague primark prozac quran raynaud reddit relate rethink romania rome russia
    sainsburys samaritans scotland shakespeare sheffield shelter snapchat somalia southampton
    spain spotify starbucks stoke swansea telegraph tesco tiktok torah tottenham tourette turkey
    twitter uber uk ukraine usa valium vienna vinted waitrose wales warsaw wembley wetherspoons
    whatsapp wikipedia wimbledon windows wolverhampton xanax xbox york youtube zoom
    """
)
MEDICINE = (
    "ine",
    "pam",
    "lam",
    "lol",
    "one",
    "ium",
    "zole",
    "rin",
    "fen",
    "done",
    "pril",
    "pram",
    "ide",
    "cillin",
    "statin",
    "amol",
    "pin",
)
# What follows "my name is" or "dr" without being a name.
NOT_SAID = NEVER_NAMES | words(
    """
    appointment asked asks called changed dirt first gave gives google increased keeps letter
    looked mentioned missing misspelt mud new notes prescribed put puts rang referred said says
    sent spelt surgery tells thinks thought told visit visits wanted wants written
    """
)
# Surnames that are everyday words: known ones count in capitals only.
SURNAMES = words(
    """
    bell best bird bishop black bright brook brown bush church cook cross day early field fields
    fisher flower ford forest fox friend frost gold good grave gray green grey hall hand hardy
    hart heath hill holiday home house hunt hunter king knight lamb lane law little lock long
    love low man march miller monday moon moore nightingale noble page park parsons pope price
    rain read rice rich rivers rock sharp short silver small snow song speed spring stead stone
    street strong summers swan sweet thorn tree walker wall ward water waters weeks west white
    wild winter wise wood woods young
    """
)
