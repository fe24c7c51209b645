import CSV
import Testing

@Suite struct SnifferTests {
  func sniff(
    _ text: String, isWhole: Bool = true, _ adjust: (inout Sniffer) -> Void = { _ in }
  ) throws(CSVError) -> (format: CSVFormat, header: CSVHeader, start: TableStart) {
    var sniffer = Sniffer()
    adjust(&sniffer)
    return try sniffer.sniff(Array(text.utf8), isWhole: isWhole)
  }

  @Test(arguments: [",", ";", "\t", "|"])
  func theDelimiterIsTold(_ mark: String) throws {
    let text = """
      Name,Note,E-Mail
      "Doe, John; Jr.",likes | and ; a lot,john@example.com
      Ada,"1,5; 2,5",ada@example.com
      """.replacing(delimiter: mark)
    let sniffed = try sniff(text)
    #expect(try sniffed.format.dialect == CSVDialect(delimiter: mark))
    #expect(sniffed.format.hasHeader)
    #expect(sniffed.header.names == ["Name", "Note", "E-Mail"])
  }

  @Test func aCommaInsideValuesIsNoDelimiter() throws {
    let sniffed = try sniff("name;amount;share\nA;1,5;2,5\nB;3,5;4,5\n")
    #expect(sniffed.format.dialect.delimiter == UInt8(ascii: ";"))
    let noHeader = try sniff("1,5;2,5\n3,5;4,5\n")
    #expect(noHeader.format.dialect.delimiter == UInt8(ascii: ";"))
  }

  @Test func tagsSplitByABarAreNoColumns() throws {
    let sniffed = try sniff("email,tags\na@x.org,a|b\nb@x.org,c|d\n")
    #expect(sniffed.format.dialect == .standard)
  }

  @Test func oneColumnIsReadWithCommas() throws {
    let sniffed = try sniff("email\na@example.com\nb@example.com\n")
    #expect(sniffed.format.dialect == .standard)
    #expect(sniffed.header.names == ["email"])
  }

  @Test func raggedRowsDoNotHideTheDelimiter() throws {
    let sniffed = try sniff("a;b;c;d\n1;2;3\n\n1;2;3;4;5\n1;2;3;4\n")
    #expect(sniffed.format.dialect.delimiter == UInt8(ascii: ";"))
  }

