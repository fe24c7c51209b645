import API

/// What a form of the console sent, as a body for the API.
struct FormBody: Sendable {
  /// The members, without those of the form itself.
  var members: JSONObject

  /// Members that belong to the form and not to what it is about.
  private static let own: Set<String> = ["token", "return"]

  /// Reads the form of a request.
  ///
  /// - Throws: `APIError` 400, 413, 415.
  init(_ page: PageRequest) async throws {
    guard case .object(let sent) = try await page.request.parameters() else {
      members = [:]
      return
    }
    members = JSONObject(
      sent.members.filter { !Self.own.contains($0.key) }.map { ($0.key, $0.value) })
  }

  /// The value of a member; nil where there is none or an empty text.
  func text(_ name: String) -> String? {
    members[name]?.text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The ids among the values of a member.
  func ids(_ name: String) -> [Int64] {
    switch members[name] {
    case .array(let items)?: items.compactMap { $0.integer.map(Int64.init) }
    case .object(let object)?: object.members.compactMap { $0.value.integer.map(Int64.init) }
    case let value?: (value.text ?? "").split(separator: ",").compactMap { Int64($0) }
    case nil: []
    }
  }

  /// The value at a path of brackets, such as `properties[filter]`.
  static func value(_ path: String, in value: JSONValue) -> JSONValue? {
    var found: JSONValue? = value
    for step in path.replacing("]", with: "").split(separator: "[") {
      switch found {
      case .array(let items)?:
        found = Int(step).flatMap { items.indices.contains($0) ? items[$0] : nil }
      default: found = found?[String(step)]
      }
    }
    return found
  }
}
