import CSV

/// Finds columns of a file by the names they are mapped with.
struct ImportColumns {
  /// A name for each column; empty where the header names none and nothing can be mapped (IMP-06).
  let names: [String]

  init(headers: [String]) { names = CSVHeader(names: headers).uniqueNames }

  /// The column that is meant by a name: the very name, else the same comparable name.
  func index(of name: String) -> Int? {
    let trimmed = name.trimmingWhitespace()
    guard !trimmed.isEmpty else { return nil }
    if let index = names.firstIndex(of: trimmed) { return index }
    let comparable = CSVHeader.comparableName(trimmed)
    return names.firstIndex { !$0.isEmpty && CSVHeader.comparableName($0) == comparable }
  }
}

extension String {
  /// The text without surrounding white space.
  func trimmingWhitespace() -> String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
