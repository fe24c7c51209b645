extension Program {
  /// Further programs, in the order of their names.
  static let more: [Program] = [
    Program(
      name: "constant-contact",
      text: """
        Email address,Email status,Email permission status,First name,Last name,Job title,Company,\
        Phone - mobile,Street address line 1 - Home,City - Home,Zip/Postal code - Home,Country - Home,Tags
        pia@d.test,Active,Implied,Pia,Popp,Chef,Popp Inc,+1 555 0103,,Reno,89501,United States,news

        """,
      people: [
        "pia@d.test; firstname=Pia; lastname=Popp; company=Popp Inc; position=Chef; mobile=+1 555 0103; "
          + "city=Reno; zipcode=89501; country=United States; tags=news"
      ], remarks: ["Email status"]),
    Program(
      name: "sendgrid",
      text: """
        EMAIL,FIRST_NAME,LAST_NAME,ADDRESS_LINE_1,CITY,STATE_PROVINCE_REGION,POSTAL_CODE,COUNTRY,\
        ALTERNATE_EMAILS,PHONE_NUMBER,WHATSAPP,CREATED_AT,UPDATED_AT,CONTACT_ID
        quin@d.test,Quin,Quist,Vej 6,Odense,,5000,DK,,,,2024-01-15T10:00:00Z,2024-01-15T10:00:00Z,\
        0b5f3a5e-3c62-4f3a-9d2b-0d6a1c3f7f10

        """,
      people: [
        "quin@d.test; firstname=Quin; lastname=Quist; address1=Vej 6; city=Odense; zipcode=5000; country=Denmark"
      ]),
    Program(
      name: "zoho",
      text: """
        Record Id,Contact Owner,Lead Source,First Name,Last Name,Account Name,Email,Title,Department,Phone,\
        Mobile,Email Opt Out,Mailing Street,Mailing City,Mailing Zip,Mailing Country
        zcrm_1,Owner,Web,Rui,Reis,Reis Lda,rui@d.test,,,+351 21 000 0000,,false,,Porto,4000,Portugal

        """,
      people: [
        "rui@d.test; firstname=Rui; lastname=Reis; company=Reis Lda; phone=+351 21 000 0000; city=Porto; "
          + "zipcode=4000; country=Portugal"
      ]),
    Program(
      name: "pipedrive",
      text: """
        Person - ID,Person - Name,Person - First name,Person - Last name,Person - Organization,\
        Person - Email - Work,Person - Phone - Work,Person - Owner,Person - Marketing status
        9,Sia Sand,Sia,Sand,Sand BV,sia@d.test,+31 20 000 0000,Owner,subscribed

        """,
      people: [
        "sia@d.test; firstname=Sia; lastname=Sand; company=Sand BV; phone=+31 20 000 0000"
      ], remarks: ["Person - Marketing status"]),
    Program(
      name: "eventbrite",
      text: """
        Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Order Type,Total Paid,Home City,\
        Home Country,Job Title,Company,Attendee Status
        700001,2024-01-15 10:00:00+01:00,Tom,Thor,tom@d.test,1,Early Bird,Eventbrite Completed,25.00,Bern,CH,\
        Host,Thor SA,Attending

        """,
      people: [
        "tom@d.test; firstname=Tom; lastname=Thor; company=Thor SA; position=Host; city=Bern; country=Switzerland"
      ]),
    Program(
      name: "stripe",
      text: """
        id,Description,Email,Name,Created (UTC),Delinquent,Card ID,Plan,Status,Total Spend
        cus_000001,,uma@d.test,Uma Ullman,2024-01-15 10:00,false,,,active,10.00

        """,
      people: ["uma@d.test"], remarks: ["\"id\" is left out", "Name"]),
    Program(
      name: "typeform",
      text: """
        #,What's your first name?,What's your email address?,How did you hear of us?,Response Type,\
        Start Date (UTC),Submit Date (UTC),Network ID
        a1b2,Vic,vic@d.test,From a friend,completed,2024-01-15 10:00:00,2024-01-15 10:01:00,f00

        """,
      people: ["vic@d.test"], remarks: ["What's your first name?"]),
    Program(
      name: "mautic",
      text: """
        email,firstname,lastname,company,position,mobile,phone,points,address1,city,state,zipcode,country,\
        website,stage
        wes@d.test,Wes,West,West Ltd,,,,12,,Perth,,6000,Australia,,Lead

        """,
      people: [
        "wes@d.test; firstname=Wes; lastname=West; company=West Ltd; city=Perth; zipcode=6000; "
          + "country=Australia; points=12"
      ]),
    Program(
      name: "german-crm",
      text: """
        Kundennummer,Anrede,Vorname,Name,Firma,Straße und Hausnummer,PLZ,Ort,Land,Telefon,E-Mail
        K-1,Herr,Xaver,Xanten,,Gasse 7,80331,München,Deutschland,089 000000,xaver@d.test

        """,
      people: [
        "xaver@d.test; title=Herr; firstname=Xaver; lastname=Xanten; phone=089 000000; address1=Gasse 7; "
          + "city=München; zipcode=80331; country=Germany"
      ]),
    Program(
      name: "french-crm",
      text: """
        Civilité,Nom,Prénom,Société,Adresse e-mail,Téléphone,Code postal,Ville,Pays
        Mme,Zola,Yvette,Z & Cie,yvette@d.test,01 23 45 67 89,75001,Paris,France

        """,
      people: [
        "yvette@d.test; title=Mme; firstname=Yvette; lastname=Zola; company=Z & Cie; phone=01 23 45 67 89; "
          + "city=Paris; zipcode=75001; country=France"
      ]),
  ]
}
