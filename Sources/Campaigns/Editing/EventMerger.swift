import Contacts
import Foundation
import Primitives

/// Merges the members of an event given by a request with the existing event.
struct EventMerger {
  /// The inputs that all events of an edit share.
  struct Context {
    /// Whether members not given are reset to their defaults.
    let isReplacing: Bool
    let timeZone: TimeZone
    let types: EventTypes
  }

  private let context: Context
  private let id: Int64
  private let input: EventInput
  /// The existing event; nil for a new one.
  private let old: CampaignEvent?
  /// The index in the request, from 0.
  private let index: Int
  let name: String
  private(set) var problems: [String] = []

  init(_ context: Context, id: Int64, _ input: EventInput, old: CampaignEvent?, index: Int) {
    self.context = context
    self.id = id
    self.input = input
    self.old = old
    self.index = index
    name = input.name.map(CleanText.plain) ?? old?.name ?? ""
  }

  /// Returns the merged event, below its current parent; nil if type or kind are invalid.
  mutating func event() -> CampaignEvent? {
    problems += faults()
    guard let (type, kind) = typeAndKind() else { return nil }
    // A parent that is not given again stays, and is reported if it is deleted (CAM-632).
    var event = CampaignEvent(
      id: id, parent: old?.parent, path: old?.path, kind: kind, type: type,
      name: name.isEmpty ? type : String(name.prefix(191)))
    event.description =
      input.description.map { $0.map(CleanText.html) }
      ?? (context.isReplacing ? nil : old?.description)
    event.position = input.position ?? old?.position ?? index + 1
    event.properties = input.properties ?? old?.properties ?? .object([:])
    event.channel = input.channel ?? old?.channel
    event.channelID = input.channelID ?? old?.channelID
    event.trigger = trigger()
    if type == EventType.sendEmail, let email = event.properties["email"]?.int {
      event.channel = "email"
      event.channelID = Int64(email)
    }
    return event
  }

  private mutating func typeAndKind() -> (type: String, kind: EventKind)? {
    guard let type = input.type ?? old?.type, !type.isEmpty else {
      problems.append("type: is required")
      return nil
    }
    if let kind = input.kind, !kind.isEmpty, EventKind(rawValue: kind) == nil {
      problems.append(
        "eventType: \(InvalidInput.shown(kind)) is none of action, decision, condition")
      return nil
    }
    let given = input.kind.flatMap(EventKind.init(rawValue:))
    guard let kind = given ?? old?.kind ?? context.types[type]?.kind else {
      problems.append("eventType: is none of action, decision, condition")
      return nil
    }
    if let old, old.type != type || old.kind != kind {
      // CAM-624.
      problems.append(
        "type and eventType of an event cannot be changed; replace it by a new one")
      return nil
    }
    return (type, kind)
  }

  private mutating func trigger() -> Trigger {
    var reader = TriggerReader(zone: context.timeZone)
    var trigger = old?.trigger ?? Trigger()
    if context.isReplacing, !input.trigger.isEmpty { trigger = Trigger() }
    reader.read(input.trigger, into: &trigger)
    problems += reader.problems
    return trigger
  }

  /// Returns the problems of the given members.
  private func faults() -> [String] {
    let texts: [(String, String?, limit: Int)] = [
      ("name", name, 191), ("type", input.type, 191),
      ("description", input.description ?? nil, 65_535),
      ("channel", input.channel ?? nil, 191),
    ]
    var problems = texts.filter { $0.1?.contains("\0") ?? false }.map {
      "\($0.0): not valid text"
    }
    if let part = input.properties?.unstorable("properties") {
      problems.append("\(part): not valid text")
    }
    problems += input.problems
    for (member, text, limit) in texts {
      guard let text, text.unicodeScalars.count > limit else { continue }
      problems.append("\(member): \(InvalidInput.shown(text)) is longer than \(limit) characters")
    }
    if let position = input.position, Int32(exactly: position) == nil {
      problems.append("order: \(position) is no number of 32 bits")
    }
    return problems
  }
}
