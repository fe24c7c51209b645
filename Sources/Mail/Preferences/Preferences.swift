import Contacts
package import Foundation
import JobQueue
import Postgres
import Segments

/// What the preference centre shows and takes of a contact (EML-404, EML-405).
package struct Preferences: Sendable, Equatable {
  /// Something that can be on or off.
  package struct Choice: Sendable, Equatable {
    package var id: Int64
    /// The name that contacts see.
    package var name: String
    /// Whether the contact has it.
    package var isOn: Bool
  }

  /// Whether e-mails may come.
  package var acceptsEmail = true
  /// At the most so many …
  package var number: Int?
  /// … in a `DAY`, `WEEK` or `MONTH`.
  package var unit: String?
  /// From when on nothing shall come.
  package var pauseFrom: Date?
  /// Until when.
  package var pauseTo: Date?
  /// The channel that the contact likes best.
  package var preferredChannel: String?
  /// Categories of e-mails.
  package var categories: [Choice] = []
  /// Segments that contacts may enter and leave.
  package var segments: [Choice] = []
}

/// What somebody has filled in; nil where the page did not ask.
package struct PreferenceInput: Sendable, Equatable {
  /// The boxes of a list. What differs is changed: what was not shown, or not touched, stays.
  package struct Ticks: Sendable, Equatable {
    /// Those that were ticked when the page was shown.
    package var before: [Int64]
    /// Those that are ticked now.
    package var after: [Int64]

    /// Boxes.
    package init(before: [Int64] = [], after: [Int64]) {
      self.before = before
      self.after = after
    }
  }

  /// Whether e-mails may come; nil also where they may come as before.
  package var acceptsEmail: Bool?
  /// The inner nil lifts the limit.
  package var number: Int??
  /// `DAY`, `WEEK` or `MONTH`.
  package var unit: String?
  /// The inner nil ends the pause.
  package var pauseFrom: Date??
  /// The inner nil ends the pause.
  package var pauseTo: Date??
  package var preferredChannel: String?
  /// The categories that are wanted.
  package var categories: Ticks?
  /// The segments that are wanted.
  package var segments: Ticks?

  /// Nothing.
  package init() {}
}

/// Reads and writes preferences.
package struct PreferenceCenter: Sendable {
  let jobs: JobClient
  let settingsSource: MailSettingsSource
  let observers: [any MailObserver]

  /// What a contact has.
  ///
  /// - Throws: `PostgresError`.
  package func read(_ contact: Int64) async throws -> Preferences {
    try await jobs.postgres.withConnection { try await Self.read(contact, on: $0) }
  }

  static func choice(_ row: PostgresRow) throws -> Preferences.Choice {
    Preferences.Choice(
      id: try row.decode(at: 0), name: try row.decode(at: 1), isOn: try row.decode(at: 2))
  }

  /// Writes what was filled in, all or nothing. Only what the settings offer can be changed.
  ///
  /// - Throws: `InvalidInput`; `PostgresError`.
  package func save(_ input: PreferenceInput, of subject: MailSubject) async throws {
    let settings = try await settingsSource.current()
    let rule = try Self.rule(input, settings)
    let channel = settings.showsPreferredChannel ? input.preferredChannel : nil
    if let channel, channel != "email", channel != "sms" {
      throw InvalidInput("preferredChannel", "\(InvalidInput.shown(channel)) is no channel")
    }
    try await jobs.transaction { transaction in
      let subject = try await subject.locked(on: transaction.connection)
      guard let contact = subject.contact else { return }
      let before = try await Self.read(contact, on: transaction.connection)
      let categories = try Self.moves(
        settings.showsCategories ? input.categories : nil, before.categories, "categories")
      let segments = try Self.moves(
        settings.showsSegments ? input.segments : nil, before.segments, "segments")
      if rule != FrequencyRuleChange() {
        _ = try await FrequencyRules.set(rule, channel: "email", for: [contact], in: transaction)
      }
      if let channel, channel != before.preferredChannel {
        _ = try await FrequencyRules.set(
          FrequencyRuleChange(isPreferred: true), channel: channel, for: [contact], in: transaction)
      }
      if input.acceptsEmail == false {
        try await Unsubscriber.unsubscribe(
          subject, observers, comments: "User unsubscribed in the preference center.",
          in: transaction)
      } else if input.acceptsEmail == true, !before.acceptsEmail {
        // Only where something changes: others with the address may have said otherwise.
        _ = try await DoNotContactStore.remove(
          subject.contacts, channel: "email", comments: "User subscribed again.", in: transaction)
      }
      try await ContactCategories.subscribe([contact], to: categories.on, in: transaction)
      try await ContactCategories.unsubscribe([contact], from: categories.off, in: transaction)
      for segment in segments.on {
        try await SegmentMembership.add([contact], to: segment, cause: .user, in: transaction)
      }
      for segment in segments.off {
        try await SegmentMembership.remove([contact], from: segment, cause: .user, in: transaction)
      }
    }
  }

  /// How often, and when not.
  private static func rule(
    _ input: PreferenceInput, _ settings: MailSettings
  ) throws(InvalidInput) -> FrequencyRuleChange {
    var change = FrequencyRuleChange()
    if settings.showsFrequency, let number = input.number {
      if number != nil, input.unit == nil { throw InvalidInput("unit", "a value is required") }
      change.number = .some(number)
      change.time = .some(number == nil ? nil : input.unit)
    }
    if settings.showsPause {
      change.pauseFrom = input.pauseFrom
      change.pauseTo = input.pauseTo
    }
    try change.check(channel: "email")
    return change
  }

  /// What is to be switched on and off.
  private static func moves(
    _ ticks: PreferenceInput.Ticks?, _ choices: [Preferences.Choice], _ member: String
  ) throws(InvalidInput) -> (on: [Int64], off: [Int64]) {
    guard let ticks else { return ([], []) }
    let (before, after) = (Set(ticks.before), Set(ticks.after))
    let (on, off) = (after.subtracting(before), before.subtracting(after))
    if let unknown = on.subtracting(choices.map(\.id)).min() {
      throw InvalidInput(member, "\(unknown) is not offered")
    }
    return (
      choices.filter { !$0.isOn && on.contains($0.id) }.map(\.id),
      choices.filter { $0.isOn && off.contains($0.id) }.map(\.id)
    )
  }
}
