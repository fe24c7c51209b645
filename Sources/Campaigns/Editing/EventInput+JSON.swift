public import Contacts

extension EventReference {
  /// Reads a number, a text that begins with `new`, or an object with such an `id`.
  public init?(_ json: JSONValue?) {
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
  public init?(json: JSONValue) {
    guard case .object(let members) = json, let reference = EventReference(members["id"]) else {
      return nil
    }
    self.init(reference)
    if let value = members["parent"] {
      parent = .some(EventReference(value))
    } else if let value = members["parent_id"] {
      parent = .some(EventReference(value))
    }
    if case .array(let items)? = members["children"] {
      children = items.compactMap { EventReference($0) }
    }
    if let value = members["decisionPath"] ?? members["decision_path"] {
      path = .some(value.text.flatMap { $0.isEmpty ? nil : $0 })
    }
    kind = (members["eventType"] ?? members["event_type"])?.text
    type = members["type"]?.text
    name = members["name"]?.text
    if let value = members["description"] { description = .some(value.text) }
    position = (members["order"] ?? members["event_order"])?.int
    switch members["properties"] {
    case .object?: properties = members["properties"]
    case .array(let items)? where items.isEmpty: properties = .object([:])
    default: break
    }
    if let value = members["channel"] { channel = .some(value.text) }
    if let value = members["channelId"] ?? members["channel_id"] {
      channelID = .some(value.int.map(Int64.init))
    }
    for (name, value) in members {
      // Exports write the names of columns.
      let name = Self.camelCase(name)
      if Self.triggerMembers.contains(name) { trigger[name] = value }
    }
  }

  private static func camelCase(_ name: String) -> String {
    guard name.contains("_") else { return name }
    let parts = name.split(separator: "_")
    return parts.enumerated().map { $0.offset == 0 ? String($0.element) : $0.element.capitalized }
      .joined()
  }
}
