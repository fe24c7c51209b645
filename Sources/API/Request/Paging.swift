/// The requested rows of a list (API page, section 6).
struct Paging: Sendable, Equatable {
  /// No list is read from further on, whatever a client asks for: sums with it never overflow.
  static let furthestStart = Int(Int32.max)

  /// Rows to skip.
  var start: Int
  /// The maximum number of rows to return.
  var limit: Int

  /// Reads `start` and `limit`. The limit defaults to 30, or to the list's own default; 0 and more than the cap mean
  /// the cap, so that no list is too large.
  init(_ query: JSONValue, cap: Int, standard: Int = 30) {
    start = min(max(0, query["start"]?.integer ?? 0), Self.furthestStart)
    let wanted = query["limit"].map { $0.integer ?? standard } ?? standard
    limit = wanted <= 0 ? cap : min(wanted, cap)
  }
}
