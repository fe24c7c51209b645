extension CountryNames {
  /// The countries from Afghanistan to Kyrgyzstan.
  static let firstHalf = """
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
    """
}
