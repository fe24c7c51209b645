import Primitives

/// The parameters in the address of a page.
enum PageQuery {
  /// The most parameters that are read.
  private static let most = 100

  /// Returns the values by name, in lower case; of several the last.
  static func values(of address: String) -> [String: String] {
    guard let mark = address.utf8.firstIndex(of: UInt8(ascii: "?")) else { return [:] }
    let query = address.utf8[address.utf8.index(after: mark)...].prefix { $0 != UInt8(ascii: "#") }
    var values: [String: String] = [:]
    for pair in query.split(separator: UInt8(ascii: "&")).prefix(most) {
      let parts = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = PercentCoding.decode(parts[0], plusIsBlank: true).lowercased()
      let value = parts.count > 1 ? PercentCoding.decode(parts[1], plusIsBlank: true) : ""
      if !name.contains("\0"), !value.contains("\0") { values[name] = value }
    }
    return values
  }
}
