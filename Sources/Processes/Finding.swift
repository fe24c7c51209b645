/// The result of one check of ``Doctor``.
package struct Finding: Encodable, Sendable {
  /// The severity; only a failure changes the exit status.
  package enum Level: String, Encodable, Sendable {
    case ok, warning, failure
  }

  /// The thing checked.
  package let check: String
  package let level: Level
  /// The state found.
  package let found: String
  /// The remedy; nil where nothing is wrong.
  package let mend: String?

  /// Nothing is wrong.
  package static func ok(_ check: String, _ found: String) -> Finding {
    Finding(check: check, level: .ok, found: found, mend: nil)
  }

  /// Something may go wrong.
  package static func warning(_ check: String, _ found: String, mend: String) -> Finding {
    Finding(check: check, level: .warning, found: found, mend: mend)
  }

  /// Something is wrong.
  package static func failure(_ check: String, _ found: String, mend: String) -> Finding {
    Finding(check: check, level: .failure, found: found, mend: mend)
  }
}
