extension CountryNames {
  /// The countries from Laos to Zimbabwe.
  static let secondHalf = """
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
