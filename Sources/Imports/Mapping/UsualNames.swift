import CSV
import Foundation

/// The names that other programs give to columns of contacts, such as those in files of Mailchimp, Outlook, Google,
/// WooCommerce, LinkedIn, HubSpot and Shopify, in English, German, French, Spanish, Italian and Dutch (IMP-07).
enum UsualNames {
  /// Returns the alias of the contact field that a column of this name holds in files of other programs.
  static func alias(of column: String) -> String? {
    let name = squeezed(column)
    // `Default Address City`, `billing_city`, `City (Billing)`, `Person - Email - Work`.
    return aliases[name] ?? without(context, name, again: true)
      ?? ["geschaftlich", "professionnel", "professionnelle", "bureau"].lazy
      .filter(name.hasSuffix).compactMap { aliases[String(name.dropLast($0.count))] }.first
  }

  /// The words around a name that say whose or which it is.
  private static let context = [
    "defaultaddress", "billing", "business", "customer", "contact", "subscriber", "person",
    "mailing", "work",
    "home", "private", "other",
  ]

  private static func without(_ words: [String], _ name: String, again: Bool) -> String? {
    for word in words {
      for rest in [
        name.hasPrefix(word) ? String(name.dropFirst(word.count)) : nil,
        name.hasSuffix(word) ? String(name.dropLast(word.count)) : nil,
      ] {
        guard let rest, !rest.isEmpty else { continue }
        if let alias = aliases[rest] { return alias }
        if again, let alias = without(words, rest, again: false) { return alias }
      }
    }
    return nil
  }

  /// Returns the alias of the company field that a column of this name holds in a file of companies.
  static func companyAlias(of column: String) -> String? {
    switch squeezed(column) {
    case "name", "company", "organization", "organisation", "organizationname", "firma",
      "firmenname",
      "unternehmen", "societe", "entreprise", "raisonsociale", "empresa", "azienda", "bedrijf":
      return "companyname"
    case "employees", "numberofemployees": return "companynumber_of_employees"
    case "industry", "branche": return "companyindustry"
    default: return alias(of: column).map { "company" + $0 }
    }
  }

  /// Whether a column says by yes or no who does not want e-mail, as in files of HubSpot, Salesforce and Brevo.
  static func tellsOfOptOut(_ column: String) -> Bool { optOuts.contains(squeezed(column)) }

  private static let optOuts: Set<String> = [
    "emailoptout", "optout", "optedout", "emailoptedout", "optedoutofemail", "hasoptedoutofemail",
    "unsubscribed", "unsubscribedfromallemail", "emailunsubscribed", "emailblacklisted",
    "blacklisted", "donotmail", "noemail", "abgemeldet",
  ]

  /// Whether a column is one of those that Mailchimp writes for people who left the list or cannot be reached.
  static func tellsOfLeaving(_ column: String) -> Bool {
    ["unsubtime", "unsubcampaigntitle", "cleantime", "cleancampaigntitle"].contains(
      squeezed(column))
  }

  /// Whether a column may say who wants e-mail.
  static func tellsOfConsent(_ column: String) -> Bool {
    let name = squeezed(column)
    return [
      "marketingconsent", "emailconsent", "acceptsemail", "acceptsmarketing", "emailstatus",
      "marketingstatus", "subscri", "permission", "newsletter", "einwilligung", "optin", "unsub",
    ].contains { name.contains($0) }
  }

  /// Whether a column asks for an e-mail address in a sentence.
  static func asksForAddress(_ column: String) -> Bool {
    let name = squeezed(column)
    guard name.contains("email"), !tellsOfConsent(column) else { return false }
    return ![
      "type", "label", "display", "opt", "black", "time", "date", "name", "count", "sent", "open",
      "click", "bounce", "second", "alternat", "2", "3",
    ].contains { name.contains($0) }
  }

  /// The letters and digits of a name, in lower case and without accents.
  private static func squeezed(_ column: String) -> String {
    let plain = column.lowercased().replacing("ß", with: "ss")
      .decomposedStringWithCanonicalMapping
    return String(
      String.UnicodeScalarView(
        plain.unicodeScalars.filter {
          $0.properties.isAlphabetic && $0.properties.generalCategory != .nonspacingMark
            || $0.properties.numericType != nil
        }))
  }

