/// What one check of `martlet doctor` found.
struct Finding: Encodable {
  /// How bad it is; only a failure changes the exit status.
  enum Level: String, Encodable {
    case ok, warning, failure
  }

  /// What was looked at.
  let check: String
  let level: Level
  /// What was found.
  let found: String
  /// How to mend it; nil where nothing is wrong.
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
