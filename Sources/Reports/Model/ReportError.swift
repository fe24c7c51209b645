/// A report that cannot be read.
package enum ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The user may not see the rows of its source.
  case forbidden
  /// Too many are being read.
  case busy
  /// It took longer than it may.
  case tooSlow(seconds: Int)

  /// The reason in plain text.
  package var description: String {
    switch self {
    case .forbidden: "the rows of this report are not yours to see"
    case .busy: "too many reports are being read"
    case .tooSlow(let seconds):
      "this takes longer than \(seconds) seconds; ask for fewer days, or add conditions"
    }
  }
}
