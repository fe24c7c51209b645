import Campaigns
import Primitives

extension CampaignInput {
  /// Reads the members of a body. A whole entity that was read earlier can be sent back (API page, 8.4).
  ///
  /// - Parameter isWhole: Whether everything is replaced (PUT): then each event must have an id.
  init(_ body: JSONValue, isWhole: Bool) throws(APIError) {
    self.init()
    var members = Members(body)
    name = members.text("name")
    description = members.optionalText("description")
    category = members.reference("category")
    isPublished = members.truth("isPublished")
    publishUp = members.date("publishUp")
    publishDown = members.date("publishDown")
    allowsRestart = members.truth("allowRestart")
    version = members.integer("version").map(Int64.init)
    segments = Self.sources("lists", &members)
    forms = Self.sources("forms", &members)
    if let given = body["canvasSettings"], given != .null, given != .string("") {
      if given.isEmptyContainer {
        canvas = .object([:])
      } else if case .object = given {
        canvas = given.kept
      } else {
        members.refuse("canvasSettings", "must be an object")
      }
    }
    events = Self.events(&members, isWhole: isWhole)
    try members.finish()
  }

  /// Objects with an `id`, or ids; null counts as missing.
  private static func sources(_ name: String, _ members: inout Members) -> [Int64]? {
    guard let value = members.body[name], value != .null else { return nil }
    if value == .string("") { return [] }
    guard let items = value.elements else {
      members.refuse(name, "must be a list of objects with an id, or of ids")
      return nil
    }
    var ids: [Int64] = []
    for item in items {
      guard let id = (item["id"] ?? item).integer, id > 0 else {
        members.refuse(name, "must be a list of objects with an id, or of ids")
        return nil
      }
      ids.append(Int64(id))
    }
    return ids
  }

  private static func events(_ members: inout Members, isWhole: Bool) -> [EventInput]? {
    guard let value = members.body["events"], value != .null else { return nil }
    if value == .string("") { return [] }
    guard let items = value.elements else {
      members.refuse("events", "must be a list of events")
      return nil
    }
    var inputs: [EventInput] = []
    for (place, item) in items.enumerated() {
      guard case .object(var object) = item else {
        members.refuse("events", "must be a list of events")
        return nil
      }
      if object["id"] == nil || object["id"] == .null || object["id"] == "" {
        guard !isWhole else {
          members.refuse(
            "events", "each event must have an id, one that begins with new for a new one")
          return nil
        }
        object["id"] = .string("new at \(place)")
      }
      guard let input = EventInput(json: JSONValue.object(object).kept) else {
        members.refuse(
          "events", "the id of an event must be a number, or a text that begins with new")
        return nil
      }
      inputs.append(input)
    }
    return inputs
  }
}

extension EntryChange {
  private static let longestMetadata = 65_536

  /// Reads the change of an entry (API page, 8.4).
  init(_ body: JSONValue) throws(APIError) {
    self.init()
    var members = Members(body)
    triggerDate = members.date("triggerDate") ?? nil
    dateTriggered = members.date("dateTriggered") ?? nil
    ipAddress = members.text("ipAddress")
    if let given = body["metadata"], given != .null, given != .string("") {
      if let object = given.asObject {
        metadata = JSONValue.object(object).kept
        if given.rendered.count > Self.longestMetadata {
          members.refuse("metadata", "longer than \(Self.longestMetadata) bytes")
        }
      } else {
        members.refuse("metadata", "must be an object")
      }
    }
    nonActionPathTaken = members.truth("nonActionPathTaken")
    channel = members.text("channel").map(CleanText.plain)
    if let channel, channel.unicodeScalars.count > 191 {
      members.refuse("channel", "longer than 191 characters")
    }
    channelID = members.integer("channelId").map(Int64.init)
    try members.finish()
  }
}
