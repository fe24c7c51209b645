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

  /// Creates a change; nil if the text is not a valid tag name (CON-40).
  init?(text: String) {
    guard let change = TagName.change(text) else { return nil }
    (name, adds) = (change.name, !change.isRemoval)
  }
}
