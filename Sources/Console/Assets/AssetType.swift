/// The kinds of files that pages load.
enum AssetType: String {
  case js, css, woff2, svg, png, json, txt

  /// The kind that a name's ending tells; nil for another ending, or a name that is no plain one.
  init?(_ name: String) {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 2, !parts.contains(""), !name.contains("/"), let ending = parts.last,
      let type = AssetType(rawValue: String(ending))
    else { return nil }
    self = type
  }

  /// The value of `Content-Type`.
  var contentType: String {
    switch self {
    case .js: "text/javascript; charset=utf-8"
    case .css: "text/css; charset=utf-8"
    case .woff2: "font/woff2"
    case .svg: "image/svg+xml"
    case .png: "image/png"
    case .json: "application/json"
    case .txt: "text/plain; charset=utf-8"
    }
  }

  /// Whether the format itself is packed, so that packing again gains nothing.
  var isPacked: Bool { self == .woff2 || self == .png }
}
