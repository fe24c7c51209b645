import Channels
import Contacts
import JobQueue
import Query
import Users

/// `/api/messages` (API page, 9).
struct MarketingMessageResource: RecordResource {
  let store: MarketingMessageStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/messages"
  let areas = [PermissionArea.messages]
  let record: OwnedRecord? = .message
  let names = (one: "message", many: "messages")
  let shape = ListShape.array
  let query = ListQuery.marketingMessages

  var entitySchema: Schema {
    """
    @published id:id name:text description:text? publishUp:date? publishDown:date? channels:map \
    category:ShortCategory?
    """
  }
  var required: [String] { ["name"] }
  var example: JSONObject? { ["name": "Spring"] }

  func json(_ message: MarketingMessage, _ request: APIRequest) -> JSONValue {
    let values = message.values
    return .object(
      JSONObject(isPublished: values.isPublished, message.dates).with([
        "id": .int(Int(message.id)), "name": .string(values.name),
        "description": JSONValue(values.description), "publishUp": JSONValue(values.publishUp),
        "publishDown": JSONValue(values.publishDown), "channels": Self.channels(message),
        "category": JSONValue(message.category),
      ]))
  }

  /// The channels that the message knows, by name; PHP writes an empty object as a list.
  private static func channels(_ message: MarketingMessage) -> JSONValue {
    var channels = JSONObject()
    for channel in MessageChannel.allCases {
      guard let content = message.values.channels[channel] else { continue }
      channels.append(
        channel.rawValue,
        [
          "id": .int(Int(message.id(of: channel))), "channel": .string(channel.rawValue),
          "channelId": JSONValue(content.content),
          "channelName": JSONValue(message.contentNames[channel]),
          "isEnabled": .bool(content.isEnabled),
        ])
    }
    return channels.isEmpty ? [] : .object(channels)
  }

  static func input(_ body: JSONValue) throws(APIError) -> MarketingMessageInput {
    var members = Members(body)
    var input = MarketingMessageInput()
    input.name = members.text("name")
    input.description = members.optionalText("description")
    input.category = members.reference("category")
    input.publishUp = members.date("publishUp")
    input.publishDown = members.date("publishDown")
    input.isPublished = members.truth("isPublished")
    if let given = body["channels"], given != .null { input.channels = members.channels(given) }
    try members.finish()
    return input
  }
}

extension Members {
  /// `channels`, an object by their names, or a list or an object by position whose entries name them. An empty text means
  /// none. The first entry that is wrong ends the reading.
  fileprivate mutating func channels(
    _ given: JSONValue
  ) -> [MessageChannel: MarketingMessageInput.Channel] {
    var channels: [MessageChannel: MarketingMessageInput.Channel] = [:]
    let entries: [(key: String, value: JSONValue)]
    switch given {
    case .object(let object): entries = object.members.map { ($0.key, $0.value) }
    case .array(let items): entries = items.enumerated().map { (String($0), $1) }
    case .string(""): return [:]
    default:
      refuse("channels", "must be an object by channel, or a list")
      return [:]
    }
    for (key, value) in entries {
      guard value.asObject != nil else {
        refuse("channels", "\(InvalidInput.shown(key)) must be an object")
        return channels
      }
      let name = MessageChannel(rawValue: key) == nil ? value["channel"]?.text ?? key : key
      guard let channel = MessageChannel(rawValue: name) else {
        let known = MessageChannel.allCases.map(\.rawValue).joined(separator: ", ")
        refuse("channels", "\(InvalidInput.shown(name)) is none of \(known)")
        return channels
      }
      guard channels[channel] == nil else {
        refuse("channels", "\(name) is given twice")
        return channels
      }
      var members = Members(value, prefix: "channels.\(name).")
      var input = MarketingMessageInput.Channel()
      input.content = members.reference("channelId")
      input.isEnabled = members.truth("isEnabled")
      include(members)
      channels[channel] = input
    }
    return channels
  }
}
