import Foundation

// The forms of values. Each check returns the value as it will be used, or nil.
extension ProcessConfiguration {
  static func nonBlank(_ text: String) -> String? { text.isEmpty ? nil : text }

  static func scheme(_ schemes: String...) -> (String) -> String? {
    { text in schemes.contains { text.hasPrefix("\($0)://") } ? text : nil }
  }

  static func databaseURL(_ text: String) -> String? {
    if scheme("postgres", "postgresql")(text) != nil { return text }
    return !text.contains("://") && text.contains("=") ? text : nil
  }

  static func mailTransport(_ text: String) -> String? {
    if text.hasPrefix("maildir:"), text.utf8.count > "maildir:".utf8.count { return text }
    return scheme("smtp", "smtps")(text)
  }

  static func clientSecret(_ text: String) -> String? {
    (1...1000).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
      ? text : nil
  }

  static func siteURL(_ text: String) -> String? {
    guard let url = URL(string: text), url.scheme == "http" || url.scheme == "https",
      let host = url.host, !host.isEmpty
    else { return nil }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// Names that stand inside Redis keys: braces and colons have a meaning there.
  static func prefix(_ text: String) -> String? {
    let allowed = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return allowed && (1...64).contains(text.utf8.count) ? text : nil
  }

  /// Names in the environment that begin with `MARTLET_` and are unknown.
  ///
  /// They warn rather than fail: a container platform adds variables of its own for a service
  /// called `martlet` (those are passed over), and an older version must start with newer ones.
  static func unknown(_ environment: [String: String]) -> [ConfigurationProblem] {
    environment.filter { name, value in
      name.hasPrefix("MARTLET_") && !known.contains(name) && !isServiceLink(name, value)
        // The test suite's own, which the processes it starts inherit.
        && !name.hasPrefix("MARTLET_TEST_")
    }.keys.sorted().map(unknown(name:))
  }

  static func unknown(name: String) -> ConfigurationProblem {
    let hint = Variable.nearest(to: name).map { "; did you mean \($0)?" } ?? ""
    return ConfigurationProblem(name, "is not a variable of Martlet\(hint)")
  }

  static let known = Set(Variable.all.map(\.name))

  /// Kubernetes' `…_SERVICE_HOST`, `…_SERVICE_PORT…`, `…_PORT` and `…_PORT_80_TCP…`.
  private static func isServiceLink(_ name: String, _ value: String) -> Bool {
    name.hasSuffix("_SERVICE_HOST") || name.contains("_SERVICE_PORT")
      || (name.contains("_PORT_") && (name.contains("_TCP") || name.contains("_UDP")))
      || (name.hasSuffix("_PORT") && value.contains("://"))
  }
}
