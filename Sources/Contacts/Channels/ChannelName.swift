/// The rule for names of channels (CON-50).
package enum ChannelName {
  /// Returns the trimmed name in lower case, or `nil` if it does not consist of 1 to 50 ASCII
  /// letters, digits, `_`, `-` and `.`.
  package static func clean(_ name: String) -> String? {
    let name = name.trimmingBlanks().lowercased()
    let isName = name.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D
        || $0 == 0x2E
    }
    return isName && (1...50).contains(name.utf8.count) ? name : nil
  }
}
