import Primitives

/// Puts the parameters of a hit together (tracking.md 3): those of the query and the body, then the members of `d`, then
/// those of the page's own address.
package enum PageParameters {
  /// The maximum number of parameters; further ones are passed over.
  static let count = 200
  /// The maximum number of bytes of a value; the rest is cut off.
  static let length = 8 * 1024
  /// The maximum number of bytes of all names and values.
  static let total = 32 * 1024
  /// The names that only the request itself may say: a link to a page must not make its visitors somebody else.
  private static let own: Set<String> = [
    "mautic_device_id", "mtc_id", "ct", "d", "page_url", "hit_id", "do_not_track",
  ]
  /// Old names of parameters.
  private static let old = [
    ("title", "page_title"), ("referrer", "page_referrer"), ("page_referer", "page_referrer"),
    ("language", "page_language"),
  ]

  /// Returns the parameters by name.
  ///
  /// - Parameters:
  ///   - sent: The parameters of the query, then those of the body, which win.
  ///   - page: The address of the page where no parameter says it, given the parameter `url`.
  /// - Returns: The parameters, and whether `d` could be decoded; if not, its members are missing.
  package static func merged(
    _ sent: [(String, String)], page: (_ url: String?) -> String? = { _ in nil }
  ) -> (all: [String: String], isWhole: Bool) {
    var all: [String: String] = [:]
    var room = total
    func add(_ name: String, _ value: String, over: Bool) {
      let name = line(name, upTo: 100)
      guard !name.isEmpty, over || all[name] == nil, all.count < count || all[name] != nil else {
        return
      }
      let value = line(value, upTo: name == "d" ? Base64Data.length : length)
      guard name.utf8.count + value.utf8.count <= room else { return }
      room -= name.utf8.count + value.utf8.count
      all[name] = value
    }
    for (name, value) in sent { add(name, value, over: true) }
    var isWhole = true
    if let data = all["d"], !data.isEmpty {
      if case .object(let members)? = Base64Data.read(data) {
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
          if let text = Self.text(value) { add(name, text, over: false) }
        }
      } else {
        isWhole = false
      }
    }
    for (name, now) in old { if let value = all[name] { add(now, value, over: false) } }
    if all["page_url"] == nil, let page = page(all["url"]) { add("page_url", page, over: true) }
    for name in ["page_url", "page_referrer"] {
      // Who holds a clickthrough acts as its contact, so it is not kept.
      if let url = all[name] { all[name] = withoutClickthrough(url) }
    }
    if let url = all["page_url"], let start = url.firstIndex(of: "?") {
      let query = url[url.index(after: start)...].prefix { $0 != "#" }
      for pair in query.split(separator: "&").prefix(count) {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = PercentCoding.decode(parts[0].utf8, plusIsBlank: true).lowercased()
        guard parts.count == 2, !own.contains(name) else { continue }
        add(name, PercentCoding.decode(parts[1].utf8, plusIsBlank: true), over: false)
      }
    }
    return (all, isWhole)
  }

  /// An address without the parameter `ct`.
  private static func withoutClickthrough(_ url: String) -> String {
    guard let start = url.firstIndex(of: "?"), url[start...].contains("ct=") else { return url }
    let end = url[start...].firstIndex(of: "#") ?? url.endIndex
    let pairs = url[url.index(after: start)..<end]
      .split(separator: "&", omittingEmptySubsequences: false)
    let kept = pairs.filter { pair in
      PercentCoding.decode(pair.prefix { $0 != "=" }.utf8, plusIsBlank: true).lowercased() != "ct"
    }
    guard kept.count < pairs.count else { return url }
    return url[..<start] + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&")) + url[end...]
  }

  /// A value as a form would send it; several are joined by commas.
  private static func text(_ value: JSONValue) -> String? {
    if case .array(let items) = value { return items.compactMap(\.text).joined(separator: ",") }
    return value.text
  }
}