  @Test func apostrophesAreQuotesOnlyWhereMostValuesStandInThem() throws {
    #expect(
      try sniff("'name','note'\n'A','b, c'\n'D','e'\n").format.dialect.quote
        == UInt8(ascii: "'"))
    #expect(
      try sniff("'t Hooft,name\nO'Neil,x\nD'Angelo,y\n").format.dialect.quote
        == UInt8(ascii: "\""))
  }

  @Test func aBackslashIsAnEscapeOnlyWhereTheFileMakesSenseSo() throws {
    let escaped = #"name,said"# + "\n" + #"A,"say \"hi, all\" now""# + "\n"
    #expect(try sniff(escaped).format.dialect.escape == UInt8(ascii: "\\"))
    let path = #"name,path"# + "\n" + #"A,"C:\""# + "\n" + #"B,"D:\x\""# + "\n"
    #expect(try sniff(path).format.dialect.escape == nil)
    #expect(try sniff(escaped) { $0.escape = .none }.format.dialect.escape == nil)
  }

  @Test(arguments: [
    ("email,name\na@x.org,A\n", true), ("Spalte A,Spalte B\nx,y\n", true),
    ("a@x.org,Ada\nb@x.org,Bo\n", false), ("Ada,1815-12-10\nBo,1900-01-01\n", false),
    ("1,2,3\n4,5,6\n", false), ("2023,2024\nx,y\n", true), ("https://a.example,x\n", false),
    ("name\n", true), ("17,4\n", false),
    ("Ada,Lovelace\nGrace,Hopper\n", true), ("h1@hl.test\nh2@hl.test\n", false),
    ("Ann,Company,a@x.org\nBo,Firma,b@x.org\n", false),
    ("email,https://a.example\na@x.org,x\n", true),
  ])
  func aHeaderIsTold(text: String, hasHeader: Bool) throws {
    #expect(try sniff(text).format.hasHeader == hasHeader)
    #expect(try sniff(text) { $0.hasHeader = true }.format.hasHeader)
    #expect(try !sniff(text) { $0.hasHeader = false }.format.hasHeader)
  }

  @Test func columnsWithoutAHeaderAreNumbered() throws {
    let sniffed = try sniff("a@x.org,Ada,1\nb@x.org,Bo,2\n")
    #expect(sniffed.header.names == ["column_1", "column_2", "column_3"])
  }

  @Test func whatIsGivenIsNotGuessed() throws {
    let sniffed = try sniff("a;b,c\nd;e,f\n") {
      $0.delimiter = UInt8(ascii: ",")
      $0.escape = .exactly(UInt8(ascii: "\\"))
    }
    #expect(sniffed.header.names == ["a;b", "c"])
    #expect(sniffed.format.dialect.escape == UInt8(ascii: "\\"))
    #expect(throws: CSVError.self) { try sniff("a,b\n") { $0.delimiter = UInt8(ascii: "\"") } }
  }

  @Test func aLineForSpreadsheetsNamesTheDelimiter() throws {
    let sniffed = try sniff("sep=|\r\nname,x|email\r\nA|a@x.org\r\n")
    #expect(sniffed.format.dialect.delimiter == UInt8(ascii: "|"))
    #expect(sniffed.start.line == 2)
    #expect(sniffed.header.names == ["name,x", "email"])
  }

  @Test(arguments: [
    "\"sep=;\"", "SEP=;", "Sep=;", "\u{FEFF}sep=;", "\u{200B}\"sep=;\"", "sep=;;;;", "\"sep=;\";;",
  ])
  func theLineForSpreadsheetsIsKnownInAllItsForms(line: String) throws {
    let sniffed = try sniff("\(line)\r\nname,x;email\r\nA;a@x.org\r\n")
    #expect(sniffed.format.dialect.delimiter == UInt8(ascii: ";"))
    #expect(sniffed.header.names == ["name,x", "email"])
  }

  @Test(arguments: ["sep=;x", "\"sep=;\"x", "separator;email", "sep;email"])
  func otherFirstLinesAreTheHeader(line: String) throws {
    #expect(try sniff("\(line)\na;b\n").start.line == 1)
  }

  @Test(arguments: [
    "\u{200B}", "\u{FEFF}\u{FEFF}", "\u{FEFF}\u{FEFF}\u{FEFF}", "\u{EF}\u{BB}\u{BF}",
    "\u{2060}\u{A0}",
  ])
  func marksBeforeTheFirstNameAreTakenOff(mark: String) throws {
    let sniffed = try sniff("\(mark)\"email, best\",name\na@x.org,A\n")
    #expect(sniffed.header.names == ["email, best", "name"])
  }

  @Test(arguments: [
    ",,\nemail,firstname,city\na@x.org,A,B\n", " , ,\n\n;\u{A0};\nemail,firstname,city\n",
    "\t\t\n\nemail\tfirstname\tcity\na@x.org\tA\tB\n",
  ])
  func emptyCellsBeforeTheHeaderArePassedOver(text: String) throws {
    let text = text.replacing(";\u{A0};", with: ",\u{A0},")
    #expect(try sniff(text).header.names == ["email", "firstname", "city"])
    #expect(try sniff(text) { $0.hasHeader = true }.header.names == ["email", "firstname", "city"])
  }

  @Test("The table begins where it is said to")
  func firstLine() throws {
    let text = "Report \"2024\nof all; people, here\r\n\remail,name\na@x.org,A\n"
    let sniffed = try sniff(text) { $0.firstLine = 4 }
    #expect(sniffed.header.names == ["email", "name"])
    #expect(sniffed.start.line == 4)
    #expect(try sniff(text) { $0.firstLine = 3 }.header.names == ["email", "name"])
    #expect(throws: CSVError.noSuchLine(9)) { try sniff(text) { $0.firstLine = 9 } }
    let announced = try sniff("sep=;\nTitle, of all\nname,x;email\n") { $0.firstLine = 3 }
    #expect(announced.header.names == ["name,x", "email"])
  }

  @Test func surplusEmptyCellsDoNotHideTheDelimiter() throws {
    let sniffed = try sniff("email;name, first\na@x.org;A, B;;\nb@x.org;C, D;;;\n")
    #expect(sniffed.header.names == ["email", "name, first"])
  }

  @Test func emptyCellsBeyondTheLimitAreNoColumns() throws {
    let header = "email,name" + String(repeating: ",", count: 16_000)
    #expect(try sniff(header + "\na@x.org,A\n").header.names.prefix(3) == ["email", "name", ""])
  }

  @Test func aThousandColumnsAreRead() throws {
    let wide = (1...1000).map { "c\($0)" }.joined(separator: ",")
    #expect(try sniff(wide + "\n1\n").header.names.count == 1000)
  }

  @Test func namesAreTrimmedAndMayBeEmptyButNotAll() throws {
    #expect(try sniff(" name , ,\"e mail \"\nA,b,c\n").header.names == ["name", "", "e mail"])
    #expect(throws: CSVError.noHeader) { try sniff(",,\n , ,\n") { $0.hasHeader = true } }
  }

  @Test(arguments: ["", "\n\n", " \r\n\t\n", "\u{FEFF}", "\u{A0}\n\u{200B}\n"])
  func aFileOfNothingIsEmpty(_ text: String) {
    #expect(throws: CSVError.empty) { try sniff(text) }
  }

  @Test func binaryFilesAreRefusedButOneNulIsTheFaultOfItsRow() throws {
    #expect(throws: CSVError.binary(.zip)) { try sniff("PK\u{3}\u{4}rest") }
    #expect(throws: CSVError.binary(.unknown)) { try sniff("na\0me,email\nA,a@x.org\n") }
    #expect(try sniff("name,email\nA\0da,a@x.org\n").header.names == ["name", "email"])
  }

  @Test func tooManyColumnsAreRefused() throws {
    let wide = (1...10_000).map { "c\($0)" }.joined(separator: ",")
    #expect(throws: CSVError.tooManyColumns(line: 1, limit: 1000)) { try sniff(wide + "\n1\n") }
  }

  @Test func aFirstLineThatDoesNotEndInTheSampleIsRefused() throws {
    let line = String(repeating: "x", count: 2000)
    let error = CSVError.recordTooLong(
      line: 1, limit: Sniffer.sampleBytes, openQuoteLine: nil)
    #expect(throws: error) { try sniff(line, isWhole: false) }
    #expect(try sniff(line).header.names == [line])
  }
}

extension String {
  /// Replaces every comma outside quotes, here every one directly before a letter, quote or digit
  /// and not inside a quoted value, by another delimiter.
  fileprivate func replacing(delimiter: String) -> String {
    var isQuoted = false
    return String(
      flatMap { character -> String in
        if character == "\"" { isQuoted.toggle() }
        return character == "," && !isQuoted ? delimiter : String(character)
      })
  }
}
