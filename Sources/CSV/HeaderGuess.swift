import Primitives

/// Guesses whether the first record of a file names the columns.
///
/// 1. With an e-mail address it is not a header.
/// 2. With a name that is usual in contact lists (`email`, `First Name`, …) it is one.
/// 3. With a web address or a date it is not.
/// 4. Otherwise each column votes. Text above values that are all numbers, addresses or dates is a
///    vote for a header; a number above numbers is a vote against. Without a majority against, it
///    is a header, because nearly all files have one.
enum HeaderGuess {
  private static let usualNames: Set<String> = [
    "id", "email", "e_mail", "mail", "email_address", "e_mail_address", "firstname", "first_name",
    "lastname", "last_name", "surname", "name", "full_name", "company", "phone", "mobile", "city",
    "country", "address", "zip", "zipcode", "tags", "vorname", "nachname", "telefon", "firma",
    "ort", "nom", "prénom", "prenom", "correo", "nombre", "apellido", "apellidos", "cognome",
  ]

  /// Whether a name is usual for a column of a list of people.
  static func isUsual(_ name: String) -> Bool {
    usualNames.contains(CSVHeader.comparableName(name)) || meansAddress(name)
  }

  /// Whether a name means an e-mail address: `E-mail 1 - Value`, `Adresse e-mail`.
  static func meansAddress(_ name: String) -> Bool {
    name.utf8.count <= 40 && addressNames.contains(name.lowercased().filter(\.isLetter))
  }

  private static let addressNames: Set<String> = [
    "email", "mail", "emailaddress", "emailadresse", "mailadresse", "adresseemail", "adressemail",
    "emailvalue", "emailadres", "primaryemail", "workemail", "correo", "correoelectrónico",
    "correoelectronico", "courriel", "indirizzoemail",
  ]

  static func isHeader(_ first: [String], before rows: ArraySlice<[String]>) -> Bool {
    let kinds = first.map(Kind.init)
    if kinds.contains(.address) { return false }
    if first.contains(where: { usualNames.contains(CSVHeader.comparableName($0.trimmingBlanks())) })
    {
      return true
    }
    if kinds.contains(where: { $0 == .link || $0 == .date }) { return false }
    var votes = 0
    for (column, kind) in kinds.enumerated() where kind != .empty {
      let below = rows.compactMap { $0.indices.contains(column) ? Kind($0[column]) : nil }
        .filter { $0 != .empty }
      guard !below.isEmpty else { continue }
      if kind == .text, below.allSatisfy({ $0 != .text }) { votes += 1 }
      if kind == .number, below.allSatisfy({ $0 == .number }) { votes -= 1 }
    }
    // A single record of only numbers is not a header.
    if rows.isEmpty { return !kinds.allSatisfy { $0 == .number || $0 == .empty } }
    return votes >= 0
  }

  /// The apparent kind of a value.
  private enum Kind {
    case empty, text, number, date, address, link

    init(_ raw: String) {
      let text = raw.trimmingBlanks()
      let digits = text.utf8.count { $0 >= 0x30 && $0 <= 0x39 }
      if text.isEmpty {
        self = .empty
      } else if Self.isAddress(text) {
        self = .address
      } else if text.hasPrefix("http://") || text.hasPrefix("https://") {
        self = .link
      } else if digits >= 6, Self.separators(text) == 2 {
        self = .date
      } else if digits > 0, text.utf8.allSatisfy({ Self.numeric.contains($0) }) {
        self = .number
      } else {
        self = .text
      }
    }

    private static let numeric = Set("0123456789+-.,()/ %'".utf8)

    private static func isAddress(_ text: String) -> Bool {
      guard let at = text.firstIndex(of: "@"), at != text.startIndex else { return false }
      let domain = text[text.index(after: at)...]
      return !text.contains(" ") && domain.contains(".") && !domain.contains("@")
    }

    /// Returns how many times the separator of a date occurs before its time; 0 if it is not a
    /// date.
    private static func separators(_ text: String) -> Int {
      let day = text.prefix { $0 != " " && $0 != "T" }
      guard let mark = day.first(where: { !$0.isNumber }), "-/.".contains(mark),
        day.allSatisfy({ $0.isNumber || $0 == mark })
      else { return 0 }
      return day.count { $0 == mark }
    }
  }
}
