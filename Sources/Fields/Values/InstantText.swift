package import Foundation

/// Instants in requests (api.md 4): in UTC unless they name a zone.
package enum InstantText {
  /// Returns the instant of a text; `nil` if it is invalid.
  package static func parse(_ text: String) -> Date? {
    let parser = FieldParser(type: .datetime, policy: .strict)
    var canonical: [UInt8] = []
    var copy = text
    let outcome = copy.withUTF8 { bytes in
      Result { () throws(FieldProblem) in try parser.parse(bytes, into: &canonical) }
    }
    guard case .success(true) = outcome,
      case .instant(let date)? = FieldValue(
        canonical: String(decoding: canonical, as: UTF8.self), type: .datetime)
    else { return nil }
    return date
  }
}
