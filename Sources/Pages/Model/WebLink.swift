/// Addresses that contacts' values begin.
enum WebLink {
  /// Whether an address may stand in a link: a web address, one within the site, or a way to write or call. Browsers take
  /// `javascript:` and others for code.
  static func isHarmless(_ address: String) -> Bool {
    let start = address.prefix { !"/?#".contains($0) }
    guard let colon = start.firstIndex(of: ":") else { return true }
    return ["http", "https", "mailto", "tel"].contains(start[..<colon].lowercased())
  }
}
