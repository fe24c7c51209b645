package import Primitives

/// The form in which values of unique identifiers are compared (CON-62 [P]): without surrounding
/// blanks and with ASCII letters in lower case.
///
/// The database computes the same for a stored value by ``Field/identityExpression``.
package enum IdentityKey {
  /// Returns the key of a value.
  package static func of(_ value: String) -> String {
    var copy = value
    return copy.withUTF8 { bytes in
      String(decoding: bytes.trimmed().map(\.lowered), as: UTF8.self)
    }
  }

  /// Appends the key of a value's bytes.
  package static func append(_ value: ValueBytes, to output: inout [UInt8]) {
    for byte in value.trimmed() { output.append(byte.lowered) }
  }
}
