import Contacts
package import Foundation
import JobQueue
import Postgres
import Segments

/// The preferences of a contact that the preference centre shows and changes (EML-404, EML-405).
package struct Preferences: Sendable, Equatable {
  /// An option that is on or off.
  package struct Choice: Sendable, Equatable {
    package var id: Int64
    /// The name that contacts see.
    package var name: String
    /// Whether the contact has chosen it.
    package var isOn: Bool
  }

  /// Whether the contact accepts e-mails.
  package var acceptsEmail = true
  /// The maximum number of messages per unit.
  package var number: Int?
  /// The unit: `DAY`, `WEEK` or `MONTH`.
  package var unit: String?
  /// The beginning of the pause.
  package var pauseFrom: Date?
  /// The end of the pause.
  package var pauseTo: Date?
  /// The preferred channel.
  package var preferredChannel: String?
  /// The categories of e-mails.
  package var categories: [Choice] = []
  /// The segments that contacts may enter and leave.
  package var segments: [Choice] = []
}

/// The submitted preferences; nil for those the page did not offer.
package struct PreferenceInput: Sendable, Equatable {
  /// The checkboxes of a list. Only differences count: what was not shown or not changed stays.
  package struct Ticks: Sendable, Equatable {
    /// The ids of those ticked when the page was shown.
    package var before: [Int64]
    /// The ids of those ticked when it was submitted.
    package var after: [Int64]

    /// Creates the checkboxes of a list.
    package init(before: [Int64] = [], after: [Int64]) {
      self.before = before
      self.after = after
    }
  }

  /// Whether the contact accepts e-mails; nil also if it still does.
  package var acceptsEmail: Bool?
  /// The maximum number of messages; the inner nil lifts the limit.
  package var number: Int??
  /// The unit: `DAY`, `WEEK` or `MONTH`.
  package var unit: String?
  /// The beginning of the pause; the inner nil ends the pause.
  package var pauseFrom: Date??
  /// The end of the pause; the inner nil ends the pause.
  package var pauseTo: Date??
  package var preferredChannel: String?
  /// The categories that the contact wants.
  package var categories: Ticks?
  /// The segments that the contact wants.
  package var segments: Ticks?

  /// Creates an empty input.
  package init() {}
}

/// Reads and writes preferences.
package struct PreferenceCenter: Sendable {
  let jobs: JobClient
  let settingsSource: MailSettingsSource
  let observers: [any MailObserver]

  /// Returns the preferences of a contact.
  ///
  /// - Throws: `PostgresError`.
  package func read(_ contact: Int64) async throws -> Preferences {
    try await jobs.postgres.withConnection { try await Self.read(contact, on: $0) }
  }

  static func choice(_ row: PostgresRow) throws -> Preferences.Choice {
    Preferences.Choice(
      id: try row.decode(at: 0), name: try row.decode(at: 1), isOn: try row.decode(at: 2))
  }

  /// Saves the submitted preferences, all or nothing. Only what the settings offer can be changed.
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
        // Only if something changes: other contacts with the address may have chosen otherwise.
        let isOpen = try await Unsubscriber.resubscribe(subject, in: transaction)
        guard isOpen else {
          throw InvalidInput("email", "e-mails were stopped for another reason than your own wish")
        }
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

  /// Returns the change of the frequency rule and the pause.
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

  /// Returns the ids of the choices to switch on and off.
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
