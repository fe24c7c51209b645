package import Foundation

/// Instants as they are sent (api.md 4): without a zone they are UTC.
package enum InstantText {
  /// The instant of a text; `nil` if it is not valid.
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
