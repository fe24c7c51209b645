/// A file as a program or a person writes it, with made-up people, and what becomes of it without any option.
///
/// Every `@d.test` in it stands for a domain of its own, so that files do not meet in each other's contacts.
struct ProgramFile: Sendable, CustomStringConvertible {
  /// What a person expects of the first guess.
  enum Outcome: Sendable {
    /// These contacts, each as its address and the fields that are filled, in the order of the file; with what else
    /// has to be said: the reasons of rows that fail, warnings, remarks (a part of each).
    case people([String], failed: [String] = [], warned: [String] = [], remarks: [String] = [])
    /// A question or refusal that holds all of these words.
    case question([String])
  }

  let name: String
  let bytes: [UInt8]
  let outcome: Outcome

  var description: String { name }

  init(_ name: String, _ bytes: [UInt8], _ outcome: Outcome) {
    (self.name, self.bytes, self.outcome) = (name, bytes, outcome)
  }

  init(_ name: String, _ text: String, _ outcome: Outcome) {
    self.init(name, Array(text.replacing("@d.test", with: "@\(name).test").utf8), outcome)
  }

  /// A file of contacts alone.
  init(_ name: String, _ text: String, _ people: [String]) {
    self.init(name, text, .people(people))
  }

  /// The contacts of the outcome, with the domain of this file.
  func people(_ people: [String]) -> [String] {
    people.map { $0.replacing("@d.test", with: "@\(name).test") }
  }
}

/// The ways in which programs and editors write one table.
enum Writing: String, CaseIterable, Sendable {
  case plain, marked, semicolons, tabs, carriage, padded, invisible, announced

  /// Writes a table; the delimiter of `text` is the comma and its quote `"`.
  func write(_ records: [[String]]) -> [UInt8] {
    switch self {
    case .plain: return bytes(records, ",", "\n")
    case .marked: return [0xEF, 0xBB, 0xBF] + bytes(records, ",", "\r\n", quotesAll: true)
    case .semicolons: return bytes(records, ";", "\r\n")
    case .tabs: return Array(bytes(records, "\t", "\n").dropLast())
    case .carriage: return bytes(records, ",", "\r")
    case .padded:
      // Blank lines, lines of delimiters, and cells behind the last column.
      let wide = records.map { $0 + ["", ""] }
      let empty = [String](repeating: "", count: (records.first?.count ?? 0) + 2)
      return bytes([empty] + wide.prefix(1) + wide.dropFirst(), ",", "\n") + Array("\n".utf8)
    case .invisible:
      let blanked = records.map { $0.map { $0.isEmpty ? $0 : "\u{A0}\($0)\u{200B} " } }
      return bytes(blanked, ",", "\n")
    case .announced: return Array("sep=;\r\n".utf8) + bytes(records, ";", "\r\n")
    }
  }

  /// The rows that are listed as failed although nothing is wrong with them: lines without values.
  var emptyRows: Int { self == .padded ? 1 : 0 }

  private func bytes(
    _ records: [[String]], _ delimiter: Character, _ end: String, quotesAll: Bool = false
  ) -> [UInt8] {
    let lines = records.map { record in
      record.map { value in
        let needs =
          quotesAll || value.contains { $0 == delimiter || $0 == "\"" || $0.isNewline }
        return needs ? "\"" + value.replacing("\"", with: "\"\"") + "\"" : value
      }.joined(separator: String(delimiter)) + end
    }
    return Array(lines.joined().utf8)
  }
}
