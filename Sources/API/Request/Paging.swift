/// Which rows of a list are wanted (API page, section 6).
struct Paging: Sendable, Equatable {
  /// No list is read from further on, whatever a client asks for: sums with it never overflow.
  static let furthestStart = Int(Int32.max)

  /// Rows to skip.
  var start: Int
  /// The most rows to return.
  var limit: Int

  /// Reads `start` and `limit`. Without a limit 30, or what is standard for the list; 0 and more than the
  /// cap mean the cap, so that nobody can ask for a list that does not fit.
  init(_ query: JSONValue, cap: Int, standard: Int = 30) {
    start = min(max(0, query["start"]?.integer ?? 0), Self.furthestStart)
    let wanted = query["limit"].map { $0.integer ?? standard } ?? standard
    limit = wanted <= 0 ? cap : min(wanted, cap)
  }
}
