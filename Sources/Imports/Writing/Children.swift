import Postgres

/// The related records of the existing contacts that rows match, as far as the import may change
/// them.
///
/// Every writer of these records holds the lock on the contact's row, as this transaction does:
/// what was read stays true until the commit, and only differences have to be written.
struct Children: Sendable {
  struct Link: Sendable, Equatable {
    var company: Int64
    var isPrimary: Bool
    /// The time of addition, in microseconds since 1970.
    var dateAdded: Int64
    var name: String?
  }

  var links: [Int64: [Link]] = [:]
  var tags: [Int64: Set<Int64>] = [:]
  /// The reason of the do-not-contact entry on e-mail.
  var doNotEmail: [Int64: Int] = [:]
}
