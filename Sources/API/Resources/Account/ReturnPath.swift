import Primitives

/// Where a page of this server leads back to. It is written relative to the page, so that it names no other server,
/// whatever it is.
struct ReturnPath: Sendable, Equatable {
  /// Long enough for a request of OAuth with all that it may have.
  private static let maximumBytes = 16_000
  /// The page of the user's account.
  static let account = "/account"

  /// The path, with its query.
  let path: String

  /// A path as it was sent.
  ///
  /// - Parameter home: The path in place of one that is none on this server.
  init(_ given: String?, home: String = account) {
    path = given.flatMap { Self.isPath($0) ? $0 : nil } ?? home
  }

  /// One slash, no second one, which would begin a host, and nothing that browsers take for one.
  private static func isPath(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count <= maximumBytes, bytes.first == UInt8(ascii: "/"),
      bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
    else { return false }
    return bytes.count < 2 || bytes[1] != UInt8(ascii: "/")
  }

  /// The address for a link or a redirection of the pages below `/account/`.
  var relative: String { ".." + path }

  /// The path as a parameter of a query.
  var parameter: String {
    "return=\(PercentCoding.encode(path.utf8, keeping: PercentCoding.unreserved))"
  }
}
