import Contacts
import Foundation
import Primitives
import Tracking

/// Reads messages as the libraries of Segment, RudderStack and Jitsu send them, within their bounds (tracking.md 20).
struct MessageReader {
  /// The maximum number of bytes of a message, and of a batch.
  static let messageBytes = 32 * 1024
  static let batchBytes = 500 * 1024
  /// The maximum number of messages of a batch: each may look its visitor up.
  static let batchCount = 2_500
  /// The maximum number of bytes of an id and of a name, which other texts are cut to.
  private static let idBytes = 255
  private static let nameBytes = 200
  private static let urlBytes = 8 * 1024
  /// The maximum depth of properties and traits, and of values in them.
  private static let depth = 10
  private static let count = 1_000

  let key: Int64
  let now: Date

  /// Reads one message.
  ///
  /// - Parameter kind: The kind that the path says.
  /// - Throws: `APIError` 400 that names every member at fault.
  func message(_ body: JSONValue, _ kind: Message.Kind) throws -> Message {
    var members = Members(body)
    let message = try message(&members, kind, sentAt: nil, context: nil)
    try members.finish()
    return message
  }

  /// Reads the messages of a batch.
  ///
  /// - Throws: `APIError` 400 that names every member at fault; then none of the messages counts.
  func batch(_ body: JSONValue) throws -> [Message] {
    var outer = Members(body)
    let sentAt = instant(&outer, "sentAt")
    guard case .array(let items)? = body["batch"] else {
      outer.refuse("batch", "must be a list of messages")
      try outer.finish()
      return []
    }
    guard items.count <= Self.batchCount else {
      outer.refuse("batch", "more than \(Self.batchCount) messages")
      try outer.finish()
      return []
    }
    var messages: [Message] = []
    messages.reserveCapacity(items.count)
    for (place, item) in items.enumerated() {
      var members = Members(item, prefix: "batch[\(place)].")
      let word = item["type"]?.text ?? ""
      if item.asObject == nil {
        outer.refuse("batch[\(place)]", "must be an object")
      } else if let kind = Message.Kind(rawValue: word) {
        if item.rendered.count > Self.messageBytes {
          members.refuse("type", "the message is larger than \(Self.messageBytes) bytes")
        } else {
          messages.append(
            try message(&members, kind, sentAt: sentAt, context: body["context"]))
        }
      } else {
        members.refuse(
          "type", "\(InvalidInput.shown(word)) is none of \(Self.kinds)")
      }
      outer.include(members)
    }
    try outer.finish()
    return messages
  }

  private static var kinds: String {
    Message.Kind.allCases.map(\.rawValue).joined(separator: ", ")
  }

  private func message(
    _ members: inout Members, _ kind: Message.Kind, sentAt: Date?, context: JSONValue?
  ) throws -> Message {
    let sent = instant(&members, "sentAt") ?? sentAt
    let original = instant(&members, "timestamp") ?? instant(&members, "originalTimestamp")
    var message = Message(
      kind, id: try MessageDigest.id(of: id(&members, "messageId"), key: key),
      at: Self.time(of: original, sentAt: sent, now: now))
    message.anonymous = id(&members, "anonymousId")
    message.user = id(&members, "userId")
    let context = members.body["context"]?.asObject == nil ? context : members.body["context"]
    message.context = Self.context(context ?? .null)
    switch kind {
    case .track:
      message.name = name(&members, "event", isRequired: true)
      message.values = values(&members, "properties")
    case .page, .screen:
      message.values = values(&members, "properties")
      message.name = name(&members, "name", isRequired: false)
      if message.name.isEmpty { message.name = Self.text(members.body["properties"]?["name"], 200) }
      if kind == .screen, message.name.isEmpty { members.refuse("name", "a value is required") }
    case .identify:
      message.values = values(&members, "traits")
      // RudderStack's libraries send them there.
      if case .object(let own) = message.values,
        case .object(let others)? = context?["traits"]?.kept
      {
        message.values = bounded(
          &members, "context.traits", .object(others.merging(own) { $1 }))
      }
    case .group:
      message.group = id(&members, "groupId")
      if message.group == nil { members.refuse("groupId", "a value is required") }
      message.values = values(&members, "traits")
    case .alias:
      message.previous = id(&members, "previousId")
      if message.previous == nil { members.refuse("previousId", "a value is required") }
      if message.user == nil { members.refuse("userId", "a value is required") }
    }
    if message.anonymous == nil, message.user == nil {
      members.refuse("userId", "a value is required, or an anonymousId")
    }
    return message
  }

