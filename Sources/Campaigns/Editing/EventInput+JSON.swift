package import Primitives

extension EventReference {
  /// Reads an id, a text that begins with `new`, or an object with such an `id`.
  package init?(_ json: JSONValue?) {
    switch json {
    case .object?: self.init(json?["id"])
    case .string(let text)?:
      if let id = Int64(text) {
        self = .id(id)
      } else if !text.isEmpty {
        self = .new(text)
      } else {
        return nil
      }
    case let value?:
      guard let id = value.int else { return nil }
      self = .id(Int64(id))
    case nil: return nil
    }
  }
}

extension EventInput {
  /// The members of a trigger on the wire (api.md 8.4).
  static let triggerMembers: Set<String> = [
    "triggerMode", "triggerInterval", "triggerIntervalUnit", "triggerHour",
    "triggerRestrictedStartHour", "triggerRestrictedStopHour", "triggerRestrictedDaysOfWeek",
    "triggerDate", "triggerContactField", "triggerOffset", "triggerOffsetUnit", "triggerIfPast",
  ]

  /// Reads an event of a request; nil for one without an `id`.
  package init?(json: JSONValue) {
    guard case .object(let members) = json, let reference = EventReference(members["id"]) else {
      return nil
    }
    self.init(reference)
    if let value = members["parent"] ?? members["parent_id"] {
      parent = .some(EventReference(value))
      if parent == .some(nil), !Self.isNothing(value) {
        problems.append(
          "parent: must be an id, a text that begins with new, or an object with an id")
      }
    }
    if case .array(let items)? = members["children"] {
      children = items.compactMap { EventReference($0) }
    }
    if let value = members["decisionPath"] ?? members["decision_path"] {
      path = .some(value.text.flatMap { $0.isEmpty ? nil : $0 })
    }
    kind = text(members, "eventType", "event_type")
    type = text(members, "type")
    name = text(members, "name")
    if members["description"] != nil { description = .some(text(members, "description")) }
    position = number(members, "order", "event_order")
    switch members["properties"] {
    case .object?: properties = members["properties"]
    case .array([])?, .string("")?: properties = .object([:])
    case nil, .null?: break
    default: problems.append("properties: must be an object")
    }
    if members["channel"] != nil { channel = .some(text(members, "channel")) }
    if members["channelId"] ?? members["channel_id"] != nil {
      channelID = .some(number(members, "channelId", "channel_id").map(Int64.init))
    }
    for (name, value) in members {
      // Exports use column names.
      let name = Self.camelCase(name)
      if Self.triggerMembers.contains(name) { trigger[name] = value }
    }
  }

  private mutating func text(_ members: [String: JSONValue], _ names: String...) -> String? {
    guard let value = names.lazy.compactMap({ members[$0] }).first, !Self.isNothing(value) else {
      return nil
    }
    if value.text == nil { problems.append("\(names[0]): must be a text") }
    return value.text
  }

  private mutating func number(_ members: [String: JSONValue], _ names: String...) -> Int? {
    guard let value = names.lazy.compactMap({ members[$0] }).first, !Self.isNothing(value) else {
      return nil
    }
    if value.int == nil { problems.append("\(names[0]): must be a whole number") }
    return value.int
  }

  /// Whether a value is null; PHP clients send an empty list for it.
  private static func isNothing(_ value: JSONValue) -> Bool {
    switch value {
    case .null, .string(""), .array([]): true
    case .object(let members): members.isEmpty || members["id"] == .null
    default: false
    }
  }

  private static func camelCase(_ name: String) -> String {
    guard name.contains("_") else { return name }
    let parts = name.split(separator: "_")
    return parts.enumerated().map { $0.offset == 0 ? String($0.element) : $0.element.capitalized }
      .joined()
  }
}
