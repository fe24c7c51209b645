/// A list of synthetic contacts as CSV, as long as wanted and the same for the same arguments.
///
/// As in real lists: quoted commas, doubled quotes, line breaks inside a cell, names in many
/// scripts, upper and lower case and blanks around e-mails, empty cells, several forms of dates,
/// repeated e-mails, and rows that cannot be imported.
///
/// ```swift
/// var list = ContactList(rows: 1_000_000, seed: 7)
/// while let line = list.next() { output.write(line) }   // the header first
/// print(list.summary)
/// ```
package struct ContactList: Sequence, IteratorProtocol {
  /// The names in the header.
  package static let columns = [
    "Email", "First Name", "Last Name", "Company", "Position", "Phone", "Mobile", "Address",
    "City", "State", "Zip", "Country", "Website", "Points", "Plan", "Interests", "Birthday",
    "Last Order", "Newsletter", "Tags", "Notes",
  ]

  /// The columns that a new system has fields for, and the alias of each.
  package static let mapping: [(column: String, field: String)] = [
    ("Email", "email"), ("First Name", "firstname"), ("Last Name", "lastname"),
    ("Company", "company"), ("Position", "position"), ("Phone", "phone"), ("Mobile", "mobile"),
    ("Address", "address1"), ("City", "city"), ("State", "state"), ("Zip", "zipcode"),
    ("Country", "country"), ("Website", "website"), ("Points", "points"), ("Tags", "tags"),
  ]

  /// The counts of the rows of a list.
  package struct Summary: Sendable, Codable, Equatable {
    /// Data rows in all.
    package var rows = 0
    /// Rows with an e-mail that no earlier row has.
    package var new = 0
    /// Rows that repeat an earlier row's e-mail in other case.
    package var duplicate = 0
    /// Rows with one fault, by the fault.
    package var bad: [String: Int] = [:]
  }

  private enum Flaw: String, CaseIterable {
    case missingCell = "missing cell"
    case extraCell = "extra cell"
    case email
    case country
    case number
    case date
    case noEmail = "no email"
  }

  /// The counts of the rows returned so far.
  package private(set) var summary = Summary()

  private let rows: Int
  private let duplicates: Double
  private let bad: Double
  private let plain: Bool
  private var random: SeededRandom
  private var headerWritten = false
  private var seen: [String] = []

  /// A list of `rows` contacts after a header.
  ///
  /// - Parameters:
  ///   - rows: data rows.
  ///   - seed: lists with the same arguments are equal.
  ///   - duplicates: percent of rows that repeat an earlier e-mail with changed cells.
  ///   - bad: percent of rows with one fault.
  ///   - plain: leaves out repeated e-mails, bad rows, odd case, line breaks and odd dates.
  package init(
    rows: Int, seed: UInt64 = 1, duplicates: Double = 2, bad: Double = 0.5, plain: Bool = false
  ) {
    self.rows = rows
    self.duplicates = plain ? 0 : duplicates
    self.bad = plain ? 0 : bad
    self.plain = plain
    random = SeededRandom(seed: seed)
  }

  /// The next line, with its line end: the header, then a row at a time.
  package mutating func next() -> String? {
    guard headerWritten else {
      headerWritten = true
      return Self.line(Self.columns)
    }
    guard summary.rows < rows else { return nil }
    var cells = row(summary.rows)
    let kind = random.chance(duplicates) ? 0 : random.chance(bad) ? 1 : 2
    if kind == 0, !seen.isEmpty {
      cells[0] = Self.swapCase(random.pick(seen))
      summary.duplicate += 1
    } else if kind == 1 {
      spoil(&cells)
    } else {
      summary.new += 1
      if seen.count < 10_000 { seen.append(cells[0].filter { $0 != " " }) }
    }
    summary.rows += 1
    return Self.line(cells)
  }

  private mutating func row(_ number: Int) -> [String] {
    let place = random.pick(Vocabulary.places)
    let domain = random.pick(Vocabulary.domains)
    let year = 1946 + random.below(62)
    let month = 1 + random.below(12)
    let day = 1 + random.below(28)
    var cells = [
      "user\(number).\(random.below(10_000))@\(domain)",
      random.pick(Vocabulary.firstNames), random.pick(Vocabulary.lastNames),
      random.chance(60) ? random.pick(Vocabulary.companies) : "",
      random.pick(Vocabulary.positions),
      "+1 504-\(100 + random.below(900))-\(1000 + random.below(9000))",
      random.chance(50) ? "" : "+49 170 \(1_000_000 + random.below(9_000_000))",
      "\(1 + random.below(9998)) Main St, #\(1 + random.below(98))",
      place.city, place.state, place.zip, place.country,
      random.chance(30) ? "https://\(random.pick(Vocabulary.domains))/\(number)" : "",
      "\(random.below(200))", random.pick(Vocabulary.plans),
      some(of: Vocabulary.interests, atMost: 3).joined(separator: "|"),
      random.chance(70) ? Self.date(year, month, day) : "",
      random.chance(60)
        ? Self.date(2024 + random.below(2), 1 + random.below(12), 1 + random.below(28))
          + " 13:45:00" : "",
      random.pick(["1", "0", "yes", "no", ""]),
      some(of: Vocabulary.tags, atMost: 2).joined(separator: "|"), "",
    ]
    if !plain {
      if random.chance(5) { cells[0] = " \(cells[0].uppercased()) " }
      if random.chance(3) { cells[20] = "said \"call me\",\nthen hung up" }
      if random.chance(2), !cells[16].isEmpty {
        cells[16] = "\(Self.padded(day))/\(Self.padded(month))/\(year)"
      }
    }
    return cells
  }

  private mutating func spoil(_ cells: inout [String]) {
    let flaw = random.pick(Flaw.allCases)
    switch flaw {
    case .missingCell: cells.removeLast(6)
    case .extraCell: cells.append("surplus")
    case .email:
      cells[0] = random.pick([
        "not-an-email", "a@", "@b.example", "a b@example.com", "x@@example.com",
      ])
    case .country: cells[11] = "Atlantis"
    case .number: cells[13] = "many"
    case .date: cells[16] = "2026-02-30"
    case .noEmail: cells[0] = ""
    }
    summary.bad[flaw.rawValue, default: 0] += 1
  }

  private mutating func some(of words: [String], atMost most: Int) -> [String] {
    Array(words.shuffled(using: &random).prefix(random.below(most + 1)))
  }

  private static func swapCase(_ text: String) -> String {
    String(text.map { $0.isUppercase ? Character($0.lowercased()) : Character($0.uppercased()) })
  }

  private static func date(_ year: Int, _ month: Int, _ day: Int) -> String {
    "\(year)-\(padded(month))-\(padded(day))"
  }

  private static func padded(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  private static func line(_ cells: [String]) -> String {
    cells.map(quoted).joined(separator: ",") + "\n"
  }

  /// Quoted as RFC 4180 asks, where it asks.
  private static func quoted(_ cell: String) -> String {
    guard cell.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else {
      return cell
    }
    var quoted = "\""
    for scalar in cell.unicodeScalars {
      if scalar == "\"" { quoted.unicodeScalars.append("\"") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
