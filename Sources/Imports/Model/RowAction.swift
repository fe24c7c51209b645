/// What a row of an import did to its contact, as `import_log` stores it.
package enum RowAction: Int16, Sendable {
  case inserted = 1
  case updated = 2

  /// The action that people call so: `inserted`, `updated`.
  init?(name: String) {
    switch name {
    case "inserted": self = .inserted
    case "updated": self = .updated
    default: return nil
    }
  }
}
