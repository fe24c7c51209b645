public import Contacts
public import Foundation
import Postgres
import Segments

/// What the preference centre shows and takes of a contact (EML-404, EML-405).
public struct Preferences: Sendable, Equatable {
  /// Something that can be on or off.
  public struct Choice: Sendable, Equatable {
    /// Its number.
    public var id: Int64
    /// The name that contacts see.
    public var name: String
    /// Whether the contact has it.
    public var isOn: Bool
  }

  /// Whether e-mails may come.
  public var acceptsEmail = true
  /// At the most so many …
  public var number: Int?
  /// … in a `DAY`, `WEEK` or `MONTH`.
  public var unit: String?
  /// From when on nothing shall come.
  public var pauseFrom: Date?
  /// Until when.
  public var pauseTo: Date?
  /// The channel that the contact likes best.
  public var preferredChannel: String?
  /// Categories of e-mails.
  public var categories: [Choice] = []
  /// Segments that contacts may enter and leave.
  public var segments: [Choice] = []
}

/// What somebody has filled in; nil where the page did not ask.
public struct PreferenceInput: Sendable, Equatable {
  /// Whether e-mails may come.
  public var acceptsEmail: Bool?
  /// The inner nil lifts the limit.
  public var number: Int??
  /// `DAY`, `WEEK` or `MONTH`.
  public var unit: String?
  /// The inner nil ends the pause.
  public var pauseFrom: Date??
  /// The inner nil ends the pause.
  public var pauseTo: Date??
  /// The channel.
  public var preferredChannel: String?
  /// The categories that are wanted.
  public var categories: [Int64]?
  /// The segments that are wanted.
  public var segments: [Int64]?

  /// Nothing.
  public init() {}
}

/// Reads and writes preferences.
public struct PreferenceCenter: Sendable {
  let kit: MailKit

  /// The preference centre of an installation.
  public init(kit: MailKit) { self.kit = kit }

  /// What a contact has.
  ///
  /// - Throws: `PostgresError`.
  public func read(_ contact: Int64) async throws -> Preferences {
    try await kit.jobs.postgres.withConnection { connection in
      let found = try await connection.pipeline([
        "SELECT FROM do_not_contact WHERE contact_id = \(contact) AND channel = 'email'",
        """
        SELECT channel, frequency_number, frequency_time, pause_from_date, pause_to_date,
          preferred_channel FROM frequency_rules WHERE contact_id = \(contact)
        """,
        """
        SELECT k.id, k.title, NOT coalesce(c.manually_removed, true) AS is_on FROM categories k
        LEFT JOIN contact_categories c ON c.category_id = k.id AND c.contact_id = \(contact)
        WHERE k.is_published AND k.bundle = 'global' ORDER BY k.title, k.id LIMIT 500
        """,
        """
        SELECT s.id, s.public_name, NOT coalesce(m.manually_removed, true) AS is_on FROM segments s
        LEFT JOIN segment_members m ON m.segment_id = s.id AND m.contact_id = \(contact)
        WHERE s.is_published AND s.is_preference_center ORDER BY s.public_name, s.id LIMIT 500
        """,
      ])
      var preferences = Preferences()
      preferences.acceptsEmail = found[0].isEmpty
      for row in found[1] {
        let channel: String = try row.decode(at: 0)
        if try row.decode(at: 5, as: Bool.self) { preferences.preferredChannel = channel }
        guard channel == "email" else { continue }
        preferences.number = try row.decode(at: 1)
        preferences.unit = try row.decode(at: 2)
        preferences.pauseFrom = try row.decode(at: 3)
        preferences.pauseTo = try row.decode(at: 4)
      }
      preferences.categories = try found[2].map(Self.choice)
      preferences.segments = try found[3].map(Self.choice)
      return preferences
    }
  }

  private static func choice(_ row: PostgresRow) throws -> Preferences.Choice {
    Preferences.Choice(
      id: try row.decode(at: 0), name: try row.decode(at: 1), isOn: try row.decode(at: 2))
  }

  /// Writes what was filled in, all or nothing. Only what the settings offer can be changed.
  ///
  /// - Throws: `InvalidInput`; `PostgresError`.
  public func save(_ input: PreferenceInput, of subject: MailSubject) async throws {
    guard let contact = subject.contact else { return }
    let settings = try await kit.settings.current()
    var change = FrequencyRuleChange()
    if settings.showsFrequency {
      change.number = input.number
      change.time = input.number.map { $0 == nil ? nil : input.unit }
    }
    if settings.showsPause {
      change.pauseFrom = input.pauseFrom
      change.pauseTo = input.pauseTo
    }
    if settings.showsPreferredChannel, let channel = input.preferredChannel {
      guard channel == "email" || channel == "sms" else {
        throw InvalidInput("preferredChannel", "\(InvalidInput.shown(channel)) is no channel")
      }
      change.isPreferred = channel == "email"
    }
    try change.check(channel: "email")
    let before = try await read(contact)
    let segments: (on: [Int64], off: [Int64]) =
      try settings.showsSegments
      ? Self.moves(input.segments, before.segments, "segments") : ([], [])
    let categories: (on: [Int64], off: [Int64]) =
      try settings.showsCategories
      ? Self.moves(input.categories, before.categories, "categories") : ([], [])
    let rule = change
    let now = kit.jobs.clock.now
    try await kit.jobs.transaction { connection, outbox in
      guard try await ContactLock.lock([contact], on: connection) == [contact] else { return }
      if rule != FrequencyRuleChange() {
        _ = try await FrequencyRules.set(
          rule, channel: "email", for: [contact], now: now, on: connection)
      }
      if input.acceptsEmail == false {
        try await Unsubscriber.unsubscribe(
          subject, kit.observers, comments: "User unsubscribed in the preference center.",
          now: now, on: connection, outbox: outbox)
      } else if input.acceptsEmail == true {
        _ = try await DoNotContactStore.remove(
          subject.contacts, channel: "email", comments: "User subscribed again.", now: now,
          on: connection)
      }
      try await ContactCategories.subscribe(
        [contact], to: categories.on, now: now, on: connection)
      try await Self.leave(categories.off, contact, now: now, on: connection)
      for segment in segments.on {
        try await SegmentMembership.add(
          [contact], to: segment, cause: .user, now: now, on: connection)
      }
      for segment in segments.off {
        try await SegmentMembership.remove(
          [contact], from: segment, cause: .user, now: now, on: connection)
      }
    }
  }

  /// What is to be switched on and off.
  private static func moves(
    _ wanted: [Int64]?, _ choices: [Preferences.Choice], _ member: String
  ) throws(InvalidInput) -> (on: [Int64], off: [Int64]) {
    guard let wanted else { return ([], []) }
    let known = Set(choices.map(\.id))
    if let unknown = wanted.first(where: { !known.contains($0) }) {
      throw InvalidInput(member, "\(unknown) is not offered")
    }
    let set = Set(wanted)
    return (
      choices.filter { !$0.isOn && set.contains($0.id) }.map(\.id),
      choices.filter { $0.isOn && !set.contains($0.id) }.map(\.id)
    )
  }

  /// Unsubscribes from categories, also from such as the contact never had: it does not want them.
  private static func leave(
    _ categories: [Int64], _ contact: Int64, now: Date, on connection: PostgresConnection
  ) async throws {
    guard !categories.isEmpty else { return }
    try await ContactCategories.unsubscribe(
      [contact], from: categories, now: now, on: connection)
  }
}
