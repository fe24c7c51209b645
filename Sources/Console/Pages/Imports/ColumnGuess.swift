import API

/// What a column of a file seems to hold, by its first values.
struct ColumnGuess: Sendable {
  /// The kinds of values that are told apart.
  enum Kind: String, Sendable {
    case empty = "Empty"
    case email = "E-mail"
    case number = "Number"
    case date = "Date"
    case truth = "Yes or no"
    case link = "Address"
    case text = "Text"
  }

  let kind: Kind
  /// The share of rows that have a value, in per cent.
  let filled: Int
  /// The first value; empty for none.
  let example: String

  /// - Parameter values: Those of the column in the first rows.
  init(_ values: [String]) {
    let present = values.filter { !$0.allSatisfy(\.isWhitespace) }
    filled = values.isEmpty ? 0 : present.count * 100 / values.count
    example = present.first ?? ""
    kind = Self.kind(of: present)
  }

  private static func kind(of values: [String]) -> Kind {
    guard !values.isEmpty else { return .empty }
    func most(_ holds: (String) -> Bool) -> Bool {
      values.count(where: holds) * 10 >= values.count * 9
    }
    if most(isEmail) { return .email }
    if most(isTruth) { return .truth }
    if most(isDate) { return .date }
    if most(isNumber) { return .number }
    if most({ $0.hasPrefix("http://") || $0.hasPrefix("https://") }) { return .link }
    return .text
  }

  private static func isEmail(_ text: String) -> Bool {
    text.firstMatch(of: /^\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*$/) != nil
  }

  private static func isTruth(_ text: String) -> Bool {
    ["true", "false", "yes", "no", "on", "off", "ja", "nein"].contains(text.lowercased())
  }

  private static func isDate(_ text: String) -> Bool {
    text.firstMatch(
      of: /^\s*(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[.\/]\d{1,2}[.\/](\d{4}|\d{2}))([T ].*)?$/)
      != nil
  }

  /// A number that begins with a nought is a code, such as a postcode.
  private static func isNumber(_ text: String) -> Bool {
    text.firstMatch(
      of: /^\s*[-+]?(0|[1-9][0-9]*|[1-9][0-9]{0,2}([.,' ][0-9]{3})+)([.,][0-9]+)?\s*$/)
      != nil
  }
}

/// The first rows of an import's file, by columns.
struct ImportSample: Sendable {
  /// The columns, in the order of the file; the names are those that a mapping uses.
  let headers: [String]
  let rows: [[String]]
  /// The fields that the columns are mapped to beforehand, by column.
  let suggestions: [String: String]
  let guesses: [ColumnGuess]

  /// - Parameter preview: The API's answer.
  init(_ preview: JSONValue) {
    let names = (preview["columns"]?.elements ?? []).map { $0.text ?? "" }
    let rows = (preview["rows"]?.elements ?? []).map { row in
      (row.elements ?? []).map { $0.text ?? "" }
    }
    let fields = preview["fields"]?.asObject?.members ?? []
    headers = names
    self.rows = rows
    suggestions = Dictionary(
      fields.compactMap { field in field.value.text.map { (field.key, $0) } },
      uniquingKeysWith: { first, _ in first })
    guesses = names.indices.map { place in
      ColumnGuess(rows.map { $0.indices.contains(place) ? $0[place] : "" })
    }
  }
}
