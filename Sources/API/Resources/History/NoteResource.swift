import Contacts
import Foundation
import JobQueue
import Postgres

/// `/api/notes` (API page, 8.8).
struct NoteResource: StandardResource {
  /// A note with the contact it is about.
  struct Entry: Sendable {
    var note: Note
    var lead: JSONValue
  }

  let notes: NoteStore
  let contacts: ContactStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/notes"
  let names = (one: "note", many: "notes")
  let shape = ListShape.array
  let minimalMembers: Set<String>? = ["id", "text", "type", "dateTime"]

  /// What notes are searched and ordered by: `type:`, `ids:`, and words of the text (CON-58).
  static let query = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "notes"), QueryColumn("text", .text, of: "notes"),
      QueryColumn("type", .text, of: "notes"), QueryColumn("date_time", .instant, of: "notes"),
      QueryColumn("contact_id", .integer, of: "notes", otherNames: ["lead", "lead_id"]),
      QueryColumn("date_added", .instant, of: "notes"),
      QueryColumn("date_modified", .instant, of: "notes"),
      QueryColumn("created_by", .integer, of: "notes"),
    ], mainColumns: ["text"],
    commands: ["type": ListQuery.find(QueryColumn("type", .text, of: "notes"), at: .whole)])

  func list(_ request: APIRequest) async throws -> (entities: [Entry], total: Int) {
    let order = try Self.query.order(try request.list)
    return try await page(request, where: "true", order: order)
  }

  /// The notes of one contact, newest first where nothing else is asked for (API page, 8.2).
  func list(
    of contact: Int64, _ request: APIRequest
  ) async throws -> (entities: [Entry], total: Int) {
    var query = Self.query
    query.defaultOrder = [
      QueryOrder(QueryColumn("date_added", .instant, of: "notes"), isDescending: true)
    ]
    query.newestFirst = true
    return try await page(
      request, where: "notes.contact_id = \(contact)", order: try query.order(try request.list))
  }

  private func page(
    _ request: APIRequest, where condition: SQL, order: SQL
  ) async throws -> (entities: [Entry], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try Self.query.condition(try request.list)
    let page = try await notes.page(
      where: "\(sql: condition) AND (\(sql: wanted))", order: order, start: paging.start,
      limit: paging.limit)
    return (try await entries(page.notes), page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Entry? {
    guard let note = try await notes.note(id) else { return nil }
    return try await entries([note]).first
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Entry, isNew: Bool) {
    let note = try await notes.create(
      try draft(body), by: try request.requiredUser.author, now: clock.now)
    return (try await entry(note), true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Entry? {
    let note = try await notes.update(
      id, try draft(body), replacing: replacing, by: try request.requiredUser.author,
      now: clock.now)
    guard let note else { return nil }
    return try await entry(note)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Entry? {
    guard
      let note = try await notes.delete(id, by: try request.requiredUser.author, now: clock.now)
    else { return nil }
    return try await entry(note)
  }

  func id(of entry: Entry) -> Int64 { entry.note.id }

  func json(_ entry: Entry, _ request: APIRequest) -> JSONValue {
    [
      "id": .int(Int(entry.note.id)), "text": .string(entry.note.text),
      "type": .string(entry.note.type.rawValue), "dateTime": JSONValue(entry.note.dateTime),
      "lead": entry.lead,
    ]
  }

  private func draft(_ body: JSONValue) throws -> NoteDraft {
    NoteDraft(
      contactID: try RecordLead.id(in: body, "lead", "contact"), text: body["text"]?.text,
      type: body["type"]?.text, dateTime: try body.instant("dateTime"))
  }

  private func entries(_ notes: [Note]) async throws -> [Entry] {
    let leads = try await RecordLead.json(of: notes.map(\.contactID), contacts)
    return notes.map { Entry(note: $0, lead: leads[$0.contactID] ?? .null) }
  }

  private func entry(_ note: Note) async throws -> Entry {
    let leads = try await RecordLead.json(of: [note.contactID], contacts)
    return Entry(note: note, lead: leads[note.contactID] ?? .null)
  }
}
