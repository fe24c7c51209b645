import Foundation
import Primitives

/// The parameters that carry serialized data in base64.
enum Base64Data {
  /// The maximum number of bytes of the text.
  static let length = PHPSerialized.limit / 3 * 4 + 4

  /// Returns the value of `d` or `ct`; nil if it cannot be decoded. A plus sign that a form turned into a blank is one
  /// again.
  static func read(_ text: String) -> JSONValue? {
    guard text.utf8.count <= length else { return nil }
    let plain = text.replacing(" ", with: "+").replacing("-", with: "+").replacing("_", with: "/")
    let short = plain.utf8.count % 4
    let padded =
      short == 0 || plain.hasSuffix("=") ? plain : plain + String(repeating: "=", count: 4 - short)
    guard let data = Data(base64Encoded: padded) else { return nil }
    return PHPSerialized.read(Array(data))
  }
}
