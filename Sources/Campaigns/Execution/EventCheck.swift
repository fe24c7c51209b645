import Contacts
import Fields
import Foundation
import Postgres
import Primitives

/// The check of an event's properties, which collects problems (campaigns.md 14).
struct EventCheck {
  let event: CampaignEvent
  /// The event above it.
  let parent: CampaignEvent?
  /// The existing fields.
  let fields: FieldSet
  /// The zone of days.
  let timeZone: TimeZone
  let connection: PostgresConnection
  /// Whether referenced records have to exist. In a copy or an import they may be missing until it is published.
  let checksReferences: Bool
  private(set) var problems: [InvalidInput.Problem] = []

  init(
    _ event: CampaignEvent, parent: CampaignEvent?, fields: FieldSet, timeZone: TimeZone,
    checksReferences: Bool = true, on connection: PostgresConnection
  ) {
    self.event = event
    self.parent = parent
    self.fields = fields
    self.timeZone = timeZone
    self.connection = connection
    self.checksReferences = checksReferences
  }

  /// Adds a problem of a property.
  mutating func refuse(_ member: String, _ message: String) {
    problems.append(
      .init(member: "events", message: "\(Self.name(event)): properties.\(member): \(message)"))
  }

  /// Adds a problem of a property that names a record, or none at all, because it was left out as missing.
  mutating func refuseReference(_ member: String, _ message: String) {
    if checksReferences { refuse(member, message) }
  }

  /// Returns the name of an event in messages.
  static func name(_ event: CampaignEvent) -> String { "“\(event.name)” (\(event.type))" }

  /// Refuses ids that do not exist in a table.
  ///
  /// - Parameters:
  ///   - member: The property, a number or a list of numbers, or of objects with an `id`.
  ///   - table: The table of the records.
  ///   - isRequired: Whether at least one is required.
  mutating func records(_ member: String, in table: String, isRequired: Bool) async throws {
    let ids = event.properties.ids(member)
    guard let ids else {
      return refuse(member, "is no list of numbers")
    }
    guard checksReferences else { return }
    if ids.isEmpty {
      if isRequired { refuse(member, "is required") }
      return
    }
    let known = Set(try await RecordStore.existing(ids, in: table, on: connection))
    for id in ids where !known.contains(id) { refuse(member, "there is no \(id)") }
  }

  /// Does the same for a property that references at most one record; a list would be ignored.
  mutating func record(_ member: String, in table: String) async throws {
    guard case .array(let items)? = event.properties[member], !items.isEmpty else {
      return try await records(member, in: table, isRequired: false)
    }
    refuse(member, "is no number")
  }

  /// Refuses campaigns that do not exist.
  mutating func campaigns(_ ids: [Int64], _ member: String) async throws {
    guard checksReferences, !ids.isEmpty else { return }
    let known = Set(try await RecordStore.existingCampaigns(ids, on: connection))
    for id in ids where !known.contains(id) { refuse(member, "there is no campaign \(id)") }
  }

  /// Refuses a value that is not a list of numbers. It would count as nothing given, which for many events
  /// means everything.
  mutating func numbers(_ member: String) {
    if event.properties.ids(member) == nil { refuse(member, "is no list of numbers") }
  }

  /// Refuses a value that is not a text, a list of texts, or a list of objects with a `value`.
  mutating func texts(_ member: String) {
    switch event.properties[member] {
    case nil, .null?: break
    case .array(let items)?:
      if !items.allSatisfy({ ($0.text ?? $0["value"]?.text) != nil }) {
        refuse(member, "is no list of texts")
      }
    case let value?: if value.text == nil { refuse(member, "is no list of texts") }
    }
  }

  /// Refuses a value that is neither yes nor no. It would count as no.
  mutating func truth(_ member: String) {
    guard !event.properties.isTruth(member) else { return }
    let text = event.properties[member]?.text ?? ""
    refuse(member, "\(InvalidInput.shown(text)) is neither true nor false")
  }

  /// Refuses a value that is not a text.
  mutating func optionalText(_ member: String) {
    if let value = event.properties[member], value != .null, value != .array([]), value.text == nil
    {
      refuse(member, "is no text")
    }
  }

  /// Refuses a value that is not a whole number in a range.
  mutating func number(_ member: String, _ range: ClosedRange<Int>) {
    guard let value = event.properties[member], value != .null, value != .string("") else { return }
    guard let number = value.int, range.contains(number) else {
      let shown = value.text.map { "\(InvalidInput.shown($0)) " } ?? ""
      return refuse(
        member, "\(shown)is no whole number from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// Refuses unknown names of channels.
  mutating func channels(_ member: String) {
    texts(member)
    for channel in event.properties.texts(member) where ChannelName.clean(channel) == nil {
      refuse(member, "\(InvalidInput.shown(channel)) is no name of a channel")
    }
  }

  /// Refuses an invalid value of a field.
  mutating func value(_ text: String, of field: Field) {
    do throws(FieldProblem) {
      _ = try field.canonical(text, policy: .strict)
    } catch {
      refuse(field.alias, "\(InvalidInput.shown(text)) \(error)")
    }
  }

  /// Refuses a contact field that is not a date (CAM-218).
  mutating func trigger() {
    guard checksReferences, event.trigger.mode == .contactDate,
      let alias = event.trigger.contactField
    else { return }
    let field = fields.published(.contact).first { $0.alias == alias }
    if field.map({ $0.type != .date && $0.type != .datetime }) ?? true {
      problems.append(
        .init(
          member: "events",
          message: """
            \(Self.name(event)): triggerContactField: \(InvalidInput.shown(alias)) is no date field of \
            contacts
            """))
    }
  }

  /// Refuses a missing text.
  mutating func text(_ member: String) {
    guard let text = event.properties[member]?.text, !text.isEmpty else {
      return refuse(member, "is required")
    }
  }
}
