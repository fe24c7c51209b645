import Primitives

/// The names of a file's columns.
package struct CSVHeader: Sendable, Hashable, Codable {
  /// The names as read, trimmed (IMP-06). A column without a name has an empty text and cannot be
  /// mapped.
  package let names: [String]
  /// The names made unique: where names have the same comparable form, every one after the first
  /// gets a number, `name_2`, `name_3` … (IMP-08). Empty names stay.
  package let uniqueNames: [String]
  /// The columns without a value in the first rows, if there are rows.
  package var emptyColumns: Set<Int> = []

  /// Creates a header from names, which are trimmed.
  package init(names: [String]) {
    self.names = names.map { $0.trimmingBlanks() }
    uniqueNames = Self.unique(self.names)
  }

  /// Creates a header from a record.
  package init(
    _ record: CSVPart, dialect: CSVDialect, maximumColumns: Int = CSVLimits.maximumColumns
  ) {
    var parser = CSVParser(record, dialect: dialect, maximumFields: maximumColumns)
    self.init(names: parser.next() ? parser.values : [])
  }

  /// Creates names for the columns of a file without a header: `column_1`, `column_2` …
  package init(unnamedColumns count: Int) {
    self.init(names: (0..<max(0, count)).map { "column_\($0 + 1)" })
  }

  /// Returns the columns that are empty in all of these rows; none if there are no rows.
  package static func emptyColumns(
    of count: Int, in rows: some Sequence<[String]>
  ) -> Set<Int> {
    var empty = Set(0..<count)
    var hasRows = false
    for row in rows {
      hasRows = true
      for (index, value) in row.enumerated() where empty.contains(index) {
        if !value.trimmingBlanks().isEmpty { empty.remove(index) }
      }
    }
    return hasRows ? empty : []
  }

  /// Returns the form in which names are compared: lower case, with every run of other characters
  /// than letters and digits as one `_` (IMP-06).
  package static func comparableName(_ name: String) -> String {
    var result = ""
    var isInRun = false
    for character in name.lowercased() {
      if character.isLetter || character.isNumber {
        result.append(character)
        isInRun = false
      } else if !isInRun {
        result.append("_")
        isInRun = true
      }
    }
    return result
  }

  private static func unique(_ names: [String]) -> [String] {
    // Names from the file stay as they are, so a generated name must not equal one of them.
    var taken = Set(names.map(comparableName))
    var seen: Set<String> = []
    return names.map { name in
      guard !name.isEmpty, !seen.insert(comparableName(name)).inserted else { return name }
      var number = 2
      while !taken.insert(comparableName("\(name)_\(number)")).inserted { number += 1 }
      return "\(name)_\(number)"
    }
  }
}
