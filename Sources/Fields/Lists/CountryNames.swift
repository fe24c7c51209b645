/// The countries: code of two letters, code of three letters (ISO 3166-1), the name that is stored, and the other names that
/// are in use, also in German, French, Spanish, Italian, Dutch and Portuguese.
enum CountryNames {
  /// The codes and names of one country, the stored name first.
  struct Entry {
    let name: String
    let others: [String]
  }

  static let all: [Entry] = text.split(separator: "|").compactMap { entry in
    let words = entry.split(separator: "/").map { part in
      part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return words.count > 2 ? Entry(name: words[2], others: Array(words[..<2]) + words[3...]) : nil
  }

  private static let text = """
    AF / AFG / Afghanistan / Islamic Republic of Afghanistan / Afganistán / Afeganistão |
    AL / ALB / Albania / Republic of Albania / Albanien / Albanie |
    DZ / DZA / Algeria / People's Democratic Republic of Algeria / Algerien / Algérie / Algerije /
      Argélia |
    AS / ASM / American Samoa / Amerikanisch-Samoa / Samoa américaines / Samoa Estadounidense /
      Samoa americane / Amerikaans-Samoa / Samoa Americana |
    AD / AND / Andorra / Principality of Andorra / Andorre |
    AO / AGO / Angola / Republic of Angola |
    AI / AIA / Anguilla / Anguila |
    AQ / ATA / Antarctica / Antarktis / Antarctique / Antártida / Antartide |
    AG / ATG / Antigua and Barbuda / Antigua / Antigua und Barbuda / Antigua-et-Barbuda / Antigua
      y Barbuda / Antigua e Barbuda / Antigua en Barbuda |
    AR / ARG / Argentina / Argentine Republic / Argentinien / Argentine / Argentinië |
    AM / ARM / Armenia / Republic of Armenia / Armenien / Arménie |
    AW / ABW / Aruba |
    AU / AUS / Australia / Australien / Australie |
    AT / AUT / Austria / Republic of Austria / Österreich / Oesterreich / Autriche / Oostenrijk |
    AZ / AZE / Azerbaijan / Republic of Azerbaijan / Aserbaidschan / Azerbaïdjan / Azerbaiyán /
      Azerbaigian / Azerbeidzjan / Azerbaijão |
    AX / ALA / Åland Islands / Aaland Islands / Åland-Inseln / Åland, Îles / Islas Äland / Isole
      Åland / Ålandseilanden / Ilhas Alanda |
    BS / BHS / Bahamas / Commonwealth of the Bahamas |
    BH / BHR / Bahrain / Kingdom of Bahrain / Bahreïn / Baréin / Barém |
    BD / BGD / Bangladesh / People's Republic of Bangladesh / Bangladesch / Bangladés /
      Bangladeche |
    BB / BRB / Barbados / Barbade |
    BY / BLR / Belarus / Republic of Belarus / Byelorussia / Bielorrusia / Bielorussia / Wit-
      Rusland |
    BE / BEL / Belgium / Kingdom of Belgium / België / Belgique / Belgien / Bélgica / Belgio |
    BZ / BLZ / Belize / Belice |
    BJ / BEN / Benin / Republic of Benin / Benim |
    BM / BMU / Bermuda / Bermudes / Islas Bermudas / Bermudas |
    BT / BTN / Bhutan / Kingdom of Bhutan / Bhoutan / Bután / Butão |
    BO / BOL / Bolivia / Bolivia, Plurinational State of / Bolivien, Plurinationaler Staat /
      Bolivien / Bolivie, état plurinational de / Bolivie / Bolivia, Estado plurinacional de /
      Bolivia, Stato Plurinazionale della / Bolivia, Multinationale Staat / Bolívia, Estado
      Plurinacional da |
    BA / BIH / Bosnia and Herzegovina / Republic of Bosnia and Herzegovina / Bosnien und
      Herzegowina / Bosnie-Herzégovine / Bosnia y Herzegovina / Bosnia-Erzegovina / Bosnië en
      Herzegovina / Bósnia e Herzegovina |
    BW / BWA / Botswana / Republic of Botswana / Botsuana |
    BV / BVT / Bouvet Island / Bouvet-Insel / île Bouvet / Isla Bouvet / Isola Bouvet /
      Bouveteiland / Ilha Bouvet |
    BR / BRA / Brazil / Federative Republic of Brazil / Brasil / Brasilien / Brésil / Brasile /
      Brazilië |
    IO / IOT / British Indian Ocean Territory / Chagos / Britisches Territorium im Indischen Ozean
      / Territoire britannique de l'océan Indien / Territorio Británico del Océano Índico /
      Territorio britannico dell'Oceano Indiano / Brits Indische Oceaanterritorium / Território
      Britânico do Oceano Índico |
    VG / VGB / British Virgin Islands / Britische Jungferninseln / Îles Vierges britanniques /
      Islas Vírgenes, Británicas / Isole Vergini, Regno Unito / Maagdeneilanden, Britse / Ilhas
      Virgens, Britânicas |
    BN / BRN / Brunei / Brunei Darussalam |
    BG / BGR / Bulgaria / Republic of Bulgaria / Bulgarien / Bulgarie / Bulgarije |
    BF / BFA / Burkina Faso / Burquina Faso |
    BI / BDI / Burundi / Republic of Burundi |
    KH / KHM / Cambodia / Kingdom of Cambodia / Kambodscha / Cambodge / Camboya / Cambogia /
      Cambodja / Camboja |
    CM / CMR / Cameroon / Republic of Cameroon / Kamerun / Cameroun / Camerún / Kameroen /
      Camarões |
    CA / CAN / Canada / Kanada |
    CV / CPV / Cape Verde / Cabo Verde / Republic of Cabo Verde / Kap Verde / Cap-Vert / Capo
      Verde / Kaapverdië |
    BQ / BES / Bonaire, Saint Eustatius and Saba / Caribbean Netherlands / Bonaire, Sint Eustatius
      and Saba / Bonaire / Bonaire, Sint Eustatius und Saba / Bonaire, Saint-Eustache et Saba /
      Islas BES (Caribe Neerlandés) / Paesi Bassi caraibici / Bonaire, Sint Eustatius en Saba /
      Bonaire, Santo Eustáquio e Saba |
    KY / CYM / Cayman Islands / Cayman-Inseln / îles Caïmans / Islas Caimán / Isole Cayman /
      Kaaimaneilanden / Ilhas Caimão |
    CF / CAF / Central African Republic / Zentralafrikanische Republik / République centrafricaine
      / República Centroafricana / Repubblica Centrafricana / Centraal-Afrikaanse Republiek /
      República Centro-Africana |
    TD / TCD / Chad / Republic of Chad / Tschad / Tchad / Ciad / Tsjaad / Chade |
    CL / CHL / Chile / Republic of Chile / Chili / Cile |
    CN / CHN / China / People's Republic of China / PRC / China mainland / Chine / Cina |
    CX / CXR / Christmas Island / Weihnachtsinseln / Christmas, Île / Isla de Navidad / Isola di
      Natale / Christmaseiland / Ilha Natal |
    CC / CCK / Cocos Islands / Cocos (Keeling) Islands / Kokos-(Keeling-)Inseln / Cocos (Keeling),
      Îles / Islas Cocos (Keeling) / Isole Cocos (Keeling) / Cocoseilanden (Keelingeilanden) / Ilhas
      Cocos |
    CO / COL / Colombia / Republic of Colombia / Kolumbien / Colombie |
    KM / COM / Comoros / Union of the Comoros / Komoren / Comores / Comores, Islas / Comore /
      Comoren |
    CK / COK / Cook Islands / Cookinseln / îles Cook / Islas Cook / Isole Cook / Cookeilanden /
      Ilhas Cook |
    CR / CRI / Costa Rica / Republic of Costa Rica |
    HR / HRV / Croatia / Republic of Croatia / Hrvatska / Kroatien / Croatie / Croacia / Croazia /
      Kroatië |
    CU / CUB / Cuba / Republic of Cuba / Kuba |
    CW / CUW / Curaçao / Curazao |
    CY / CYP / Cyprus / Republic of Cyprus / Zypern / Chypre / Chipre / Cipro |
    CZ / CZE / Czech Republic / Czechia / Tschechien / Tchéquie / Česko / Česká republika /
      Chequia / Cechia / Tsjechië |
    CD / COD / Democratic Republic of the Congo / Congo - Kinshasa / Congo (DRC) / DR Congo / DRC
      / Zaire / Demokratische Republik Kongo / République démocratique du Congo / Congo, República
      Democrática del / Repubblica democratica del Congo / Congo, Democratische Republiek / Congo,
      República Democrática do |
    DK / DNK / Denmark / Kingdom of Denmark / Danmark / Dänemark / Dinamarca / Danimarca /
      Denemarken |
    DJ / DJI / Djibouti / Republic of Djibouti / Dschibuti / Yibuti / Gibuti |
    DM / DMA / Dominica / Commonwealth of Dominica / Dominique |
    DO / DOM / Dominican Republic / Dominikanische Republik / République dominicaine / República
      Dominicana / Repubblica Dominicana / Dominicaanse Republiek |
    EC / ECU / Ecuador / Republic of Ecuador / Équateur / Equador |
    EG / EGY / Egypt / Arab Republic of Egypt / Ägypten / Égypte / Egipto / Egitto / Egito |
    SV / SLV / El Salvador / Republic of El Salvador / Salvador |
    GQ / GNQ / Equatorial Guinea / Republic of Equatorial Guinea / Äquatorialguinea / Guinée
      Équatoriale / Guinea Ecuatorial / Guinea equatoriale / Equatoriaal-Guinea / Guiné Equatorial |
    ER / ERI / Eritrea / the State of Eritrea / Érythrée / Eritreia |
    EE / EST / Estonia / Republic of Estonia / Estland / Estonie |
    SZ / SWZ / Eswatini / Kingdom of Eswatini / Swaziland / Esuatini / Suazilândia |
    ET / ETH / Ethiopia / Federal Democratic Republic of Ethiopia / Äthiopien / Éthiopie / Etiopía
      |
    FK / FLK / Falkland Islands / Falkland Islands (Malvinas) / Islas Malvinas / Falklandinseln
      (Malwinen) / Malouines, Îles (Falkland) / Islas Falkland (Malvinas) / Isole Falkland (Malvine)
      / Falklandeilanden (Malvinas) / Ilhas Falkland (Malvinas) |
    FO / FRO / Faroe Islands / Färöer-Inseln / îles Féroé / Islas Feroe / Isole Fær Øer / Faeröer
      / Ilhas Faroé |
    FJ / FJI / Fiji / Republic of Fiji / Fidschi / Fidji / Fiyi / Figi |
    FI / FIN / Finland / Republic of Finland / Suomi / Finnland / Finlande / Finlandia |
    FR / FRA / France / French Republic / Frankreich / Francia / Frankrijk / França |
    GF / GUF / French Guiana / Französisch-Guyana / Guyane française / Guayana Francesa / Guyana
      francese / Frans-Guyana / Guiana Francesa |
    PF / PYF / French Polynesia / Tahiti / Französisch-Polynesien / Polynésie française /
      Polinesia Francesa / Polinesia francese / Frans-Polynesië |
    TF / ATF / French Southern Territories / Französische Süd- und Antarktisgebiete / Terres
      australes françaises / Territorios Franceses del Sur / Territori francesi meridionali / Franse
      Zuidelijke Gebieden / Territórios Franceses do Sul |
    GA / GAB / Gabon / Gabonese Republic / Gabun / Gabão |
    GM / GMB / Gambia / Republic of the Gambia / Gambie |
    GE / GEO / Georgia / Georgien / Géorgie |
    DE / DEU / Germany / Federal Republic of Germany / Deutschland / Allemagne / BRD / Alemania /
      Germania / Duitsland / Alemanha |
    GH / GHA / Ghana / Republic of Ghana / Gana |
    GI / GIB / Gibraltar / Gibilterra |
    GR / GRC / Greece / Hellenic Republic / Hellas / Griechenland / Grèce / Grecia / Griekenland |
    GL / GRL / Greenland / Grönland / Groënland / Groenlandia / Gronelândia |
    GD / GRD / Grenada / Grenade / Granada |
    GP / GLP / Guadeloupe / Guadalupe / Guadalupa |
    GU / GUM / Guam |
    GT / GTM / Guatemala / Republic of Guatemala |
    GG / GGY / Guernsey / Guernesey |
    GN / GIN / Guinea / Republic of Guinea / Guinée / Guiné |
    GW / GNB / Guinea-Bissau / Republic of Guinea-Bissau / Guinée-Bissau / Guinea-Bisáu / Guiné-
      Bissáu |
    GY / GUY / Guyana / Republic of Guyana / Guiana |
    HT / HTI / Haiti / Republic of Haiti |
    HM / HMD / Heard Island and McDonald Islands / Heard und McDonaldinseln / îles Heard-et-
      MacDonald / Islas Heard y McDonald / Isole Heard e McDonald / Heardeiland en McDonaldeilanden
      / Ilha Heard e Ilhas McDonald |
    HN / HND / Honduras / Republic of Honduras |
    HK / HKG / Hong Kong / Hong Kong Special Administrative Region of China / Hong Kong SAR China
      / Hong Kong SAR / Hongkong |
    HU / HUN / Hungary / Magyarország / Ungarn / Hongrie / Hungría / Ungheria / Hongarije |
    IS / ISL / Iceland / Republic of Iceland / Ísland / Islande / Islandia / Islanda / IJsland |
    IN / IND / India / Republic of India / Indien / Inde |
    ID / IDN / Indonesia / Republic of Indonesia / Indonesien / Indonésie |
    IR / IRN / Iran / Iran, Islamic Republic of / Persia / Iran, Islamische Republik / Iran,
      République islamique d' / Irán, República islámica de / Irão, República Islâmica do |
    IQ / IRQ / Iraq / Republic of Iraq / Irak / Iraque |
    IE / IRL / Ireland / Republic of Ireland / Eire / Irland / Irlande / Irlanda / Ierland |
    IM / IMN / Isle of Man / Insel Man / Île de Man / Isla de Man / Isola di Man / Eiland Man /
      Ilha de Man |
    IL / ISR / Israel / State of Israel / Israele |
    IT / ITA / Italy / Italian Republic / Italia / Italien / Italie |
    CI / CIV / Côte d'Ivoire / Ivory Coast / Republic of Côte d'Ivoire / Elfenbeinküste / Costa de
      Marfíl / Costa d'Avorio / Ivoorkust / Costa do Marfim |
    JM / JAM / Jamaica / Jamaika / Jamaïque / Giamaica |
    JP / JPN / Japan / Nippon / Japon / Giappone / Japão |
    JE / JEY / Jersey |
    JO / JOR / Jordan / Hashemite Kingdom of Jordan / Jordanien / Jordanie / Jordania / Giordania
      |
    KZ / KAZ / Kazakhstan / Republic of Kazakhstan / Kasachstan / Kazajistán / Kazakistan /
      Kazachstan / Cazaquistão |
    KE / KEN / Kenya / Republic of Kenya / Kenia / Quénia |
    KI / KIR / Kiribati / Republic of Kiribati |
    XK / XKX / Kosovo / Kosova |
    KW / KWT / Kuwait / State of Kuwait / Koweït / Koeweit |
    KG / KGZ / Kyrgyzstan / Kyrgyz Republic / Kirgisistan / Kirghizistan / Kirguistán / Kirgizië /
      Quirguistão |
    LA / LAO / Laos / Lao People's Democratic Republic / Lao / Laos, Demokratische Volksrepublik /
      Lao, République démocratique populaire / República Democrática Popular de Lao / Laos
      Democratische Volksrepubliek / República Democrática Popular do Laos |
    LV / LVA / Latvia / Republic of Latvia / Lettland / Lettonie / Letonia / Lettonia / Letland |
    LB / LBN / Lebanon / Lebanese Republic / Libanon / Liban / Líbano |
    LS / LSO / Lesotho / Kingdom of Lesotho / Lesoto |
    LR / LBR / Liberia / Republic of Liberia |
    LY / LBY / Libya / Libyen / Libye / Libia / Libië |
    LI / LIE / Liechtenstein / Principality of Liechtenstein |
    LT / LTU / Lithuania / Republic of Lithuania / Litauen / Lituanie / Lituania / Litouwen |
    LU / LUX / Luxembourg / Grand Duchy of Luxembourg / Luxemburg / Luxemburgo / Lussemburgo |
    MO / MAC / Macao / Macao Special Administrative Region of China / Macau / Macao SAR China /
      Macau SAR China |
    MG / MDG / Madagascar / Republic of Madagascar / Madagaskar |
    MW / MWI / Malawi / Republic of Malawi / Malaui |
    MY / MYS / Malaysia / Malaisie / Malasia / Maleisië |
    MV / MDV / Maldives / Republic of Maldives / Malediven / Islas Maldivas / Maldive / Maldiven /
      Maldivas |
    ML / MLI / Mali / Republic of Mali |
    MT / MLT / Malta / Republic of Malta / Malte |
    MH / MHL / Marshall Islands / Republic of the Marshall Islands / Marshallinseln / Îles
      Marshall / Islas Marshall / Isole Marshall / Marshalleilanden / Ilhas Marshall |
    MQ / MTQ / Martinique / Martinica |
    MR / MRT / Mauritania / Islamic Republic of Mauritania / Mauretanien / Mauritanie |
    MU / MUS / Mauritius / Republic of Mauritius / Maurice / Mauricio / Maurizio / Maurícia |
    YT / MYT / Mayotte |
    MX / MEX / Mexico / United Mexican States / Mexiko / Mexique / Messico |
    FM / FSM / Micronesia / Micronesia, Federated States of / Mikronesien, Föderierte Staaten von
      / Micronésie, États fédérés de / Micronesia, Estados Federados de / Micronésia, Estados
      Federados da |
    MD / MDA / Moldova / Moldova, Republic of / Moldau, Republik / Moldau / Moldova, République de
      / Moldavie / Moldavia, República de / Moldavia / Moldavië, Republiek / Moldávia, República da
      |
    MC / MCO / Monaco / Principality of Monaco |
    MN / MNG / Mongolia / Mongolei / Mongolie |
    ME / MNE / Montenegro |
    MS / MSR / Montserrat / Monserrate |
    MA / MAR / Morocco / Kingdom of Morocco / Marokko / Maroc / Marruecos / Marocco / Marrocos |
    MZ / MOZ / Mozambique / Republic of Mozambique / Mosambik / Mozambico / Moçambique |
    MM / MMR / Myanmar / Republic of Myanmar / Burma / Myanmar (Burma) / Birmanie / Birmania |
    NA / NAM / Namibia / Republic of Namibia / Namibie |
    NR / NRU / Nauru / Republic of Nauru |
    NP / NPL / Nepal / Federal Democratic Republic of Nepal |
    NL / NLD / Netherlands / Kingdom of the Netherlands / Holland / Nederland / Niederlande /
      Pays-Bas / Países Bajos / Paesi Bassi / Países Baixos |
    NC / NCL / New Caledonia / Neukaledonien / Nouvelle-Calédonie / Nueva Caledonia / Nuova
      Caledonia / Nieuw-Caledonië / Nova Caledónia |
    NZ / NZL / New Zealand / Neuseeland / Nouvelle-Zélande / Nueva Zelanda / Nuova Zelanda /
      Nieuw-Zeeland / Nova Zelândia |
    NI / NIC / Nicaragua / Republic of Nicaragua |
    NE / NER / Niger / Republic of the Niger |
    NG / NGA / Nigeria / Federal Republic of Nigeria |
    NU / NIU / Niue / Nioue |
    NF / NFK / Norfolk Island / Norfolkinsel / île Norfolk / Isla Norfolk / Isola Norfolk /
      Norfolk / Ilha Norfolk |
    KP / PRK / North Korea / Korea, Democratic People's Republic of / Nordkorea / Corée du Nord /
      DPRK / Korea, Demokratische Volksrepublik / Corée, République populaire démocratique de /
      Corea, República Democrática Popular de / Corea del Nord / Korea, Democratische Volksrepubliek
      / Noord-Korea / Coreia, República Popular Democrática da / Coreia do Norte |
    MK / MKD / North Macedonia / Republic of North Macedonia / Macedonia / FYROM / Macedonia, the
      former Yugoslav Republic of / Nordmazedonien / Macédoine du Nord / Macedonia del Norte /
      Macedonia del Nord / Noord-Macedonië / Macedónia do Norte |
    MP / MNP / Northern Mariana Islands / Commonwealth of the Northern Mariana Islands / Nördliche
      Marianen / Îles Mariannes du Nord / Islas Marianas del Norte / Isole Marianne Settentrionali /
      Noordelijke Marianen / Ilhas Marianas do Norte |
    NO / NOR / Norway / Kingdom of Norway / Norge / Norwegen / Norvège / Noruega / Norvegia /
      Noorwegen |
    OM / OMN / Oman / Sultanate of Oman / Omã |
    PK / PAK / Pakistan / Islamic Republic of Pakistan / Paquistão |
    PW / PLW / Palau / Republic of Palau / Palaos |
    PS / PSE / Palestine / Palestine, State of / Palestinian Territory / Palestinian Territories /
      Palestinian Territory, Occupied / West Bank and Gaza / Palästina, Staat / Palestine, État de /
      Palestina, Estado de / Palestina, Stato di / Palestina, Staat / Palestina, Estado da |
    PA / PAN / Panama / Republic of Panama |
    PG / PNG / Papua New Guinea / Independent State of Papua New Guinea / Papua-Neuguinea /
      Papouasie-Nouvelle-Guinée / Papúa Nueva Guinea / Papua Nuova Guinea / Papoea-Nieuw-Guinea /
      Papua Nova Guiné |
    PY / PRY / Paraguay / Republic of Paraguay / Paraguai |
    PE / PER / Peru / Republic of Peru / Pérou |
    PH / PHL / Philippines / Republic of the Philippines / Philippinen / Filipinas / Filippine /
      Filipijnen |
    PN / PCN / Pitcairn / Pitcairn Islands / Îles Pitcairn / Pitcairneilanden |
    PL / POL / Poland / Republic of Poland / Polska / Polen / Pologne / Polonia |
    PT / PRT / Portugal / Portuguese Republic / Portogallo |
    PR / PRI / Puerto Rico / Porto Rico / Portorico |
    QA / QAT / Qatar / State of Qatar / Katar / Catar |
    CG / COG / Republic of the Congo / Congo / Congo - Brazzaville / Kongo / République du Congo |
    RE / REU / Réunion / Réunion, Île de la / Riunione / Ilha Reunião |
    RO / ROU / Romania / Rumänien / Roumanie / Rumanía / Roemenië / Roménia |
    RU / RUS / Russia / Russian Federation / Russie / Russland / Russische Föderation / Russie,
      Fédération de / Federación Rusa / Rusland / Federação Russa |
    RW / RWA / Rwanda / Rwandese Republic / Ruanda |
    BL / BLM / Saint Barthélemy / San Bartolomé |
    SH / SHN / Saint Helena / Saint Helena, Ascension and Tristan da Cunha / St. Helena, Ascension
      und Tristan da Cunha / Sainte-Hélène, Ascension et Tristan da Cunha / Santa Elena, Ascensión y
      Tristán de Acuña / Sant'Elena, Ascensione e Tristan da Cunha / Sint-Helena, Ascension en
      Tristan da Cunha / Santa Helena, Ascensão e Tristão da Cunha |
    KN / KNA / Saint Kitts and Nevis / St. Kitts und Nevis / Saint-Christophe-et-Niévès / San
      Cristóbal y Nieves / Saint Kitts e Nevis / Saint Kitts en Nevis / São Cristóvão e Nevis |
    LC / LCA / Saint Lucia / Sainte-Lucie / Santa Lucía |
    MF / MAF / Saint Martin / Saint Martin (French part) / Saint Martin (Französischer Teil) /
      Saint-Martin (partie française) / San Martín (zona francesa) / Saint-Martin (Francia) / Sint-
      Maarten (Frans deel) / São Martin (Território Francês) |
    PM / SPM / Saint Pierre and Miquelon / St. Pierre und Miquelon / Saint-Pierre-et-Miquelon /
      San Pedro y Miquelon / Saint-Pierre e Miquelon / Saint-Pierre en Miquelon |
    VC / VCT / Saint Vincent and the Grenadines / St. Vincent und die Grenadinen / Saint-Vincent-
      et-les-Grenadines / San Vicente y las Granadinas / Saint Vincent e Grenadine / Saint Vincent
      en de Grenadines / São Vicente e Granadinas |
    WS / WSM / Samoa / Independent State of Samoa |
    SM / SMR / San Marino / Republic of San Marino / Saint-Marin |
    ST / STP / Sao Tome and Principe / Democratic Republic of Sao Tome and Principe / São Tomé und
      Príncipe / Sao Tomé-et-Principe / Santo Tomé y Príncipe / São Tomé e Príncipe / Sao Tomé en
      Principe |
    SA / SAU / Saudi Arabia / Kingdom of Saudi Arabia / Saudi-Arabien / Arabie saoudite / Arabia
      Saudita / Saoedi-Arabië |
    SN / SEN / Senegal / Republic of Senegal |
    RS / SRB / Serbia / Republic of Serbia / Serbien / Serbie / Servië / Sérvia |
    SC / SYC / Seychelles / Republic of Seychelles / Seychellen |
    SL / SLE / Sierra Leone / Republic of Sierra Leone / Sierra Leona / Serra Leoa |
    SG / SGP / Singapore / Republic of Singapore / Singapur / Singapour / Singapura |
    SX / SXM / Sint Maarten / Sint Maarten (Dutch part) / St. Maarten / Saint-Martin
      (Niederländischer Teil) / Saint-Martin (partie néerlandaise) / Isla de San Martín (zona
      holandsea) / Sint Maarten (Olanda) / Sint Maarten (Nederlands deel) / São Martinho (Países
      Baixos) |
    SK / SVK / Slovakia / Slovak Republic / Slovensko / Slowakei / Slovaquie / Eslovaquia /
      Slovacchia / Slowakije |
    SI / SVN / Slovenia / Republic of Slovenia / Slovenija / Slowenien / Slovénie / Eslovenia |
    SB / SLB / Solomon Islands / Salomoninseln / Salomon, Îles / Islas Salomón / Isole Salomone /
      Salomonseilanden / Ilhas Salomão |
    SO / SOM / Somalia / Federal Republic of Somalia / Somalie |
    ZA / ZAF / South Africa / Republic of South Africa / Südafrika / Afrique du Sud / Sudáfrica /
      Zuid-Afrika / África do Sul |
    GS / SGS / South Georgia and the South Sandwich Islands / South Georgia / South Georgia und
      die Südlichen Sandwichinseln / Géorgie du Sud et les îles Sandwich du Sud / Islas Georgias del
      Sur y Sándwich del Sur / Georgia del Sud e Isole Sandwich Australi / Zuid-Georgia en de
      Zuidelijke Sandwicheilanden / Ilhas Geórgia do Sul e Sandwich do Sul |
    KR / KOR / South Korea / Korea, Republic of / Korea / Südkorea / Corée du Sud / Corea del Sur
      / Corea del Sud / Zuid-Korea / Korea, Republik / Corée, République de / Corea, República de /
      Korea, Republiek / Coreia, República da / Coreia do Sul |
    SS / SSD / South Sudan / Republic of South Sudan / Südsudan / Soudan du Sud / Sudán del Sur /
      Sudan del sud / Zuid-Soedan / Sudão do Sul |
    ES / ESP / Spain / Kingdom of Spain / España / Spanien / Espagne / Spagna / Spanje / Espanha |
    LK / LKA / Sri Lanka / Democratic Socialist Republic of Sri Lanka / Ceylon |
    SD / SDN / Sudan / Republic of the Sudan / Soudan / Soedan / Sudão |
    SR / SUR / Suriname / Republic of Suriname / Surinam |
    SJ / SJM / Svalbard and Jan Mayen / Svalbard and Jan Mayen Islands / Svalbard und Jan Mayen /
      Svalbard et île Jan Mayen / Svalbard y Jan Mayen / Svalbard e Jan Mayen / Spitsbergen en Jan
      Mayen |
    SE / SWE / Sweden / Kingdom of Sweden / Sverige / Schweden / Suède / Suecia / Svezia / Zweden
      |
    CH / CHE / Switzerland / Swiss Confederation / Schweiz / Suisse / Svizzera / Suiza /
      Zwitserland / Suíça |
    SY / SYR / Syria / Syrian Arab Republic / Syrien, Arabische Republik / Syrien / Syrienne,
      République arabe / República árabe de Siria / Siria / Syrië / República Árabe Síria |
    TW / TWN / Taiwan / Taiwan, Province of China / Republic of China / Taiwan, Chinesische
      Provinz / Taïwan, province de Chine / Taiwán, Provincia de China / Taiwan, Repubblica di Cina
      / Taiwan, Província da China |
    TJ / TJK / Tajikistan / Republic of Tajikistan / Tadschikistan / Tadjikistan / Tayikistán /
      Tagikistan / Tadzjikistan / Tajiquistão |
    TZ / TZA / Tanzania / Tanzania, United Republic of / Tansania, Vereinigte Republik / Tansania
      / Tanzanie, République unie de / Tanzanie / Tanzania, República unida de / Tanzânia, República
      Unida da |
    TH / THA / Thailand / Kingdom of Thailand / Thaïlande / Tailandia / Thailandia |
    TL / TLS / Timor-Leste / Democratic Republic of Timor-Leste / East Timor / Timor oriental /
      Timor Est / Oost-Timor |
    TG / TGO / Togo / Togolese Republic |
    TK / TKL / Tokelau |
    TO / TON / Tonga / Kingdom of Tonga |
    TT / TTO / Trinidad and Tobago / Republic of Trinidad and Tobago / Trinidad / Trinidad und
      Tobago / Trinité-et-Tobago / Trinidad y Tobago / Trinidad e Tobago / Trinidad en Tobago /
      Trindade e Tobago |
    TN / TUN / Tunisia / Republic of Tunisia / Tunesien / Tunisie / Tunez / Tunesië |
    TR / TUR / Turkey / Türkiye / Republic of Türkiye / Türkei / Turkije / Turquia |
    TM / TKM / Turkmenistan / Turquemenistão |
    TC / TCA / Turks and Caicos Islands / Turks- und Caicosinseln / îles Turques-et-Caïques /
      Islas Turcas y Caicos / Isole Turks e Caicos / Turks- en Caicoseilanden / Ilhas Turcas e
      Caicos |
    TV / TUV / Tuvalu |
    VI / VIR / U.S. Virgin Islands / Virgin Islands of the United States / Amerikanische
      Jungferninseln / Îles Vierges, États-Unis / Islas Vírgenes, de EEUU / Isole Vergini, U.S.A. /
      Maagdeneilanden, Amerikaanse / Ilhas Virgens, Estados Unidos |
    UG / UGA / Uganda / Republic of Uganda / Ouganda / Oeganda |
    UA / UKR / Ukraine / Ucrania / Ucraina / Oekraïne |
    AE / ARE / United Arab Emirates / UAE / Emirates / Vereinigte Arabische Emirate / Émirats
      arabes unis / Emiratos Árabes Unidos / Emirati Arabi Uniti / Verenigde Arabische Emiraten /
      Emirados Árabes Unidos |
    GB / GBR / United Kingdom / United Kingdom of Great Britain and Northern Ireland / UK / Great
      Britain / Britain / England / Scotland / Wales / Northern Ireland / Grande Bretagne /
      Großbritannien / Gran Bretaña / Inglaterra / Angleterre / Vereinigtes Königreich / Royaume-Uni
      / Reino Unido / Regno Unito / Verenigd Koninkrijk |
    US / USA / United States / United States of America / U.S. / U.S.A. / America / Estados Unidos
      / États-Unis / Vereinigte Staaten / Stati Uniti / Verenigde Staten / Amerika / EE.UU. |
    UM / UMI / United States Minor Outlying Islands / U.S. Outlying Islands / US Minor Outlying
      Islands / Îles mineures éloignées des États-Unis / Islas Ultramarinas Menores de Estados
      Unidos / Isole minori esterne degli Stati Uniti d'America / Kleine afgelegen eilanden van de
      Verenigde Staten / Ilhas Menores Distantes dos Estados Unidos |
    UY / URY / Uruguay / Eastern Republic of Uruguay / Uruguai |
    UZ / UZB / Uzbekistan / Republic of Uzbekistan / Usbekistan / Ouzbékistan / Oezbekistan /
      Uzbequistão |
    VU / VUT / Vanuatu / Republic of Vanuatu |
    VA / VAT / Vatican / Holy See (Vatican City State) / Holy See / Vatican City / Vatican City
      State / Heiliger Stuhl (Staat Vatikanstadt) / Saint-Siège (état de la cité du Vatican) / Santa
      Sede (Ciudad Estado del Vaticano) / Santa Sede (Stato della Città del Vaticano) /
      Vaticaanstad, Staat / Santa Sé (Estado da Cidade do Vaticano) |
    VE / VEN / Venezuela / Venezuela, Bolivarian Republic of / Venezuela, Bolivarische Republik /
      Vénézuela, république bolivarienne du / Venezuela, República Bolivariana de / Venezuela,
      Repubblica bolivariana del / Venezuela, Bolivariaanse Republiek / Venezuela, República
      Bolivariana da |
    VN / VNM / Vietnam / Viet Nam / Socialist Republic of Viet Nam / Vietname |
    WF / WLF / Wallis and Futuna / Wallis und Futuna / Wallis et Futuna / Wallis y Futuna / Wallis
      e Futuna / Wallis en Futuna |
    EH / ESH / Western Sahara / Sahara Occidental / Westsahara / Sahara occidentale / Westelijke
      Sahara / Saara Ocidental |
    YE / YEM / Yemen / Republic of Yemen / Jemen / Iémen |
    ZM / ZMB / Zambia / Republic of Zambia / Sambia / Zambie |
    ZW / ZWE / Zimbabwe / Republic of Zimbabwe / Simbabwe / Zimbabue |
    """
}
