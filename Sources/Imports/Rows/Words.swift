import Contacts
import Primitives

/// IP addresses separated by commas.
enum AddressList {
  static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    !parse(String(decoding: text, as: UTF8.self)).contains { $0 == nil }
  }

  /// Returns the addresses in the given order, with nil for invalid ones.
  static func parse(_ text: String) -> [String?] {
    text.split(separator: ",").map { part in
      let address = String(part).trimmingBlanks()
      return IPAddressText.isValid(address) ? address : nil
    }
  }
}

/// A cell of tags: names separated by `|`, a leading `-` removes (CON-42, 43).
struct TagChange: Sendable, Hashable {
  let name: String
  let adds: Bool

  static func parse(cell: String) -> [TagChange] {
    cell.split(separator: "|").compactMap { TagChange(text: String($0)) }
  }

  /// Whether a cell without `|` has marks that separate tags in files of other programs.
  static func looksLikeSeveral(_ cell: UnsafeRawBufferPointer) -> Bool {
    guard !cell.contains(UInt8(ascii: "|")) else { return false }
    if cell.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }) { return true }
    return String(decoding: cell, as: UTF8.self).contains(" ::: ")
  }

  /// Whether a cell has tags in quotes with commas between them, as Mailchimp writes them.
  static func areQuoted(_ cell: UnsafeRawBufferPointer) -> Bool {
    let quote = UInt8(ascii: "\"")
    guard cell.first == quote, cell.last == quote, !cell.contains(UInt8(ascii: "|")) else {
      return false
    }
    let text = String(decoding: cell, as: UTF8.self)
    return text.contains("\",\"") || text.contains("\", \"")
  }

  /// Returns the tags of a cell with another separator than `|`.
  static func names(in cell: String, separator: String) -> [String] {
    cell.split(separator: separator).map { part in
      var name = String(part).trimmingBlanks()
      // Mailchimp puts each tag in quotes.
      if name.count > 1, name.hasPrefix("\""), name.hasSuffix("\"") {
        name = String(name.dropFirst().dropLast())
      }
      // Google marks its own groups by a star.
      return separator.contains(":::") && name.hasPrefix("* ") ? String(name.dropFirst(2)) : name
    }
  }

  /// Creates a change; nil if the text is not a valid tag name (CON-40).
  init?(text: String) {
    guard let change = TagName.change(text) else { return nil }
    (name, adds) = (change.name, !change.isRemoval)
  }
}
