import CSV

/// Exports in the manner of well-known programs: their header, a few rows, and the contacts that a person expects.
struct Program: Sendable {
  let name: String
  let text: String
  let people: [String]
  var warned: [String] = []
  var remarks: [String] = []

  /// The table as each way of writing has it.
  func files() -> [ProgramFile] {
    Writing.allCases.map { writing in
      let name = "\(name)-\(writing.rawValue)"
      let text = text.replacing("@d.test", with: "@\(name).test")
      var parser = CSVParser(Array(text.utf8), dialect: .standard)
      var records: [[String]] = []
      while parser.next() { records.append(parser.values) }
      return ProgramFile(
        name, writing.write(records),
        .people(
          people, failed: Array(repeating: "empty line", count: writing.emptyRows),
          warned: warned, remarks: remarks))
    }
  }

  static let all: [Program] = [
    Program(
      name: "outlook-en",
      text: """
        First Name,Middle Name,Last Name,Title,Suffix,Company,Department,Job Title,Business Street,Business City,\
        Business State,Business Postal Code,Business Country/Region,Business Fax,Business Phone,Mobile Phone,\
        Birthday,Categories,E-mail Address,E-mail Type,E-mail Display Name,Notes,Web Page
        Anna,B.,Muster,Dr.,,Acme Ltd,Sales,Head of Sales,1 High Street,Leeds,,LS1 4AP,United Kingdom,,\
        +44 113 496 0000,+44 7700 900123,0/0/00,Friends,anna@d.test,SMTP,"Muster, Anna",A note,https://acme.test
        Bob,,Builder,,,,,,,,,,,,,,0/0/00,,bob@d.test,SMTP,Bob,,

        """,
      people: [
        "anna@d.test; title=Dr.; firstname=Anna; lastname=Muster; company=Acme Ltd; position=Head of Sales; "
          + "phone=+44 113 496 0000; mobile=+44 7700 900123; address1=1 High Street; city=Leeds; "
          + "zipcode=LS1 4AP; country=United Kingdom; website=https://acme.test",
        "bob@d.test; firstname=Bob; lastname=Builder",
      ]),
    Program(
      name: "outlook-de",
      text: """
        Anrede,Vorname,Weitere Vornamen,Nachname,Suffix,Firma,Abteilung,Position,Straße geschäftlich,\
        Ort geschäftlich,Postleitzahl geschäftlich,Land/Region geschäftlich,Telefon geschäftlich,Mobiltelefon,\
        E-Mail-Adresse,E-Mail-Typ,Geburtstag
        Frau,Jörg-Änne,,Groß,,Müller GmbH,Einkauf,Leiterin,Hauptstraße 1,Köln,50667,Deutschland,0221 000000,\
        0170 0000000,joerg@d.test,SMTP,0.0.00

        """,
      people: [
        "joerg@d.test; title=Frau; firstname=Jörg-Änne; lastname=Groß; company=Müller GmbH; position=Leiterin; "
          + "phone=0221 000000; mobile=0170 0000000; address1=Hauptstraße 1; city=Köln; zipcode=50667; "
          + "country=Germany"
      ]),
    Program(
      name: "outlook-com",
      text: """
        First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,\
        E-mail 2 Address,E-mail 3 Address,Home Phone,Business Phone,Mobile Phone,Company,Job Title,Home Street,\
        Home City,Home Postal Code,Home Country/Region,Personal Web Page,Notes
        Chloé,,Dubois,,,,,,chloe@d.test,second@d.test,,,+33 1 23 45 67 89,,Société X,Directrice,Rue 2,Lyon,69001,\
        France,,

        """,
      people: [
        "chloe@d.test; firstname=Chloé; lastname=Dubois; company=Société X; position=Directrice; "
          + "phone=+33 1 23 45 67 89; address1=Rue 2; city=Lyon; zipcode=69001; country=France"
      ]),
    Program(
      name: "google-old",
      text: """
        Name,Given Name,Additional Name,Family Name,Birthday,Notes,Language,Photo,Group Membership,\
        E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value,\
        Organization 1 - Name,Organization 1 - Title,Address 1 - Street,Address 1 - City,\
        Address 1 - Postal Code,Address 1 - Country,Website 1 - Value
        Dana Doe,Dana,,Doe,,,,,* myContacts ::: Friends,* Work,dana@d.test,Home,dana2@d.test,Mobile,\
        +1 555 0100,Initech,Engineer,4 Elm St,Austin,73301,US,https://initech.test

        """,
      people: [
        "dana@d.test; firstname=Dana; lastname=Doe; company=Initech; position=Engineer; phone=+1 555 0100; "
          + "address1=4 Elm St; city=Austin; zipcode=73301; country=United States; website=https://initech.test"
      ]),
    Program(
      name: "google-new",
      text: """
        First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,Name Suffix,Nickname,File As,\
        Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,\
        E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - City,Address 1 - Country
        Eve,,Evans,,Ms,,,,Umbrella,Analyst,,,,,* myContacts,*,eve@d.test,Work,+1 555 0101,Boston,US

        """,
      people: [
        "eve@d.test; title=Ms; firstname=Eve; lastname=Evans; company=Umbrella; position=Analyst; "
          + "phone=+1 555 0101; city=Boston; country=United States"
      ]),
    Program(
      name: "apple",
      text: """
        First name,Last name,Company,Job title,Phone (mobile),Phone (work),Email (home),Email (work),Street,City,\
        ZIP,Country,Birthday
        Finn,Fischer,Apfel AG,Koch,+49 151 0000000,,finn@d.test,,Weg 3,Bonn,53111,Germany,

        """,
      people: [
        "finn@d.test; firstname=Finn; lastname=Fischer; company=Apfel AG; position=Koch; "
          + "mobile=+49 151 0000000; address1=Weg 3; city=Bonn; zipcode=53111; country=Germany"
      ]),
    Program(
      name: "thunderbird",
      text: """
        First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,Work Phone,\
        Home Phone,Fax Number,Pager Number,Mobile Number,Home Address,Home City,Home ZipCode,Home Country,\
        Job Title,Department,Organization,Web Page 1,Birth Year,Notes
        Gina,Graf,Gina Graf,gg,gina@d.test,,,,,,,+43 660 0000000,Ring 5,Wien,1010,Austria,Ärztin,,Klinik,,,

        """,
      people: [
        "gina@d.test; firstname=Gina; lastname=Graf; company=Klinik; position=Ärztin; mobile=+43 660 0000000; "
          + "address1=Ring 5; city=Wien; zipcode=1010; country=Austria"
      ]),
    Program(
      name: "shopify",
      text: """
        Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,\
        Default Address Address1,Default Address City,Default Address Province Code,\
        Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,\
        Total Spent,Total Orders,Note,Tax Exempt,Tags
        '7000000000001,Hana,Horák,hana@d.test,yes,,Ulice 1,Praha,,CZ,110 00,,'+420600000000,no,120.50,3,,no,vip

        """,
      people: [
        "hana@d.test; firstname=Hana; lastname=Horák; phone=+420600000000; address1=Ulice 1; city=Praha; "
          + "zipcode=110 00; country=Czech Republic; tags=vip"
      ], remarks: ["Accepts Email Marketing"]),
    Program(
      name: "woocommerce",
      text: """
        Name,Username,Last active,Date registered,Email,Orders,Total spend,AOV,Country / Region,City,Region,\
        Postal code
        Ivo Ivanov,ivo,2024-01-15 10:00:00,2023-12-31 23:59:59,ivo@d.test,2,99.00,49.50,BG,Sofia,Sofia,1000

        """,
      people: ["ivo@d.test; city=Sofia; state=Sofia; zipcode=1000; country=Bulgaria"]),
    Program(
      name: "mailchimp",
      text: """
        Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,\
        CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,\
        NOTES,TAGS
        jo@d.test,Jo,Jones,,,,2,,,"2024-01-15 10:00:00",192.0.2.1,,,,,,,,"2024-01-15 10:00:00",1,a1,,\
        \"""VIP"",""Customer""\"

        """,
      people: ["jo@d.test; firstname=Jo; lastname=Jones; tags=Customer|VIP"]),
    Program(
      name: "brevo",
      text: """
        CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,SMS,WHATSAPP,EMAIL_BLACKLISTED,ADDED_TIME,MODIFIED_TIME
        1,kim@d.test,Kim,Kern,,,false,15-01-2024,15-01-2024

        """,
      people: ["kim@d.test; firstname=Kim; lastname=Kern"]),
    Program(
      name: "hubspot",
      text: """
        Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Associated Company,\
        Last Activity Date (GMT+1),Lead Status,Marketing contact status,Create Date (GMT+1),\
        Unsubscribed from all email
        101,Lea,Lang,lea@d.test,+49 30 000000,Owner One,Lang KG,2024-01-15 10:00,New,Marketing contact,\
        2024-01-15 10:00,true

        """,
      people: [
        "lea@d.test; firstname=Lea; lastname=Lang; company=Lang KG; phone=+49 30 000000; dnc=3"
      ]),
    Program(
      name: "salesforce",
      text: """
        Salutation,First Name,Last Name,Title,Account Name,Mailing Street,Mailing City,Mailing State/Province,\
        Mailing Zip/Postal Code,Mailing Country,Phone,Fax,Mobile,Email,Email Opt Out,Account Owner
        Mr.,Max,Maier,CTO,Globex,Main 1,Springfield,Illinois,62701,United States,+1 555 0102,,,max@d.test,0,\
        Some One

        """,
      people: [
        "max@d.test; title=Mr.; firstname=Max; lastname=Maier; company=Globex; position=CTO; phone=+1 555 0102; "
          + "address1=Main 1; city=Springfield; state=Illinois; zipcode=62701; country=United States"
      ]),
    Program(
      name: "activecampaign",
      text: """
        ID,Email,First Name,Last Name,Phone,Organization,Tags,Date Created,IP Address
        5,nia@d.test,Nia,Noor,,Hooli,"lead, trial",2024-01-15 10:00:00,192.0.2.2

        """,
      people: ["nia@d.test; firstname=Nia; lastname=Noor; company=Hooli; tags=lead, trial"],
      warned: ["tagSeparator"], remarks: ["\"ID\" is left out"]),
    Program(
      name: "klaviyo",
      text: """
        Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,City,Zip Code,Country,\
        Email Marketing Consent,Email Marketing Consent Timestamp,Date Added
        ola@d.test,01ABC,Ola,Olsen,Fjord AS,,+47 21 00 00 00,,Oslo,0150,Norway,SUBSCRIBED,,2024-01-15 10:00:00

        """,
      people: [
        "ola@d.test; firstname=Ola; lastname=Olsen; company=Fjord AS; phone=+47 21 00 00 00; city=Oslo; "
          + "zipcode=0150; country=Norway"
      ], remarks: ["Email Marketing Consent"]),
  ]
}
