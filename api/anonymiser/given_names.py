"""Given names that are well known in Britain, folded: small letters without marks.

Drawn up for this purpose, by commonness and not from any register; nobody in particular is meant.
"""


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


# Of every origin that is common in Britain; none of them is an everyday word.
SURE = words(
    """
    aarav aaron aarti abbie abdi abdirahman abdul abdullah abel abena abhishek abigail abimbola
    abraham ada adaeze adam adebayo adele adeola aditi aditya adjoa adnan adrian adwoa afua
    afzal agata agatha agnes agnieszka ahmad ahmed ahmet aidan ailbhe aileen ailsa aimee aine
    aisha aisling ajay akash akin akira akosua akshay akua alan alana alanna alasdair alastair
    albert albie aldous alec aled alejandro aleksander aleksandra alessandra alessandro alessia
    alex alexa alexander alexandra alexis alf alfie alfred ali alice alicia alina alison
    alistair aliya allan allegra allen allison alma althea alun alvin alyssa amal amanda amara
    ambrose amelia amelie amina aminata amir amira amit amita amrit amy anand ananya anastasia
    anders andre andrea andreas andrei andrew andrzej andy aneirin angela angelina angharad
    angus ania anil anita anja anjali ankit ann anna annabel annabelle anne anneliese annette
    annie annika anoushka ansel anthea anthony antoine antonia antonio aoife arabella arash
    archibald archie arif arjun arlo armaan arnold arthur arun arwel arwen aryeh asha asher
    ashley ashok ashton asif asma astrid atticus aubrey audrey aurelia ava ayaan ayesha ayla ayo
    ayodele ayse aysel azhar aziz azra babajide babar babatunde barbara barnaby barney barry
    bart bartek bartholomew bartosz bashir basma bastian bea beata beatrice beatrix beckett
    becky behrouz belinda bella ben benedict benjamin benji bernadette bernard bernice bert
    bertie bertram beryl bessie beth bethan bethany betsey betsy betty beverley bharat bhavna
    bianca bilal billie billy bjorn blair blaise blake blanche bobby bogdan boris brad bradley
    brandon branwen brenda brendan brent brett brian brianna bridget brigitte briony brody
    bronagh bronte bronwen bronwyn brooke bruce bruno bryan bryn bryony bukola byron caitlin
    caleb callista callum calum cameron camilla camille candice caoimhe cara carl carla carlo
    carlos carlton carly carmel carmen carole caroline carolyn carrie carwyn caspian cassandra
    cassie cathal catherine cathy catriona cecil cecilia cecily cedric celeste celia celine cem
    ceri ceridwen cerys chad chandler charlene charles charley charlie charlotte cherie cheryl
    chiamaka chiara chidi chika chike chinedu chinonso chinwe chioma chloe chris christina
    christine christopher ciara ciaran cillian cindy claire clara clare clarence clarissa clark
    claude claudia claudio clayton clemence clement clementine cleo clifford clint clive clodagh
    clyde cody cohen colette colin colleen connie connor conor conrad constance cora coraline
    cordelia corey corinne cormac cosima cosmo courtney craig cressida crispin curtis cuthbert
    cynthia cyril cyrus dafydd dakota dalia daljit damian damien damon dan dana daniel daniela
    daniella danielle danny dante danuta daphne dara darcy daria darius dariusz darrell darren
    darryl darya dave david davina davy dawid dayo deanna debbie deborah debra declan deepa
    deepak deepika deirdre delaney delia delilah delphine delyth demi denis denise dennis denny
    denzil derek dermot derrick desdemona desmond devin dewi dexter dharmesh diana diane diego
    dieter dilara dilys dinah dinesh divya dmitri dolores dominic dominik dominique donal donald
    donna donovan dora doreen dorian doris dorota dorothy doug dougal douglas dudley dugald
    duncan dustin dwayne dylan eamon ebru eddie edgar edie edith edmund edna edward edwin edyta
    efa effie effy efua eileen eilidh eira eirlys eithne ekow elaine eleanor elena eleonora
    eleri eli eliana elias elijah elin eliot elis elisabeth elise eliza elizabeth ella ellen
    ellery ellie elliot elliott ellis elodie elsa elsie elspeth elton eluned elvis elzbieta
    emeka emery emile emilia emily emlyn emma emmanuel emmeline emmett emre emrys enid enoch
    enrico enrique eoin eric erica erik erika erin ernest ernestine ernie errol esmae esme esmee
    esmeralda esra estelle esther ethan ethel etienne euan eugene eugenia eugenie eunice eva
    evan evander evangeline evelyn everett evie ewa ewan ezra fabian fabienne fabio fadumo fahad
    faisal faiza farah farhan farid farida farooq farrah fatema fatima fatimah fatma fay faye
    fearghal federico felicity felix femi fenella ferdinand fergal fergus ferhat fernando ffion
    filip finlay finley finn finnian fiona fionn fionnuala firas fletcher florian floyd flynn
    folake folasade frances francesca francesco francis francois franklin franz fraser fred
    freda freddie freddy frederica frederick freya frida fritz funmi gabe gabriel gabriella
    gabrielle gaia gail gareth garfield garry gary gaston gaurav gavin gaynor gaz gbenga gemma
    genevieve geoff geoffrey george georgette georgie georgina geraint gerald geraldine gerard
    gerhard germaine gerry gertrude gethin ghada gideon gil gilbert giles gillian gina ginny
    giovanni giselle gita giulia giuseppe gladys glenda glenn glenys glyn glynis godfrey gopal
    gordon gosia govind graeme graham grainne grania grazyna greg gregory greta gretchen greyson
    griff griffin grzegorz guido guillaume guinevere gulsen gunther gurdeep gurpreet gus guto
    gwen gwendolen gwendolyn gwenllian gwilym gwyneth habib hadi hadley haider hailey hakan hal
    hala haley halina hamish hamza hana hanan haneen hank hanna hannah hans hardeep harish
    harjit harley harold harpreet harriet harriette harris harrison harry haruka harvey hasan
    hashim hassan hatice hattie hayley hector heidi heike heinrich heledd helen helena helene
    helga hendrix henri henrietta henrik henry herbert herman hermione hester hettie hetty
    heulwen hilary hilda hiren hiroshi hodan holden horace hossein howard hubert hugh hugo hui
    humaira humphrey hussain hussein huw hyacinth hywel iain ian ibrahim ida idil idris iestyn
    ieuan ifan ifeanyi ifeoma ifor ifrah ignacio ignatius igor ike illtyd ilse iman imogen imran
    imtiaz indira ines ingrid inigo ioana iolo iona iqbal iqra irene irfan irina irma isaac
    isabel isabella isabelle isadora isaiah isha ishaan isla islwyn ismael ismail isobel isolde
    issac ivan ivana ivor iwona jacek jacinta jackie jackson jacob jacqueline jacques jaden
    jadwiga jagdeep jagjit jago jaiden jake jakub jamal james jamie jamila jane janet janette
    janice janine janusz jared jaroslaw jarvis jasmin jason jasper jaspreet jasvinder javed
    javier jawad jaxon jayden jayesh jayne jazmin jean jeanette jeannie jebediah jed jeff
    jeffrey jemima jenna jennie jennifer jenny jenson jeremiah jeremy jermaine jerome jerry jess
    jesse jessica jessie jethro jiahui jill jillian jim jimmy jitendra joan joanna joanne joao
    joaquin jocasta jocelyn jodi jodie jody joe joel joey johan johannes john johnny jolanta
    jolene jolyon jon jonah jonathan joni jools jordana jorge jose joseph josephine josh joshua
    josie joyce juan juanita jude judith judy julia julian juliana julie juliet julita julius
    jumoke juno jurgen justin justine justyna jyoti kabir kaden kai kaitlyn kajal kaleb kalpana
    kamal kamala kamil kamran kara karan kareem karen karim karl karla karol karolina kashif
    kasia kaspar kat katarzyna kate katelyn katharine katherine kathleen kathryn kathy katie
    katrina katy katya kavita kavya kay kaya kayden kayla kayleigh keanu keegan keeley keeva
    kehinde keir keira keisha keith kelechi kelly kelsey kelvin kemi ken kenji kenneth kenny
    kenta kenzie kerem kevin kezia khadija khadra khaled khalid kian kiara kiera kieran kieron
    killian kim kimberley kinga kiran kirsteen kirsten kirstie kirsty kishore kitty klaus kofi
    kojo komal kris krishna kristen kristian kristina krystyna krzysztof kulwinder kumar kunle
    kurt kwabena kwaku kwame kwasi kyle kylie kyra lacey lachlan laila lakshmi lalita lamar lana
    lanre lara larry lars laszlo latif latifa laura lauren laurence laurent lavinia lawrence
    layla layton leah leandro leanne leela leighton leila lela len lena lennox lenny leo leon
    leonard leonardo leonie leopold leroy lesley leslie lester leticia lettie levi lewis lexi
    leyla liam libby lidia lila lilah lilian lillian lillie lilly lina linda lindiwe lindsay
    lindsey linh linus lionel lisa livia liz liza lizzie llewelyn llinos lloyd llyr logan lois
    lola lorcan lorenzo loretta lorna lorraine lottie louis louisa louise lubna luca lucas lucia
    lucian lucie lucille lucinda lucy ludmila ludwig luigi luis luisa lukasz luke lulu luther
    lydia lyle lynda lynette lynn lynne lynsey lyra lysander maarten mabel mabli maciej maddie
    maddison maddox madeleine madeline madge madhu mae maeve magda magdalena maggie magnus mahdi
    mahesh mahmood mahmoud maia mair mairead mairi maisie maisy majid malachi malak malcolm
    maleeha malgorzata mali malika mandy manish manjit manoj manon mansour manuel marc marcel
    marcia marcie marcin marco marcus mared marek margaret margaux margery margo margot
    marguerite maria mariam marian marianne marie marilyn mario marion marisa mariusz marjorie
    marlene marley marlon marnie marsha marta martha martin martina marvin marwan mary maryam
    mateo mateusz mathieu matilda matteo matthew matthias maud maude maureen maurice mavis
    maximilian maxine maxwell maya mbali meena meera meg megan mehdi mehmet meiling meinir
    meirion mel melanie melinda melissa melvin menna meredith mererid merlin merve mervyn meryl
    meurig mia micah michael michaela michal michelle mick mickey miguel mihai mika mike mikkel
    mikolaj mila mildred milena millicent millie milly milo mimi minerva minh minnie mira
    miranda mirembe miriam mitch mitchell modupe mohamad mohamed mohammad mohammed mohan moira
    molly mona monica monika monty morag morgan morris mortimer moses moshe muhammad muireann
    mukesh munira murat muriel murray mustafa myfanwy myles myra myrtle nabil nadeem nadia
    nadine nadir naeem naheed naima najma nancy naomi nasim nasir nasreen nasser nat natalia
    natalie natasha nathalie nathan nathanial nathaniel naveed navin naz nazanin neal ned neelam
    neha neil nell nellie nelson nerys nessa nevaeh neve neville ngozi nia niall niamh nicholas
    nicky nico nicola nicolas nicole nicolette nida nigel nikhil nikita nikki nikolai nils
    nimisha nina nisha nishant nitin nkechi nnamdi noa noah noel noelle noemi nola nomsa noor
    nora norah noreen norma norman nour noura nuala nusrat obinna octavia octavius odette oisin
    oksana olabisi olaf olamide oleg olena olga oliver olivia olivier ollie oluwaseun olwen omar
    onyeka oonagh ophelia orla orlaith orlando orson orville oscar osian oskar osmond oswald
    otis ottilie otto ottoline owain owen ozgur ozlem ozzy pablo padma padraic padraig paige
    paloma pamela pandora paolo parminder parveen pascal pascale patrice patricia patrick patsy
    paul paula paulette pauline paulo pavel pawel peadar pedro peggy penelope percival percy
    perdita peregrine perla perry pete peter petra petronella phil philip philippa phillip
    philomena phineas phoebe phuong phyllis pia pierre piers pilar piotr pippa polly pooja
    portia pradeep prakash pranav pratik preeti priscilla priti priya priyanka przemek qasim
    quentin quincy quinn rabia rachael rachel radek radha radu rae rafael rafal rafe rafferty
    rafiq rahim rahul raj rajan rajesh rajiv rakesh ralf ralph ramesh rami ramona ramsay rana
    randall randolph rani rania raphael rashid rashida raul ravi ravinder raya rayan raymond
    reagan rebecca rebekah reece reem reena reg reggie regina reginald rehana rekha remi remy
    renee renu reuben rhea rhian rhiannon rhoda rhodri rhona rhonda rhydian rhys riaz ricardo
    richard rick ricky riley rita ritu rivka riya rizwan robbie robert roberta roberto robyn
    rocco rochelle roderick rodney roger rohan rohini rohit roisin roland rolf romeo romilly
    romy rona ronald ronan ronnie rory ros rosa rosalia rosalie rosalind rosalyn rosamund
    rosanna rosanne rosario roseanne roshni rosie roslyn ross rowan rowena roxanne roy royston
    ruairi ruaridh rubina rudolph rudy rufus rukhsana rupert russell ruth ryan ryszard sabiha
    sabine sabrina sade sadie saeed safia sahar sahil saima sajid sakina sakura saleem salim
    sally salma salvatore sam samantha samar samara sameer sami samia samina samir samira sammy
    samson samuel sana sanaa sandeep sandra sangeeta sanjay sanjeev sanna santosh saoirse sara
    sarah sarita sasha satish satoshi scarlett scott seamus sean sebastian seema segun selene
    selina selma selwyn seren serena sergei sergio serkan seth seun shabana shabnam shadi shahid
    shakeel shalini shane shanelle shania shanice shaquille shari sharmila sharna sharon shaun
    shawn shazia sheila sheldon shelley sheryl shilpa shira shirin shirley shivani shlomo shona
    shreya shukri shyam sian sibusiso sid sidney silas simisola simon simone simran sinead
    siobhan sioned sipho sita siwan skylar slawomir smita sneha sofia sohail solomon solveig
    sonal sonali sonia sonja sophia sophie sorcha soren sorley spencer stacey stacy stanislaw
    stanley stefan stefania stefano stella steph stephan stephanie stephen steve steven stevie
    stewart struan stuart suad sudha sujata sukhdeep sukhwinder suki sumaira sunil sunita suresh
    surinder susan susana susanna susannah sushila susie suzanne suzie sven svetlana swati sybil
    syed sylvester sylvia sylwia szymon tabitha tadeusz tadhg tafadzwa tahir tahira taiwo
    tallulah tamar tamara tamika tammy tamsin tania tanisha tanveer tanvi tanya tara tarek tariq
    tariro taryn tasha tasneem tatenda tatiana tatum taylor tayo ted tegan tegwen tehmina
    temitope tendai terence teresa terrance terri terry tess tessa thabo thaddeus thalia
    thandeka thandi thea thelma themba theo theodora theodore theresa thierry thomas thuy tia
    tiana tiffany tilda tilly tim timothy tina titilayo tobi tobias tobin toby todd tolu tom
    tomas tomasz tommy tomos toni tony tope tori tracey tracy travis trent trevor trish tristan
    tristram trixie troy trudy tuan tudur tunde tyler tyra tyrone uche uchenna ulric ulrich
    ulrike ulysses umar umberto umut una ursula urszula usama usha usman uzma vadim val
    valentina valeria valerie vanessa varun vasile vaughan velma venetia vera verity verna
    vernon veronica vicky victor vijay vikki vikram viktor vinay vince vincent vincenzo vinod
    virgil vishal viv viveca vivian vivien vivienne vladimir waleed walid wallace walter wanda
    wanjiru waqar warren waseem wayne weiming wesley whitney wieslaw wilbur wilfred wilfrid
    wilhelmina willa willem william willie wilma winifred winnie winona winston wojciech
    wolfgang wyatt wyn xanthe xavier xiaoming ximena xiuying yael yakub yana yann yannick yara
    yaroslav yasemin yasir yasmin yasmine yaw yetunde yewande yitzhak yoko yolanda yosef youssef
    yuki yukiko yulia yuri yusra yusuf yves yvette yvonne zac zach zachariah zachary zack zadie
    zafar zaheer zahid zahra zaid zain zainab zander zane zanele zara zayd zayn zaynab zbigniew
    zeenat zeeshan zeke zelda zena zeynep zoe zoey zofia zohra zola zoya zubair zuleika zuleikha
    zuri zuzanna
    """
)

