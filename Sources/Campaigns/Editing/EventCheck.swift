import Contacts
import Foundation
import Postgres

/// What is wrong with the properties of an event, gathered while its type looks at them (campaigns.md 14).
struct EventCheck {
  let event: CampaignEvent
  /// The event above it.
  let parent: CampaignEvent?
  /// The fields there are.
  let fields: FieldSet
  /// The zone in which days are judged.
  let timeZone: TimeZone
  let connection: PostgresConnection
  private(set) var problems: [InvalidInput.Problem] = []

  init(
    _ event: CampaignEvent, parent: CampaignEvent?, fields: FieldSet, timeZone: TimeZone,
    on connection: PostgresConnection
  ) {
    self.event = event
    self.parent = parent
    self.fields = fields
    self.timeZone = timeZone
    self.connection = connection
  }

  /// Something is wrong with a property.
  mutating func refuse(_ member: String, _ message: String) {
    problems.append(
      .init(member: "events", message: "\(Self.name(event)): properties.\(member): \(message)"))
  }

  /// An event as messages name it.
  static func name(_ event: CampaignEvent) -> String { "“\(event.name)” (\(event.type))" }

  /// Refuses numbers that no row of a table has.
  ///
  /// - Parameters:
  ///   - member: The property, a number or a list of numbers, or of objects with an `id`.
  ///   - table: Where they have to be.
  ///   - isRequired: Whether there has to be one.
  mutating func records(_ member: String, in table: String, isRequired: Bool) async throws {
    let ids = event.properties.ids(member)
    guard let ids else {
      return refuse(member, "is no list of numbers")
    }
    if ids.isEmpty {
      if isRequired { refuse(member, "is required") }
      return
    }
    let rows = try await connection.query(
      "SELECT id FROM \(identifier: table) WHERE id = ANY (\(ids))")
    let known = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    for id in ids where !known.contains(id) { refuse(member, "there is no \(id)") }
  }

  /// Refuses a text that is not there.
  mutating func text(_ member: String) {
    guard let text = event.properties[member]?.text, !text.isEmpty else {
      return refuse(member, "is required")
    }
  }
}

extension JSONValue {
  /// The numbers of records that a member names: a number, a list of numbers, or of objects with an `id`, or
  /// of their texts; empty without one. Nil for anything else.
  func ids(_ member: String) -> [Int64]? {
    switch self[member] {
    case nil, .null?: return []
    case .string("")?: return []
    case .array(let items)?:
      var ids: [Int64] = []
      for item in items {
        guard let id = item.id else { return nil }
        ids.append(id)
      }
      return ids
    case let value?:
      return value.id.map { [$0] }
    }
  }

  private var id: Int64? {
    if case .object = self { return self["id"]?.int.map(Int64.init) }
    return int.map(Int64.init)
  }

  /// The texts of a list, of a list of objects with a `value`, or of one text.
  func texts(_ member: String) -> [String] {
    switch self[member] {
    case .array(let items)?: items.compactMap { $0.text ?? $0["value"]?.text }
    case let value?: value.text.map { $0.isEmpty ? [] : [$0] } ?? []
    case nil: []
    }
  }

  /// A boolean as clients write it.
  func truth(_ member: String) -> Bool {
    switch self[member] {
    case .boolean(let value)?: value
    case let value?: ["1", "true", "on", "yes"].contains(value.text?.lowercased() ?? "")
    case nil: false
    }
  }
}
