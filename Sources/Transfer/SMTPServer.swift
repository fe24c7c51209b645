import Foundation

/// An SMTP server for sending messages, from a URL such as
/// `smtp://user:password@mail.example.com:587?tls=starttls`.
package struct SMTPServer: Sendable, Equatable {
  /// The encryption of the connection.
  package enum Security: String, Sendable {
    /// TLS from the first byte (`smtps://`).
    case implicit
    /// STARTTLS, required.
    case starttls
    /// STARTTLS if the server offers it.
    case offered = "try"
    /// No encryption.
    case none
  }

  /// The server's name or address.
  package var host: String
  package var port: Int
  /// The encryption of the connection.
  package var security: Security
  /// The user name; nil without a login.
  package var user: String?
  package var password: String?
  /// The name in the client's greeting; nil for the machine's own.
  package var hello: String?

  /// Parses a URL; nil if it is not an SMTP one.
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

  /// The URL for libcurl, without the login.
  var address: String {
    let path = hello.map { "/\($0)" } ?? ""
    let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    return "\(security == .implicit ? "smtps" : "smtp")://\(name):\(port)\(path)"
  }
}

extension String {
  fileprivate var hasControls: Bool { utf8.contains { $0 < 0x20 || $0 == 0x7F } }
}
