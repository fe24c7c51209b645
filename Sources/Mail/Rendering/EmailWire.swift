import Foundation
import Primitives

/// Converts addresses to their wire form.
enum EmailWire {
  /// Returns an address with its domain in the ASCII form, which every server accepts; nil if there is no such
  /// domain. The local part is unchanged: beyond ASCII it needs a server with SMTPUTF8.
  static func address(_ text: String) -> String? {
    guard EmailAddress.isValid(text) else { return nil }
    guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
    let domain = text[text.utf8.index(after: at)...]
    guard domain.utf8.contains(where: { $0 >= 0x80 }) else { return text }
    guard let name = URLComponents(string: "http://\(domain)/")?.encodedHost,
      name.utf8.allSatisfy({ $0 < 0x80 })
    else { return nil }
    let address = "\(text[...at])\(name)"
    return EmailAddress.isValid(address) ? address : nil
  }
}
