import CSV
import Primitives

/// Finds the columns of a file by name.
struct ImportColumns {
  /// The name of each column; empty if the header has none, in which case the column cannot be
  /// mapped (IMP-06).
  let names: [String]

  init(headers: [String]) { names = CSVHeader(names: headers).uniqueNames }

  /// Returns the column with this exact name, otherwise the one with the same comparable name.
  func index(of name: String) -> Int? {
    let trimmed = name.trimmingBlanks()
    guard !trimmed.isEmpty else { return nil }
    if let index = names.firstIndex(of: trimmed) { return index }
    let comparable = CSVHeader.comparableName(trimmed)
    return names.firstIndex { !$0.isEmpty && CSVHeader.comparableName($0) == comparable }
  }
}
