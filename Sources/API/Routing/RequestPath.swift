/// The normalised path of a request.
enum RequestPath: Equatable {
  /// To be routed.
  case path(String)
  /// The same without the slash at its end, to which GET is redirected.
  case trailingSlash(without: String)

  /// Old integrations go through the front controller: `/index.php/api/…` is `/api/…`.
  private static let frontController = "/index.php"

  init(_ raw: String) {
    var path = raw.isEmpty ? "/" : raw
    if path == Self.frontController || path.hasPrefix(Self.frontController + "/") {
      path.removeFirst(Self.frontController.count)
      if path.isEmpty { path = "/" }
    }
    guard path.count > 1, path.hasSuffix("/") else {
      self = .path(path)
      return
    }
    // The redirect keeps the prefix that the client uses. Slashes in front are folded to one:
    // `//host` would send the client to another host.
    var target = Substring(raw)
    while target.hasSuffix("/") { target = target.dropLast() }
    while target.hasPrefix("//") { target = target.dropFirst() }
    self = .trailingSlash(without: target.isEmpty ? "/" : String(target))
  }
}
