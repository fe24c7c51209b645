import Imports

/// The receiver of files: the database itself, or the HTTP API.
protocol ImportDesk {
  /// The id of the user with a name.
  func user(_ name: String?) async throws -> Int64?

  /// The id of the segment with an alias.
  func segment(_ alias: String?) async throws -> Int64?

  /// Submits the file; the import then waits for a worker. If it is refused, nothing remains.
  func submit(_ source: FileSource, _ options: ImportOptions) async throws -> ImportSummary

  /// The state of the import.
  func summary(_ id: Int64) async throws -> ImportSummary

  /// The first rows that were left out, and their number.
  func failures(_ id: Int64, limit: Int) async throws -> (total: Int, rows: [FailedRow])

  /// The first rows with warnings, and their number.
  func warnings(_ id: Int64, limit: Int) async throws -> (total: Int, rows: [WarnedRow])

  /// Asks for an import to be undone.
  func undo(_ id: Int64) async throws

  /// How far the undoing of an import has come; nil if nobody asked for it.
  func undoing(_ id: Int64) async throws -> UndoneImport?
}

/// The undoing of an import as the command line shows it.
struct UndoneImport: Codable, Equatable {
  /// The import.
  let id: Int64
  /// The contacts removed.
  let removed: Int
  /// The contacts kept, because something happened to them since.
  let kept: Int
  /// Whether all contacts have been looked at.
  let ended: Bool

  /// The line for people.
  var line: String {
    "import \(id) \(ended ? "undone" : "is being undone"): \(removed) contacts removed, "
      + "\(kept) kept, because something happened to them since"
  }
}

/// A row that was imported, but not quite as it was written.
struct WarnedRow: Decodable {
  let line: Int
  let warning: String
}

/// A row that was left out.
struct FailedRow: Decodable {
  let line: Int
  let error: String
}