  /// The instant by the server's clock: how long ago it was by the clock of the client, which may be wrong. Never in the
  /// future, nor before 1970: what two dates say together may be further back than the database can store.
  static func time(of original: Date?, sentAt: Date?, now: Date) -> Date {
    guard let original else { return now }
    let said = sentAt.map { now.addingTimeInterval(original.timeIntervalSince($0)) } ?? original
    return min(max(said, Date(timeIntervalSince1970: 0)), now)
  }

  // MARK: Members

  private func instant(_ members: inout Members, _ name: String) -> Date? {
    guard let value = members.body[name], value != .null, value != .string("") else { return nil }
    guard let date = value.text.flatMap(Self.instant) else {
      members.refuse(name, "must be a date such as 2024-03-01T09:30:00.000Z")
      return nil
    }
    return date
  }

  /// An instant to the millisecond.
  private static func instant(_ text: String) -> Date? {
    guard text.utf8.count <= 40, let date = WireDate.parse(text.trimmingBlanks) else { return nil }
    guard let point = text.firstIndex(of: ".") else { return date }
    let digits = text[text.index(after: point)...].prefix { $0.isASCII && $0.isNumber }.prefix(3)
    let padded = digits + String(repeating: "0", count: 3 - digits.count)
    return date.addingTimeInterval(Double(Int(padded) ?? 0) / 1_000)
  }

  /// An id, also one that is sent as a number; an empty one counts as missing.
  private func id(_ members: inout Members, _ name: String) -> String? {
    guard let value = members.body[name], value != .null, value != .string("") else { return nil }
    let text: String? = if case .bool = value { nil } else { value.text }
    guard let text, text.utf8.count <= Self.idBytes, !text.utf8.contains(where: { $0 < 0x20 })
    else {
      members.refuse(name, "must be a text of at most \(Self.idBytes) bytes")
      return nil
    }
    return text
  }

  private func name(_ members: inout Members, _ name: String, isRequired: Bool) -> String {
    let text = Self.text(members.text(name).map(JSONValue.string), Self.nameBytes)
    if isRequired, text.isEmpty { members.refuse(name, "a value is required") }
    return text
  }

  /// Properties or traits: an object. PHP sends an empty one as a list.
  private func values(_ members: inout Members, _ name: String) -> Primitives.JSONValue {
    switch members.body[name] {
    case nil, .null?, .array([])?: return .object([:])
    case .object?:
      return bounded(&members, name, members.body[name]?.kept ?? .object([:]))
    default:
      members.refuse(name, "must be an object")
      return .object([:])
    }
  }

  private func bounded(
    _ members: inout Members, _ name: String, _ value: Primitives.JSONValue
  ) -> Primitives.JSONValue {
    var room = Self.count
    if !Self.fits(value, depth: Self.depth, room: &room) {
      members.refuse(
        name, "more than \(Self.count) values, or nested deeper than \(Self.depth)")
      return .object([:])
    }
    if let part = value.unstorable(name) {
      members.refuse(part, "not valid text")
      return .object([:])
    }
    return value
  }

  private static func fits(_ value: Primitives.JSONValue, depth: Int, room: inout Int) -> Bool {
    room -= 1
    guard depth >= 0, room >= 0 else { return false }
    switch value {
    case .object(let members):
      for value in members.values where !fits(value, depth: depth - 1, room: &room) { return false }
    case .array(let items):
      for item in items where !fits(item, depth: depth - 1, room: &room) { return false }
    case .number(let number): return number.isFinite
    default: break
    }
    return true
  }

  private static func context(_ value: JSONValue) -> Message.Context {
    var context = Message.Context()
    let page = value["page"] ?? .null
    context.url = text(page["url"], urlBytes)
    context.title = text(page["title"], 500)
    context.referrer = text(page["referrer"], urlBytes)
    context.locale = text(value["locale"], 50)
    context.timezone = text(value["timezone"], 100)
    context.agent = text(value["userAgent"], 500)
    context.address = text(value["ip"], 60)
    for name in ["name", "source", "medium", "term", "content"] {
      let text = text(value["campaign"]?[name], 255)
      if !text.isEmpty { context.campaign[name] = text }
    }
    return context
  }

  /// A text in one line, cut to a number of bytes.
  private static func text(_ value: JSONValue?, _ limit: Int) -> String {
    var result = ""
    var size = 0
    for scalar in (value?.text ?? "").unicodeScalars
    where scalar.value >= 0x20 && scalar.value != 0x7F {
      size += UTF8.width(scalar)
      if size > limit { break }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
