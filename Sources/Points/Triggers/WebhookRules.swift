import Contacts
package import Primitives

/// The rules for the properties of webhooks (campaigns.md 7.4), in campaigns and in point triggers.
package enum WebhookRules {
  /// The methods that are allowed.
  package static let methods: Set<String> = ["get", "post", "put", "patch", "delete"]

  /// The seconds that a receiver may take.
  package static let allowedSeconds = 1...120

  /// Returns the timeout in seconds, within the allowed ones whatever is stored; 10 where none is given.
  package static func seconds(_ value: JSONValue?) -> Int {
    guard let given = value?.int else { return 10 }
    return min(max(given, allowedSeconds.lowerBound), allowedSeconds.upperBound)
  }

  /// Returns the problems by property.
  package static func problems(_ properties: JSONValue) -> [(member: String, message: String)] {
    var problems: [(member: String, message: String)] = []
    let url = properties["url"]?.text ?? ""
    if url.isEmpty {
      problems.append(("url", "is required"))
    } else if let problem = address(url) {
      problems.append(("url", "\(InvalidInput.shown(url)) \(problem)"))
    }
    let method = properties["method"]?.text ?? "get"
    if !methods.contains(method.lowercased()) {
      problems.append(
        ("method", "\(InvalidInput.shown(method)) is none of get, post, put, patch, delete"))
    }
    for member in ["headers", "additional_data"] {
      guard let names = names(properties[member]) else {
        problems.append((member, "must be an object, or a list of labels and values"))
        continue
      }
      for name in names where member == "headers" && !isHeader(name) {
        problems.append((member, "\(InvalidInput.shown(name)) is no name of a header"))
      }
    }
    if let given = properties["timeout"], given != .null, given != .string("") {
      if !(given.int.map(allowedSeconds.contains) ?? false) {
        let shown = given.text.map { "\($0) " } ?? ""
        problems.append(("timeout", "\(shown)is not between 1 and 120 seconds"))
      }
    }
    return problems
  }

  /// Whether a text is a valid header name (RFC 9110, 5.6.2).
  package static func isHeader(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || "!#$%&'*+-.^_`|~".utf8.contains($0)
      }
  }

  /// Returns the problem with an address; one that begins with a token is accepted.
  private static func address(_ url: String) -> String? {
    if url.hasPrefix("{") { return nil }
    let schemes = ["http://", "https://"]
    guard let scheme = schemes.first(where: { url.lowercased().hasPrefix($0) }) else {
      return "does not begin with http:// or https://"
    }
    let host = url.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
    if host.isEmpty || !host.contains("{") && host.contains(where: \.isWhitespace) {
      return "names no host"
    }
    return nil
  }

  /// Returns the names in an object, or in a list of labels and values as forms send it; `nil` for anything else.
  private static func names(_ value: JSONValue?) -> [String]? {
    switch value {
    case nil, .null?, .string("")?: []
    case .object(let members)?:
      if let list = members["list"] { names(list) } else { members.keys.sorted() }
    case .array(let items)?: items.compactMap { $0["label"]?.text }.filter { !$0.isEmpty }
    default: nil
    }
  }
}
