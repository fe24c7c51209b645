/// Files as people, spreadsheets and operating systems leave them.
enum HandMadeFiles {
  /// Marks, encodings and lines around the table.
  static let beginnings: [ProgramFile] = [
    ProgramFile("empty-file", "", .question(["the file is empty"])),
    ProgramFile("blank-lines-only", "\r\n\r\n  \n", .question(["the file is empty"])),
    ProgramFile("header-only", "Email,First Name\n", []),
    ProgramFile(
      "sep-line", "sep=;\r\nE-Mail;Vorname\r\na@d.test;Ä\r\n", ["a@d.test; firstname=Ä"]),
    ProgramFile(
      "linkedin",
      """
      Notes:
      "When exporting your connection data, you may notice that some of the email addresses are missing."

      First Name,Last Name,URL,Email Address,Company,Position,Connected On
      Lin,Lee,https://www.linkedin.test/in/lin,lin@d.test,Initech,CEO,15 Jan 2024

      """, ["lin@d.test; firstname=Lin; lastname=Lee; company=Initech; position=CEO"]),
    ProgramFile(
      "title-rows",
      "Newsletter list of the association;;\nAs of: 15.01.2024;;\n;;\nName;Vorname;E-Mail\nKurz;Ida;ida@d.test\n",
      ["ida@d.test; firstname=Ida; lastname=Kurz"]),
    ProgramFile(
      "title-row-narrow", "Attendees 2024\nEmail,City\na@d.test,Rome\n", ["a@d.test; city=Rome"]),
    ProgramFile(
      "addresses-alone", "a@d.test\nb@d.test\nc@d.test\n",
      .people(["a@d.test", "b@d.test", "c@d.test"])),
    ProgramFile(
      "headerless-table", "a@d.test,Ann,Lee\nb@d.test,Bo,Li\n",
      .question(["the first row looks like data", "column_1"])),
    ProgramFile("one-column", "E-mail\na@d.test\n", ["a@d.test"]),
    ProgramFile(
      "no-address-column", "First Name,Last Name\nAnn,Lee\n",
      .question(["no unique identifier is mapped"])),
    ProgramFile(
      "unicode-text", wide("Email\tCity\r\na@unicode-text.test\tKöln\r\n"),
      .question(["wrong encoding", "utf-16"])),
    ProgramFile("excel-german", german, .question(["wrong encoding", "windows-1252"])),
    ProgramFile("mac-roman", macRoman, .question(["wrong encoding", "macintosh"])),
    ProgramFile(
      "xlsx-named-csv", [0x50, 0x4B, 0x03, 0x04, 0x14, 0, 6, 0, 8, 0, 0, 0x21],
      .question(["not a CSV file", "Excel"])),
    ProgramFile(
      "xls-named-csv", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0],
      .question(["not a CSV file", "old Excel"])),
    ProgramFile("pdf-named-csv", "%PDF-1.7\n1 0 obj\n", .question(["not a CSV file", "PDF"])),
    ProgramFile(
      "html-named-csv",
      "<html><body><table>\n<tr><td>Email</td><td>City</td></tr>\n<tr><td>a@d.test</td><td>Rome</td></tr></table>",
      .question(["not a CSV file", "web page"])),
    ProgramFile(
      "html-doctype", "\n<!DOCTYPE html>\n<p>Email, City</p>\n",
      .question(["not a CSV file", "web page"])),
    ProgramFile(
      "xml-named-csv", "<?xml version=\"1.0\"?>\n<Workbook><Row>Email</Row></Workbook>\n",
      .question(["not a CSV file", "XML"])),
    ProgramFile(
      "json-named-csv", "[{\"email\":\"a@d.test\",\"city\":\"Rome\"}]\n",
      .question(["not a CSV file", "JSON"])),
    ProgramFile(
      "vcard-named-csv", "BEGIN:VCARD\nVERSION:3.0\nEMAIL:a@d.test\nEND:VCARD\n",
      .question(["not a CSV file", "vCard"])),
    ProgramFile(
      "rtf-named-csv", "{\\rtf1\\ansi Email, City}", .question(["not a CSV file", "RTF"])),
    ProgramFile(
      "open-quote", "Email,City\na@d.test,\"Rome\nb@d.test,Oslo\n",
      .question(["unbalanced quotes", "line 2"])),
    ProgramFile(
      "mailchimp-unsubscribed",
      "Email Address,First Name,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE\na@d.test,A,\"2024-01-15 10:00:00\",June\n",
      .question(["UNSUB_TIME", "do not want e-mail"])),
    ProgramFile(
      "mailchimp-cleaned",
      "Email Address,First Name,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\na@d.test,A,\"2024-01-15 10:00:00\",June\n",
      .question(["CLEAN_TIME", "do not want e-mail"])),
  ]

  private static func wide(_ text: String) -> [UInt8] {
    [0xFF, 0xFE]
      + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  /// The address and three hundred properties that nobody here knows.
  private static let wideTable: String = {
    let names = (1...300).map { "Property \($0)" }.joined(separator: ",")
    let values = (1...300).map { "\($0)" }.joined(separator: ",")
    return "Email,\(names)\na@d.test,\(values)\n"
  }()

  private static let macRoman: [UInt8] = {
    let start: [UInt8] = Array("Email;Name\ra@mac-roman.test;J".utf8)
    let name: [UInt8] = [0x9A] + Array("rg M".utf8) + [0x9F] + Array("ller\r".utf8)
    return start + name
  }()

  private static let german: [UInt8] = {
    let start: [UInt8] = Array("Email;Ort\r\na@excel-german.test;K".utf8)
    return start + [0xF6] + Array("ln\r\n".utf8)
  }()

  /// Cells, rows and columns.
  static let contents: [ProgramFile] = [
    ProgramFile(
      "doubled-quotes", "Email,Company\na@d.test,\"Maple \"\"Leaf\"\" Ltd\"\n",
      ["a@d.test; company=Maple \"Leaf\" Ltd"]),
    ProgramFile(
      "stray-quotes", "Email,Company\na@d.test,Maple \"Leaf\" Ltd\nb@d.test,12\" Vinyl\n",
      ["a@d.test; company=Maple \"Leaf\" Ltd", "b@d.test; company=12\" Vinyl"]),
    ProgramFile(
      "embedded-breaks", "Email,Address,City\na@d.test,\"Floor 2\nHigh Street\",Leeds\n",
      ["a@d.test; address1=Floor 2\nHigh Street; city=Leeds"]),
    ProgramFile(
      "trailing-commas", "Email,City,,\na@d.test,Rome,,\nb@d.test,Oslo,\n",
      ["a@d.test; city=Rome", "b@d.test; city=Oslo"]),
    ProgramFile(
      "blank-lines", "Email,City\n\na@d.test,Rome\n\n,\n",
      .people(["a@d.test; city=Rome"], failed: Array(repeating: "empty line", count: 3))),
    ProgramFile(
      "short-rows", "Email,First Name,City\na@d.test,A\nb@d.test\n",
      ["a@d.test; firstname=A", "b@d.test"]),
    ProgramFile(
      "surplus-value", "Email,City\na@d.test,Rome,Italy\nb@d.test,Oslo\n",
      .people(["b@d.test; city=Oslo"], failed: ["row has more values than the header"])),
    ProgramFile(
      "duplicate-headers", "Email,Email,City,City\na@d.test,b@d.test,Rome,Oslo\n",
      ["a@d.test; city=Rome"]),
    ProgramFile(
      "total-row", "Email,Last Name,City\na@d.test,Kurz,Rome\n,Total,2\n",
      .people(["a@d.test; lastname=Kurz; city=Rome"], failed: ["row of totals"])),
    ProgramFile(
      "total-row-german", "Name;Vorname;E-Mail\nKurz;Ida;ida@d.test\nSumme: 1;;\n",
      .people(["ida@d.test; firstname=Ida; lastname=Kurz"], failed: ["row of totals"])),
    ProgramFile(
      "name-and-address",
      "Email,City\n\"Ann Lee <a@d.test>\",Rome\n\"\"\"Li, Bo\"\" <b@d.test>\",Oslo\n",
      ["a@d.test; city=Rome", "b@d.test; city=Oslo"]),
    ProgramFile(
      "several-addresses", "Email,City\na@d.test; b@d.test,Rome\nc@d.test ::: e@d.test,Oslo\n",
      .people([], failed: ["email: several addresses", "email: several addresses"])),
    ProgramFile(
      "phone-as-number", "Email,Phone\na@d.test,4.9E+11\nb@d.test,\"4,91701E+12\"\n",
      .people(["a@d.test", "b@d.test"], warned: ["phone: \"4.9E+11\"", "phone: \"4,91701E+12\""])),
    ProgramFile(
      "leading-apostrophe", "Email,Mobile\na@d.test,'+491700000000\nb@d.test,'=1+1\n",
      ["a@d.test; mobile=+491700000000", "b@d.test; mobile==1+1"]),
    ProgramFile(
      "serial-dates", "Email,Last active\na@d.test,45306\n",
      .people([], failed: ["last_active: a day number of a spreadsheet"])),
    ProgramFile(
      "german-dates", "E-Mail;Last active\na@d.test;15.01.2024\nb@d.test;15.01.2024 10:30\n",
      ["a@d.test", "b@d.test"]),
    ProgramFile(
      "ambiguous-date", "Email,Last active\na@d.test,1/2/2024\n",
      .people([], failed: ["the date is ambiguous"])),
    ProgramFile(
      "german-numbers", "E-Mail;Attribution\na@d.test;1.234,56\n",
      ["a@d.test; attribution=1234.56"]),
    ProgramFile("plus-tags", "Email\na+news@d.test\na@d.test\n", ["a+news@d.test", "a@d.test"]),
    ProgramFile(
      "idn-addresses", "Email\njörg@müller-d.test\na@xn--mller-kva.test\n",
      ["jörg@müller-d.test", "a@xn--mller-kva.test"]),
    ProgramFile(
      "invisible-blanks",
      "\u{FEFF}Email\u{A0},First\u{A0}Name,City\n\u{FEFF}a@d.test\u{200B},\u{2060}A,\u{A0}Rome\u{3000}\n",
      ["a@d.test; firstname=A; city=Rome"]),
    ProgramFile(
      "emoji", "Email,First Name\na@d.test,👩‍👩‍👧 Zoë 🎉\n", ["a@d.test; firstname=👩‍👩‍👧 Zoë 🎉"]),
    ProgramFile(
      "right-to-left", "Email,First Name,City\na@d.test,محمد,תל אביב\n",
      ["a@d.test; firstname=محمد; city=תל אביב"]),
    ProgramFile(
      "other-scripts", "Email,First Name,City\na@d.test,王芳,東京\nb@d.test,Иван,Αθήνα\n",
      ["a@d.test; firstname=王芳; city=東京", "b@d.test; firstname=Иван; city=Αθήνα"]),
    ProgramFile("wide", wideTable, .people(["a@d.test"], remarks: ["columns are left out"])),
    ProgramFile(
      "formula", "Email,Company\na@d.test,\"=HYPERLINK(\"\"http://x.test\"\")\"\n",
      ["a@d.test; company==HYPERLINK(\"http://x.test\")"]),
    ProgramFile(
      "null-words", "Email,First Name,City\na@d.test,NULL,null\nb@d.test,\"NULL\",N/A\n",
      ["a@d.test; city=null", "b@d.test; firstname=NULL; city=N/A"]),
    ProgramFile(
      "bad-addresses", "Email,City\nnobody,Rome\n@d.test,Oslo\na@d.test,Bern\n",
      .people(
        ["a@d.test; city=Bern"],
        failed: ["email: not a valid e-mail address", "email: not a valid e-mail address"])),
    ProgramFile(
      "same-person-twice", "Email,City\na@d.test,Rome\nA@d.test,Oslo\n",
      ["A@d.test; city=Oslo"]),
    ProgramFile(
      "opt-out-words", "Email,Opt Out\na@d.test,Yes\nb@d.test,No\nc@d.test,maybe\n",
      .people(["a@d.test; dnc=3", "b@d.test"], failed: ["doNotEmail: not a boolean"])),
    ProgramFile(
      "unknown-country", "Email,Country\na@d.test,Atlantis\nb@d.test,UK\n",
      .people(
        ["a@d.test", "b@d.test; country=United Kingdom"], warned: ["country: \"Atlantis\""])),
    ProgramFile(
      "long-value", "Email,City\na@d.test,\(String(repeating: "x", count: 300))\n",
      .people([], failed: ["city: longer than 191 characters"])),
    ProgramFile(
      "pipes", "Email|City\na@d.test|Rome\n", ["a@d.test; city=Rome"]),
    ProgramFile(
      "single-quotes", "'Email','City'\n'a@d.test','L''Aquila'\n", ["a@d.test; city=L'Aquila"]),
    ProgramFile(
      "backslash-quotes", "\"Email\",\"Company\"\n\"a@d.test\",\"Maple \\\"Leaf\\\"\"\n",
      ["a@d.test; company=Maple \"Leaf\""]),
  ]
}
