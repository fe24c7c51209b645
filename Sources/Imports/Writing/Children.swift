import Postgres

/// What hangs on the existing contacts that rows mean, as far as the import may change it.
///
/// Whoever changes it holds the lock on the contact's row, as this transaction does: so what was
/// read stays true until the commit, and only differences have to be written.
struct Children: Sendable {
  struct Link: Sendable, Equatable {
    var company: Int64
    var isPrimary: Bool
    /// When it was added, microseconds since 1970.
    var dateAdded: Int64
    var name: String?
  }

  var links: [Int64: [Link]] = [:]
  var tags: [Int64: Set<Int64>] = [:]
  /// Reason of the do-not-contact entry on e-mail.
  var doNotEmail: [Int64: Int] = [:]
}
