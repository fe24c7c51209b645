import Foundation

/// Where messages are handed over by SMTP, from a URL such as
/// `smtp://user:password@mail.example.com:587?tls=starttls`.
package struct SMTPServer: Sendable, Equatable {
  /// How the connection is secured.
  package enum Security: String, Sendable {
    /// From the first byte (`smtps://`).
    case implicit
    /// After STARTTLS, or not at all.
    case starttls
    /// After STARTTLS where the server offers it.
    case offered = "try"
    /// Never.
    case none
  }

  /// The server's name or address.
  package var host: String
  package var port: Int
  /// How the connection is secured.
  package var security: Security
  /// The name to log in with; nil without a login.
  package var user: String?
  package var password: String?
  /// The name by which this side says hello; nil for the machine's own.
  package var hello: String?

  /// Reads a URL; nil where it is none of SMTP.
  package init?(url: String) {
    guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
      parts.path.isEmpty || parts.path == "/"
    else { return nil }
    var security = Security.offered
    for item in parts.queryItems ?? [] {
      switch item.name {
      case "tls":
        guard let value = item.value, let known = Security(rawValue: value), known != .implicit
        else { return nil }
        security = known
      case "hello":
        guard let value = item.value, !value.isEmpty,
          value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F })
        else { return nil }
        hello = value
      default: return nil
      }
    }
    switch parts.scheme?.lowercased() {
    case "smtp": self.security = security
    case "smtps": self.security = .implicit
    default: return nil
    }
    self.host = host
    port = parts.port ?? (self.security == .implicit ? 465 : 25)
    user = parts.user
    password = parts.password
    guard (1...65_535).contains(port), !(user ?? "").hasControls, !(password ?? "").hasControls
    else { return nil }
  }

  /// The URL that libcurl takes; it holds no login.
  var address: String {
    let path = hello.map { "/\($0)" } ?? ""
    let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    return "\(security == .implicit ? "smtps" : "smtp")://\(name):\(port)\(path)"
  }
}

extension String {
  fileprivate var hasControls: Bool { utf8.contains { $0 < 0x20 || $0 == 0x7F } }
}
