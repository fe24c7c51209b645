import API

/// The names of the records that filters of segments name by their ids: tags, segments, stages and the like.
struct FilterNames: Sendable {
  private var names: [String: String] = [:]

  /// - Parameters:
  ///   - filters: As the API gives those of a segment.
  ///   - offer: The API's answer about the filters that there are; nil where it is not known.
  init(_ filters: JSONValue?, offer: JSONValue?, _ page: PageRequest) async throws {
    var wanted: [String: Set<String>] = [:]
    for filter in filters?.elements ?? [] {
      guard let type = filter["type"]?.text, offer?["lookups"]?[type]?["path"]?.text != nil else {
        continue
      }
      wanted[type, default: []].formUnion(Self.values(filter).filter { Int($0) != nil })
    }
    for (type, ids) in wanted where !ids.isEmpty {
      guard let lookup = offer?["lookups"]?[type], let path = lookup["path"]?.text else { continue }
      let found = try await page.optional(
        path.replacing("/api/", with: ""), Self.query(lookup, ids.sorted()))
      let records = lookup["member"]?.text.flatMap { found?[$0] } ?? found
      for record in records?.elements ?? Self.members(records) {
        guard let id = record[lookup["value"]?.text ?? "id"]?.text else { continue }
        let parts = (lookup["label"]?.elements ?? []).compactMap { record[$0.text ?? ""]?.text }
        names["\(type) \(id)"] = parts.filter { !$0.isEmpty }.joined(separator: " ")
      }
    }
  }

  /// The name of what a filter of a type names; nil where there is none, or the user may not see it.
  func callAsFunction(_ type: String?, _ value: String) -> String? {
    names["\(type ?? "") \(value)"]
  }

  /// The values that a filter compares with.
  static func values(_ filter: JSONValue) -> [String] {
    let given = filter["properties"]?["filter"] ?? filter["filter"] ?? .null
    return (given.elements ?? [given]).compactMap(\.text).filter { !$0.isEmpty }
  }

  /// Lists that can be searched give those with these ids, others all.
  private static func query(_ lookup: JSONValue, _ ids: [String]) -> JSONObject {
    guard lookup["search"]?.text == "search" else { return ["limit": 500] }
    return ["limit": 500, "search": .string("ids:" + ids.joined(separator: ","))]
  }

  private static func members(_ value: JSONValue?) -> [JSONValue] {
    if case .object(let object)? = value { object.members.map(\.value) } else { [] }
  }
}
