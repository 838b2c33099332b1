"""The sections and questions of the default form (domain.md 4). Dutch only: an official text."""

from calls.models import QuestionType, SectionKind
from calls.template.specs import ColumnSpec, QuestionSpec, SectionSpec

CHOICE, YES_NO, TABLE = QuestionType.CHOICE, QuestionType.YES_NO, QuestionType.TABLE

TECHNOLOGY_READINESS = (
    "1 – Basisprincipes zijn waargenomen",
    "2 – Concept is geformuleerd",
    "3 – Concept is bewezen met experimenten",
    "4 – Getest in het labo",
    "5 – Getest in een relevante omgeving",
    "6 – Gedemonstreerd in een relevante omgeving",
    "7 – Prototype werkt in de echte omgeving",
    "8 – Systeem is af en goedgekeurd",
    "9 – Systeem werkt in de praktijk",
)
POLICY_DOMAINS = (
    "Bestuur, financiën en digitalisering",
    "Cultuur, jeugd, sport en media",
    "Economie, wetenschap en innovatie",
    "Landbouw en visserij",
    "Mobiliteit en openbare werken",
    "Omgeving, energie en klimaat",
    "Onderwijs en vorming",
    "Welzijn, volksgezondheid en gezin",
    "Werk en sociale economie",
    "Veiligheid en hulpverlening",
    "Ander domein",
)
PROCEDURES = (
    "Nog niet bekend",
    "Openbare procedure",
    "Niet-openbare procedure",
    "Mededingingsprocedure met onderhandeling",
    "Vereenvoudigde onderhandelingsprocedure met voorafgaande bekendmaking",
    "Onderhandelingsprocedure zonder voorafgaande bekendmaking",
    "Concurrentiegerichte dialoog",
    "Innovatiepartnerschap",
    "Prijsvraag",
    "Opdracht van beperkte waarde",
    "Onderzoek en ontwikkeling buiten de wet (artikel 32, PCP)",
)
LEVELS = ("Laag", "Gemiddeld", "Hoog")

