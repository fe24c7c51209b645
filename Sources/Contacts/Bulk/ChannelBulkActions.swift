import Fields
import Foundation
import Postgres
import Primitives

/// Adds and removes do-not-contact entries (CON-55): `add` and `remove` name channels, by default
/// e-mail.
struct DoNotContactBulkAction: BulkAction {
  let name = "dnc"

  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    var add = try Channels.check(try request.texts(request.add ?? request.value, "add"), "add")
    let remove = try Channels.check(try request.texts(request.remove, "remove"), "remove")
    if add.isEmpty, remove.isEmpty { add = ["email"] }
    guard let reason = DoNotContactReason(rawValue: Int16(clamping: request.reason ?? 3)) else {
      throw InvalidInput(
        "reason", "\(request.reason ?? 0) is none of 1 (unsubscribed), 2 (bounced), 3 (manual)")
    }
    let comments = try Channels.comments(request)
    return Effect(add: add, remove: remove, reason: reason, comments: comments)
  }

  private struct Effect: BulkEffect {
    var add: [String]
    var remove: [String]
    var reason: DoNotContactReason
    var comments: String?

    func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64> {
      try await Channels.close(
        add, reason: reason, comments: comments, for: contacts, context
      ).union(try await Channels.open(remove, comments: comments, for: contacts, context))
    }
  }
}

/// Subscribes contacts to channels (`add`) and unsubscribes them (`remove`, entries with the reason manual),
/// and sets frequency rules: `value` is an object by channel.
struct ChannelsBulkAction: BulkAction {
  let name = "channels"

  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    var effect = Effect(
      open: try Channels.check(try request.texts(request.add, "add"), "add"),
      close: try Channels.check(try request.texts(request.remove, "remove"), "remove"),
      rules: [], comments: try Channels.comments(request))
    switch request.value {
    case nil, .null?: break
    case .array(let list)? where list.isEmpty: break
    case .object(let channels)?:
      for (channel, members) in channels.sorted(by: { $0.key < $1.key }) {
        let channel = try Channels.check([channel], "value")[0]
        let change = try FrequencyRuleChange(json: members, channel: channel)
        try change.check(channel: channel)
        effect.rules.append((channel, change))
      }
    default: throw InvalidInput("value", "an object of frequency rules by channel")
    }
    try request.require(!(effect.open.isEmpty && effect.close.isEmpty && effect.rules.isEmpty))
    return effect
  }

  private struct Effect: BulkEffect {
    var open: [String]
    var close: [String]
    var rules: [(channel: String, change: FrequencyRuleChange)]
    var comments: String?

    func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64> {
      var changed = try await Channels.open(open, comments: comments, for: contacts, context)
      changed.formUnion(
        try await Channels.close(
          close, reason: .manual, comments: comments, for: contacts, context))
      for rule in rules {
        changed.formUnion(
          try await FrequencyRules.set(
            rule.change, channel: rule.channel, for: contacts,
            in: context.transaction))
      }
      return changed
    }
  }
}

/// Parses channels of bulk actions.
private enum Channels {
  /// The comment, whose length is checked before it is cleaned.
  static func comments(_ request: BulkRequest) throws(InvalidInput) -> String? {
    guard let text = request.comments else { return nil }
    guard text.utf8.count <= 65_536, !text.contains("\0") else {
      throw InvalidInput("comments", "longer than 65536 bytes or no text")
    }
    return CleanText.plain(text)
  }

  static func check(_ names: [String], _ member: String) throws(InvalidInput) -> [String] {
    guard names.count <= ContactBoundStore.channels else {
      throw InvalidInput(
        member, "\(names.count) channels: at most \(ContactBoundStore.channels) are allowed")
    }
    var channels: [String] = []
    for name in names {
      guard let channel = ChannelName.clean(name) else {
        throw InvalidInput(member, "\(InvalidInput.shown(name)) is no name of a channel")
      }
      if !channels.contains(channel) { channels.append(channel) }
    }
    return channels
  }

  static func close(
    _ channels: [String], reason: DoNotContactReason, comments: String?, for contacts: [Int64],
    _ context: BulkContext
  ) async throws -> Set<Int64> {
    var changed: Set<Int64> = []
    for channel in channels {
      let outcomes = try await DoNotContactStore.add(
        contacts, channel: channel, reason: reason, comments: comments,
        in: context.transaction)
      changed.formUnion(outcomes.filter { $0.value == .changed }.keys)
    }
    return changed
  }

  static func open(
    _ channels: [String], comments: String?, for contacts: [Int64], _ context: BulkContext
  ) async throws -> Set<Int64> {
    var changed: Set<Int64> = []
    for channel in channels {
      changed.formUnion(
        try await DoNotContactStore.remove(
          contacts, channel: channel, comments: comments, in: context.transaction))
    }
    return changed
  }
}

extension FrequencyRuleChange {
  /// Decodes a change from the wire format: `frequencyNumber`, `frequencyTime`, `preferredChannel`,
  /// `pauseFromDate`, `pauseToDate`. A null or empty member removes the rule; a missing one leaves
  /// it unchanged.
  ///
  /// - Throws: ``InvalidInput`` naming the member.
  init(json: JSONValue, channel: String) throws(InvalidInput) {
    self.init()
    let member = "value.\(channel)"
    guard case .object(let members) = json else {
      throw InvalidInput(member, "an object of frequencyNumber, frequencyTime and others")
    }
    func isEmpty(_ value: JSONValue) -> Bool { value == .null || value.text == "" }
    if let value = members["frequencyNumber"] {
      guard isEmpty(value) || value.int != nil else {
        throw InvalidInput("\(member).frequencyNumber", "not a whole number")
      }
      number = .some(value.int)
    }
    if let value = members["frequencyTime"] {
      time = .some(isEmpty(value) ? nil : value.text?.uppercased())
    }
    if let value = members["preferredChannel"] {
      guard let truth = BooleanWord.parse(value.text ?? "0") else {
        throw InvalidInput("\(member).preferredChannel", "not a boolean")
      }
      isPreferred = truth
    }
    pauseFrom = try Self.date(members["pauseFromDate"], "\(member).pauseFromDate")
    pauseTo = try Self.date(members["pauseToDate"], "\(member).pauseToDate")
  }

  private static func date(_ value: JSONValue?, _ member: String) throws(InvalidInput) -> Date?? {
    guard let value else { return nil }
    guard let text = value.text, !text.trimmingBlanks().isEmpty else { return .some(nil) }
    guard let date = InstantText.parse(text) else {
      throw InvalidInput(member, "\(InvalidInput.shown(text)) is no date")
    }
    return .some(date)
  }
}
