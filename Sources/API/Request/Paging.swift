/// The requested rows of a list (API page, section 6).
struct Paging: Sendable, Equatable {
  /// Rows to skip.
  var start: Int
  /// The maximum number of rows to return.
  var limit: Int

  /// Reads `start` and `limit`. The limit defaults to 30, or to the list's own default; 0 and more than the cap mean
  /// the cap, so that no list is too large.
  init(_ query: JSONValue, cap: Int, standard: Int = 30) {
    start = max(0, query["start"]?.integer ?? 0)
    let wanted = query["limit"].map { $0.integer ?? standard } ?? standard
    limit = wanted <= 0 ? cap : min(wanted, cap)
  }
}