SECTIONS: tuple[SectionSpec, ...] = (
    SectionSpec(
        "A",
        "Oproep, titel en aanvrager",
        "De gegevens van uw organisatie (naam, soort, ondernemingsnummer en adres) nemen we over"
        " uit het portaal. Kijk na of ze juist zijn. U vult hier de titel, de publieke"
        " samenvatting, de contactpersoon en de verantwoordelijke ondertekenaar in.",
        SectionKind.GENERAL,
    ),
    SectionSpec(
        "C",
        "Partners",
        "Dient u samen met andere publieke organisaties in? Vul per partner de rol en de bijdrage"
        " in, en voeg een intentieverklaring toe bij de bijlagen. Een bedrijf dat de opdracht later"
        " uitvoert, is geen partner.",
        SectionKind.PARTNERS,
    ),
    SectionSpec(
        "D",
        "Probleem en behoefte",
        "Beschrijf het probleem. De oplossing komt in het volgende deel.",
        questions=(
            QuestionSpec(
                "probleem",
                "Welk probleem wilt u oplossen?",
                help="Beschrijf wat er vandaag misloopt of ontbreekt, hoe vaak en met welke"
                " gevolgen. Gebruik cijfers als u die hebt.",
                limit=4000,
            ),
            QuestionSpec(
                "huidige_werkwijze",
                "Hoe werkt u vandaag en wat kost dat?",
                help="Denk aan mensen, materiaal, tijd en geld per jaar.",
                limit=2000,
            ),
            QuestionSpec(
                "betrokkenen",
                "Wie heeft last van dit probleem?",
                help="Bijvoorbeeld inwoners, medewerkers, bedrijven of andere besturen. Schat"
                " hoeveel.",
                limit=1500,
            ),
            QuestionSpec(
                "beleidsdomein",
                "In welk beleidsdomein past uw project?",
                CHOICE,
                choices=POLICY_DOMAINS,
            ),
        ),
    ),
    SectionSpec(
        "E",
        "Gewenste oplossing",
        "Beschrijf wat de oplossing moet kunnen, niet welk product u wilt kopen.",
        questions=(
            QuestionSpec(
                "doelen",
                "Wat moet de oplossing kunnen?",
                help="Schrijf functionele doelen: wat moet beter, sneller, goedkoper of duurzamer,"
                " en hoeveel? Noem geen merk of leverancier.",
                limit=3000,
            ),
            QuestionSpec(
                "markt",
                "Wat bestaat er al op de markt, en waarom volstaat dat niet?",
                help="Vertel hoe u dat hebt nagegaan: opzoekwerk, gesprekken, een marktverkenning.",
                limit=3000,
            ),
            QuestionSpec(
                "trl_nu",
                "Hoe rijp is de technologie vandaag (TRL)?",
                CHOICE,
                help="TRL is een schaal van 1 tot 9. Twijfelt u, kies dan de laagste.",
                choices=TECHNOLOGY_READINESS,
            ),
            QuestionSpec(
                "trl_doel",
                "Hoe rijp moet ze zijn op het einde van het project (TRL)?",
                CHOICE,
                choices=TECHNOLOGY_READINESS,
            ),
            QuestionSpec(
                "een_leverancier",
                "Kan maar één bekende leverancier de oplossing leveren?",
                YES_NO,
                help="Een PIO-opdracht moet openstaan voor meer dan één leverancier.",
            ),
        ),
    ),
    SectionSpec(
        "F",
        "Innovatie",
        questions=(
            QuestionSpec(
                "soort_innovatie",
                "Waar gaat uw opdracht vooral over?",
                CHOICE,
                choices=(
                    "Onderzoek en ontwikkeling van iets nieuws",
                    "Testen en valideren van een bijna afgewerkte oplossing",
                    "Een nieuwe oplossing voor het eerst gebruiken",
                ),
            ),
            QuestionSpec(
                "onzekerheid",
                "Wat is nog onzeker?",
                help="Welke vragen kan niemand vandaag met zekerheid beantwoorden? Waarom is dit"
                " meer dan een gewone aankoop of een verbetering op maat?",
                limit=2000,
            ),
        ),
    ),
    SectionSpec(
        "G",
        "Impact en relevantie",
        questions=(
            QuestionSpec(
                "impact",
                "Welk verschil maakt het project?",
                help="Voor uw organisatie, voor inwoners, voor bedrijven en voor het milieu. Kunnen"
                " andere besturen de oplossing ook gebruiken?",
                limit=4000,
            ),
            QuestionSpec(
                "indicatoren",
                "Hoe meet u of het project slaagt?",
                TABLE,
                help="Geef voor elke indicator de waarde van vandaag en de waarde die u wilt"
                " bereiken.",
                columns=(
                    ColumnSpec("indicator", "Indicator"),
                    ColumnSpec("nu", "Waarde nu"),
                    ColumnSpec("doel", "Doel"),
                ),
            ),
        ),
    ),
    SectionSpec(
        "H",
        "Aanpak en planning",
        questions=(
            QuestionSpec(
                "aanpak",
                "Hoe pakt u het project aan?",
                help="Beschrijf de voorbereiding, hoe u de markt betrekt en wie in uw organisatie"
                " eraan werkt. Noem ook de kennis die u nog zoekt.",
                limit=4000,
            ),
            QuestionSpec(
                "procedure",
                "Welke plaatsingsprocedure denkt u te gebruiken?",
                CHOICE,
                help="Uw keuze ligt nog niet vast. Het PIO-team helpt u kiezen.",
                choices=PROCEDURES,
            ),
            QuestionSpec(
                "al_gepubliceerd",
                "Is de opdracht al bekendgemaakt?",
                YES_NO,
                help="Een opdracht die al bekendgemaakt is, komt niet meer in aanmerking.",
            ),
            QuestionSpec(
                "start", "Wanneer wilt u starten met de voorbereiding?", QuestionType.DATE
            ),
            QuestionSpec(
                "mijlpalen",
                "Welke mijlpalen voorziet u?",
                TABLE,
                help="Bijvoorbeeld marktconsultatie, bestek klaar, gunning, eerste test,"
                " oplevering.",
                columns=(
                    ColumnSpec("mijlpaal", "Mijlpaal"),
                    ColumnSpec("datum", "Datum", QuestionType.DATE),
                ),
            ),
        ),
    ),
    SectionSpec(
        "I",
        "Risico's",
        questions=(
            QuestionSpec(
                "risicos",
                "Welke risico's ziet u, en wat doet u eraan?",
                TABLE,
                help="Denk aan techniek, planning, budget, mensen, gegevens en draagvlak.",
                columns=(
                    ColumnSpec("risico", "Risico"),
                    ColumnSpec("kans", "Kans", CHOICE, LEVELS),
                    ColumnSpec("gevolg", "Gevolg", CHOICE, LEVELS),
                    ColumnSpec("maatregel", "Maatregel"),
                ),
            ),
        ),
    ),
    SectionSpec(
        "J",
        "Raming",
        "Schat de kosten per fase, zonder btw. Het portaal berekent welke cofinanciering bij uw"
        " raming past. Kosten van eigen personeel tellen niet mee. Btw telt alleen mee als u ze"
        " niet kunt terugvorderen.",
        SectionKind.BUDGET,
    ),
    SectionSpec(
        "K",
        "Verklaringen",
        "U bevestigt deze verklaringen in naam van uw organisatie.",
        questions=tuple(
            QuestionSpec(key, label, QuestionType.DECLARATION, help)
            for key, label, help in (
                (
                    "aanbestedende_overheid",
                    "Onze organisatie moet structureel de wet op de overheidsopdrachten volgen.",
                    "Niet alleen voor één gesubsidieerde opdracht.",
                ),
                (
                    "algemeen_belang",
                    "Het project past binnen onze taken van algemeen belang.",
                    "",
                ),
                (
                    "geen_marktverstoring",
                    "Met deze aankopen verstoren wij de markt niet.",
                    "Dat is vooral van belang als uw organisatie ook economische activiteiten"
                    " heeft.",
                ),
                (
                    "geen_dubbele_financiering",
                    "Wij krijgen voor dezelfde kosten geen andere subsidie die we hier niet"
                    " vermelden.",
                    "",
                ),
                ("waarheid", "Alle gegevens in dit voorstel zijn juist en volledig.", ""),
                (
                    "privacy",
                    "Wij hebben de privacyverklaring van het portaal gelezen.",
                    "U vindt ze onderaan elke pagina.",
                ),
            )
        ),
    ),
    SectionSpec(
        "L",
        "Bijlagen",
        "Bijvoorbeeld intentieverklaringen van partners, de beslissing van het bevoegde orgaan of"
        " een marktverkenning. Bijlagen zijn niet verplicht. U kunt hoogstens 10 bestanden van elk"
        " 20 MB toevoegen: PDF, DOCX, XLSX, ODT, PNG of JPG.",
        SectionKind.ATTACHMENTS,
    ),
)