  private static let aliases: [String: String] = {
    var aliases: [String: String] = [:]
    for (alias, names) in lists {
      for name in names.split(whereSeparator: \.isWhitespace) { aliases[String(name)] = alias }
    }
    return aliases
  }()

  private static let lists: [(alias: String, names: String)] = [
    (
      "email",
      """
      email mail emailaddress emailid primaryemail workemail useremail email1 email1value email1address
      emailadresse mailadresse emailprivat adresseemail adressemail adressedemessagerie
      adresseelectronique courriel correo correoelectronico direcciondecorreo indirizzoemail emailadres
      """
    ),
    (
      "firstname",
      """
      firstname fname givenname forename vorname rufname prenom nombre nombredepila nome voornaam
      """
    ),
    (
      "lastname",
      """
      lastname lname surname familyname nachname familienname zuname nom nomdefamille apellido
      apellidos cognome achternaam
      """
    ),
    ("title", "salutation anrede civilite namenstitel nameprefix honorificprefix"),
    (
      "company",
      """
      company organization organisation organizationname organization1name employer firma firmenname
      unternehmen organisationname accountname societe entreprise empresa azienda bedrijf bedrijfsnaam
      currentcompany associatedcompany primaryassociatedcompany
      """
    ),
    (
      "position",
      """
      position jobtitle jobposition organizationtitle organization1title occupation role funktion beruf
      berufsbezeichnung stellung poste fonction intituleduposte cargo puesto qualifica functie
      """
    ),
    (
      "mobile",
      """
      mobile mobilephone phonemobile mobilephonenumber mobilenumber cell cellphone cellphonenumber cellular handy
      handynummer mobil mobilnummer mobiltelefon mobiltelefonnummer mobilfunk portable telephoneportable
      telmobile telephonemobile mobilepro movil telefonomovil celular cellulare mobiel
      """
    ),
    (
      "phone",
      """
      phone phonenumber phone1 phone1value telephone telephonenumber tel workphone
      primaryphone mainphone homephone landline telefon telefonnummer rufnummer festnetz telefonprivat
      numerodetelephone telephonefixe telefono numerodetelefono telefoon telefoonnummer
      """
    ),
    ("fax", "fax faxnumber faxnummer telefax telecopie businessfax faxprivat"),
    (
      "address1",
      """
      address address1 addressline1 street street1 streetaddress streetaddress1 address1street streetaddressline1
      mailingstreet homestreet homeaddress strasse strasseundhausnummer strassehausnummer
      strassehausnr anschrift adresse
      adresse1 adressepostale rue direccion indirizzo adres straat
      """
    ),
    (
      "address2",
      """
      address2 addressline2 street2 streetaddress2 adresszusatz adresse2 complementdadresse apartment
      """
    ),
    (
      "city",
      """
      city town address1city homecity mailingcity ort stadt wohnort ville ciudad citta comune plaats
      woonplaats localidad locality
      """
    ),
    (
      "state",
      """
      state region province provincecode stateregion stateprovince statecode county address1region
      homestate mailingstate bundesland kanton departement etat provincia estado regione provincie
      """
    ),
    (
      "zipcode",
      """
      zip zipcode zippostalcode ziporpostalcode postalcode postcode postalzipcode address1postalcode
      homepostalcode mailingpostalcode mailingzip plz postleitzahl codepostal codigopostal cap
      codicepostale
      """
    ),
    (
      "country",
      """
      country countryregion countryname countrycode address1country homecountryregion homecountry
      mailingcountry land landregion staat pays paysregion pais paese nazione
      """
    ),
    (
      "website",
      """
      website websiteurl web webpage webpage1 website1value homepage personalwebpage webseite
      internetseite siteweb siteinternet sitoweb sitioweb paginaweb
      """
    ),
    ("timezone", "timezone zeitzone fuseauhoraire"),
    ("preferred_locale", "locale language preferredlanguage sprache langue idioma lingua taal"),
    ("linkedin", "linkedinurl linkedinprofile linkedinprofil personlinkedinurl"),
    ("twitter", "twitterhandle twitterusername"),
  ]
}
