/// The result of one check of `martlet doctor`.
struct Finding: Encodable {
  /// The severity; only a failure changes the exit status.
  enum Level: String, Encodable {
    case ok, warning, failure
  }

  /// The thing checked.
  let check: String
  let level: Level
  /// The state found.
  let found: String
  /// The remedy; nil where nothing is wrong.
  let mend: String?

  static func ok(_ check: String, _ found: String) -> Finding {
    Finding(check: check, level: .ok, found: found, mend: nil)
  }

  static func warning(_ check: String, _ found: String, mend: String) -> Finding {
    Finding(check: check, level: .warning, found: found, mend: mend)
  }

  static func failure(_ check: String, _ found: String, mend: String) -> Finding {
    Finding(check: check, level: .failure, found: found, mend: mend)
  }
}
