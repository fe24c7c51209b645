/// The effect of an import row on its contact, as stored in `import_log`.
package enum RowAction: Int16, Sendable {
  case inserted = 1
  case updated = 2

  /// Parses a name: `inserted`, `updated`.
  init?(name: String) {
    switch name {
    case "inserted": self = .inserted
    case "updated": self = .updated
    default: return nil
    }
  }
}
