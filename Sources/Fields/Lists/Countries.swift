extension ValueList {
  /// The countries by their English names. If two names are common, both are in the list.
  package static let countries = ValueList(
    names: countryNames.split { $0 == ";" || $0 == "\n" }.map { $0.trimmingBlanks() })
}

private let countryNames = """
  Afghanistan; Åland Islands; Albania; Algeria; American Samoa; Andorra; Angola; Anguilla;
  Antarctica; Antigua and Barbuda; Argentina; Armenia; Aruba; Australia; Austria; Azerbaijan;
  Bahamas; Bahrain; Bangladesh; Barbados; Belarus; Belgium; Belize; Benin; Bermuda; Bhutan;
  Bolivia; Bonaire, Saint Eustatius and Saba; Bosnia and Herzegovina; Botswana; Bouvet Island;
  Brazil; British Indian Ocean Territory; British Virgin Islands; Brunei; Brunei Darussalam;
  Bulgaria; Burkina Faso; Burundi; Cabo Verde; Cambodia; Cameroon; Canada; Cape Verde;
  Caribbean Netherlands; Cayman Islands; Central African Republic; Chad; Chile; China;
  Christmas Island; Cocos Islands; Cocos (Keeling) Islands; Colombia; Comoros; Congo;
  Congo, Democratic Republic of the; Cook Islands; Costa Rica; Côte d'Ivoire; Cote d'Ivoire;
  Croatia; Cuba; Curaçao; Curacao; Cyprus; Czech Republic; Czechia;
  Democratic Republic of the Congo; Denmark; Djibouti; Dominica; Dominican Republic; East Timor;
  Ecuador; Egypt; El Salvador; Equatorial Guinea; Eritrea; Estonia; Eswatini; Ethiopia;
  Falkland Islands; Faroe Islands; Fiji; Finland; France; French Guiana; French Polynesia;
  French Southern Territories; Gabon; Gambia; Georgia; Germany; Ghana; Gibraltar; Greece;
  Greenland; Grenada; Guadeloupe; Guam; Guatemala; Guernsey; Guinea; Guinea-Bissau; Guyana;
  Haiti; Heard Island and McDonald Islands; Holy See; Honduras; Hong Kong; Hungary; Iceland;
  India; Indonesia; Iran; Iraq; Ireland; Isle of Man; Israel; Italy; Ivory Coast; Jamaica;
  Japan; Jersey; Jordan; Kazakhstan; Kenya; Kiribati; Kosovo; Kuwait; Kyrgyzstan; Laos; Latvia;
  Lebanon; Lesotho; Liberia; Libya; Liechtenstein; Lithuania; Luxembourg; Macao; Macau;
  Macedonia; Madagascar; Malawi; Malaysia; Maldives; Mali; Malta; Marshall Islands; Martinique;
  Mauritania; Mauritius; Mayotte; Mexico; Micronesia; Moldova; Monaco; Mongolia; Montenegro;
  Montserrat; Morocco; Mozambique; Myanmar; Namibia; Nauru; Nepal; Netherlands; New Caledonia;
  New Zealand; Nicaragua; Niger; Nigeria; Niue; Norfolk Island; North Korea; North Macedonia;
  Northern Mariana Islands; Norway; Oman; Pakistan; Palau; Palestine; Palestinian Territory;
  Panama; Papua New Guinea; Paraguay; Peru; Philippines; Pitcairn; Poland; Portugal;
  Puerto Rico; Qatar; Republic of the Congo; Réunion; Reunion; Romania; Russia;
  Russian Federation; Rwanda; Saint Barthélemy; Saint Barthelemy; Saint Helena;
  Saint Kitts and Nevis; Saint Lucia; Saint Martin; Saint Pierre and Miquelon;
  Saint Vincent and the Grenadines; Samoa; San Marino; Sao Tome and Principe; Saudi Arabia;
  Senegal; Serbia; Seychelles; Sierra Leone; Singapore; Sint Maarten; Slovakia; Slovenia;
  Solomon Islands; Somalia; South Africa; South Georgia and the South Sandwich Islands;
  South Korea; South Sudan; Spain; Sri Lanka; Sudan; Suriname; Svalbard and Jan Mayen;
  Swaziland; Sweden; Switzerland; Syria; Taiwan; Tajikistan; Tanzania; Thailand; Timor-Leste;
  Togo; Tokelau; Tonga; Trinidad and Tobago; Tunisia; Turkey; Türkiye; Turkmenistan;
  Turks and Caicos Islands; Tuvalu; U.S. Virgin Islands; Uganda; Ukraine; United Arab Emirates;
  United Kingdom; United States; United States Minor Outlying Islands; Uruguay; Uzbekistan;
  Vanuatu; Vatican; Vatican City; Venezuela; Viet Nam; Vietnam; Wallis and Futuna;
  Western Sahara; Yemen; Zambia; Zimbabwe
  """
