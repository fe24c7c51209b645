package import Primitives

/// The form of a unique identifier's value under which two values are the same (CON-62 [P]): without
/// surrounding blanks and with ASCII letters in lower case.
///
/// The database computes the same from a stored value by ``Field/identityExpression``.
package enum IdentityKey {
  /// The key of a value.
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
