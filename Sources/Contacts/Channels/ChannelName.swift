/// The rule for names of channels, the same wherever one is given (CON-50).
package enum ChannelName {
  /// The name without surrounding blanks and in lower case, or `nil` for one that has other characters than
  /// ASCII letters, digits, `_`, `-` and `.`, or not 1 to 50 of them.
  package static func clean(_ name: String) -> String? {
    let name = name.trimmingBlanks().lowercased()
    let isName = name.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D
        || $0 == 0x2E
    }
    return isName && (1...50).contains(name.utf8.count) ? name : nil
  }
}