# Names that are words as well, so that only a capital inside a sentence tells them apart.
WORDS_TOO = words(
    """
    al amber angel aurora basil bill blessing bo bob bonnie carol clay cliff coral crystal
    dahlia daisy dale dawn dean di dick dolly don dot drew earl ebony ed eve faith fern flora
    frank gene ginger glen gloria grace grant guy hazel heather holly honor hope indie iris ivy
    jack jade jasmine jay jo joss joy kirk kit lance laurel lee leigh li lily lou marina mark
    mason matt max mercy miles ming mo nick olive opal paddy paisley pansy pat patience patty
    pearl penny pierce piper poppy precious prudence ray rex rob robin rocky rod rose rosemary
    ruby rusty saffron sandy scarlet shea sherry sky sonny stan sue sultana sunny tabby teddy
    trinity ty valentine vi viola violet wade will willow
    """
)

# Names that are places as well: not after "in" or "from".
PLACES_TOO = words(
    """
    adelaide austin brooklyn chelsea chester devon florence georgia israel jordan kent kerry
    lincoln lourdes madison paris preston savannah shannon siena sienna skye sydney victoria
    virginia
    """
)

# Names that are months, seasons or callings as well: only where a sister or a doctor is named.
RARELY = words(
    """
    amity april art august autumn bishop buddy chance charity chase christian destiny duke
    harmony honey june king liberty major may melody prince princess sage star storm summer
    winter
    """
)
